using Coverslip.Evaluation.Cohorts;
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

    /// <summary>The study without those that cannot be trained on its cohort; each is named with the reason.</summary>
    internal static StudyRecipe LeaveOut(StudyRecipe study, Cohort cohort, Action<string> tell)
    {
        StudyRun[] unfit = [.. study.Runs.Where(run => run.IsBaseline && run.Recipe.UnfitFor(cohort) is not null)];
        foreach (var run in unfit)
            tell($"baseline left out: {run.Model}: {run.Recipe.UnfitFor(cohort)}");
        return study with { Runs = [.. study.Runs.Except(unfit)] };
    }

    private static string? Lacks(StudyRun run) =>
        run.IsBaseline ? run.Recipe.Needs.FirstOrDefault(file => !Path.Exists(WeightsFolder.Resolve(file))) : null;
}
