using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Phantoms;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>A small cohort of phantom radiographs, gone with the test class, and runs on it.</summary>
public sealed class SmallChests : IDisposable
{
    private const string Recipe = """
        method: curriculum
        findings: [nodule, consolidation, interstitial opacity, pleural effusion, pneumothorax]
        network: {name: mobilenet-v2, width: 0.25}
        input: {height: 64, width: 64}
        patches: {side: 32, per_lesion: 2, epochs: 2, batch: 8}
        training: {epochs: 2, batch: 8, rate: 1e-3, patience: 0, class_weights: balanced}
        augmentation: {sharpen: 0.3, blur: 0.3, rotation: 5, shift: 2}
        decision: {threshold_from_validation: true}
        """;

    private (Predictions Tested, WatchedTraining Seen)? whole;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-chests-").FullName;

    public SmallChests() =>
        CohortFile = RadiographCohort.Write(At("cohort"), new RadiographCohortOptions { Patients = 30, Size = 96 });

    public string CohortFile { get; }

    public string At(string name) => Path.Combine(folder, name);

    /// <summary>Both steps in the folder "whole", trained for the first test that asks: what it tested and told.</summary>
    internal (Predictions Tested, WatchedTraining Seen) Whole => whole ??= TrainWhole();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The recipe, with settings laid over it.</summary>
    internal static INetworkRecipe Read(params string[] settings) =>
        (INetworkRecipe)Known.Methods.Parse(Text(settings), "chests.yaml");

    internal Cohort Cohort(IRecipe recipe) => RecipeCohort.Of(recipe, Evaluation.Cohorts.Cohort.Load(CohortFile));

    /// <summary>Trains one part of three folds into a folder.</summary>
    internal Predictions Train(
        string name,
        CancellationToken stop,
        ITrainingProgress progress,
        params string[] settings
    )
    {
        var recipe = Read(settings);
        var cohort = Cohort(recipe);
        var run = At(name);
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "recipe.yaml"), Text(settings));
        var split = new Split(SplitKind.Random, cohort.Hash, 1, [KFoldSplits.Draw(cohort.PatientImages, 3, 0.3, 1)[0]]);
        var set = new PatchSet(cohort, recipe.Input, null);
        var session = new TrainingSession(
            new SessionInput(recipe, new ImageTrainingData(recipe, set), split, Device.Cpu),
            run,
            _ => progress
        );
        return session.Run(stop: stop)[0];
    }

    private (Predictions Tested, WatchedTraining Seen) TrainWhole()
    {
        var seen = new WatchedTraining();
        return (Train("whole", default, seen), seen);
    }

    private static string Text(string[] settings)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.yaml");
        try
        {
            File.WriteAllText(path, Recipe);
            return YamlText.OfFile(path, settings);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
