using Coverslip.Phantoms;

namespace Coverslip.App.Tests.Commands;

/// <summary>
/// A small cohort of phantoms and a small recipe, in a folder of their own; and the program, called in this process.
/// </summary>
public sealed class PhantomRuns : IDisposable
{
    public const string Recipe = """
        method: saganet
        input: {form: masked, masks: column, height: 48, width: 48}
        network: {stem_filters: 8, growth: 4, positions: shared, dropout: 0.2}
        training: {epochs: 4, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
        split: {folds: 4, validation_share: 0.34}
        decision: {threshold_from_validation: true}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public PhantomRuns()
    {
        CohortFile = PhantomCohort.Write(
            At("cohort"),
            new PhantomCohortOptions
            {
                Patients = 8,
                LeastPatches = 3,
                MostPatches = 3,
                Patch = new PatchPhantomOptions { Size = 48, NucleusRadius = 2 },
            }
        );
        RecipeFile = At("small.yaml");
        File.WriteAllText(RecipeFile, Recipe);
    }

    public string CohortFile { get; }

    public string RecipeFile { get; }

    public string At(string name) => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// Runs the program; returns what it wrote to standard output, or to standard error where it failed.
    /// </summary>
    public static string Call(int code, params string[] args)
    {
        var (output, errors) = VerbCall.Run(code, args);
        return code == 0 ? output : errors;
    }
}
