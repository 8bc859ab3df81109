using Coverslip.Learning.Backbones;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>Trivial models that need a network which is not here: no study asks for them, so none fails for them.</summary>
internal static class MissingBaselines
{
    /// <summary>The study without them; each is named.</summary>
    internal static StudyRecipe LeaveOut(StudyRecipe study, Action<string> tell)
    {
        foreach (var run in study.Runs)
            if (Lacks(run) is { } lacking)
                tell(
                    $"baseline left out: {run.Model} needs the weights of {lacking}, which are not here ('coverslip encoders' says where they belong)"
                );
        return study with { Runs = [.. study.Runs.Where(run => Lacks(run) is null)] };
    }

    private static string? Lacks(StudyRun run) =>
        run.IsBaseline ? run.Recipe.Needs.FirstOrDefault(file => !Path.Exists(WeightsFolder.Resolve(file))) : null;
}
