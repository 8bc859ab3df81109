using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Tests;
using Coverslip.Methods.Tests.Curriculum;
using Coverslip.Torch;

namespace Coverslip.Methods.Tests.WsInfer;

/// <summary>Small runs, each trained at its first use, and their folders for WSInfer.</summary>
public sealed class WsInferRuns : IDisposable
{
    private readonly SmallCohort patches = new();
    private readonly SmallChests chests = new();
    private readonly Dictionary<string, string> made = [];

    /// <summary>A run's folder.</summary>
    internal string Run(string name, string change, int parts = 1)
    {
        var run = new SmallRun(patches.Cohort, Path.Combine(patches.Folder, name), change) { Parts = parts };
        if (!Directory.Exists(run.Folder))
            run.Train();
        return run.Folder;
    }

    /// <summary>
    /// A model's folder for WSInfer, with the pixels of some images (<c>pixels.bin</c>) and what predicting says of them
    /// (<c>expected.json</c>).
    /// </summary>
    internal string Made(string name)
    {
        if (made.TryGetValue(name, out var folder))
            return folder;
        var (run, options) = name switch
        {
            "saganet of two parts" => (Run("saganet", "seed: 1", parts: 2), new WsInferOptions { Mpp = 0.5 }),
            "saganet, second part" => (Run("saganet", "seed: 1", parts: 2), new WsInferOptions { Mpp = 0.5, Part = 2 }),
            "saganet, standardized and turned" => (
                Run(
                    "turned",
                    """
                    input: {form: raw, height: 48, width: 48, standardize: true}
                    augmentation: {average_orientations: true}
                    """
                ),
                new WsInferOptions { Mpp = 0.5 }
            ),
            "backbone in bfloat16" => (
                Run(
                    "backbone",
                    """
                    method: backbone
                    network: {name: mobilenet-v2, width: 0.25, hidden: 16}
                    training: {epochs: 10, batch: 6, rate: 1e-3, schedule: constant, patience: 0, precision: bfloat16}
                    """
                ),
                new WsInferOptions { Mpp = 0.5 }
            ),
            "curriculum" => (Chests, new WsInferOptions { Mpp = 140, Finding = "nodule" }),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        folder = Path.Combine(patches.Folder, $"for wsinfer, {name}");
        using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
        var cohort = name == "curriculum" ? chests.Cohort(model.Recipe) : patches.Cohort;
        WsInferFolder.Write(folder, model, options);
        Expect(folder, run, cohort, options);
        made.Add(name, folder);
        return folder;
    }

    /// <summary>A run of no network.</summary>
    internal string Classical()
    {
        const string text = """
            method: classical
            classifier: qda
            input: {form: raw, height: 48, width: 48}
            """;
        var folder = Path.Combine(patches.Folder, "classical");
        var recipe = Known.Methods.Parse(text, "classical.yaml");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), text);
        var parts = KFoldSplits.Draw(patches.Cohort.PatientImages, 4, 0.34, 1);
        var split = new Split(SplitKind.Random, patches.Cohort.Hash, 1, [parts[0]]);
        using var data = recipe.Prepare(new Preparation(patches.Cohort, Device.Cpu));
        var input = new SessionInput(recipe, data, split, Device.Cpu);
        new TrainingSession(input, folder, _ => new WatchedTraining()).Run();
        return folder;
    }

    /// <summary>The run of five findings.</summary>
    internal string Chests
    {
        get
        {
            _ = chests.Whole;
            return chests.At("whole");
        }
    }

    public void Dispose()
    {
        patches.Dispose();
        chests.Dispose();
    }

    private static void Expect(string folder, string run, Cohort cohort, WsInferOptions options)
    {
        using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
        var set = new PatchSet(
            cohort,
            model.Recipe.Input,
            null,
            new PatchReading { Classes = model.Description.Classes }
        );
        var first = set.Patches.Take(7).ToArray();
        File.WriteAllBytes(
            Path.Combine(folder, "pixels.bin"),
            [.. first.SelectMany(p => set.Pixels(p).Where((_, i) => i % 4 < 3))]
        );
        IReadOnlyList<double[]> said = options.Part is { } part
            ? OfPart(model, part - 1, set)
            : [.. model.Predict(set, batch: 5).Rows.Select(r => r.Probabilities.ToArray())];
        var finding = options.Finding is { } name ? model.Description.Classes.ToList().IndexOf(name) : -1;
        var expected = said.Take(first.Length).Select(p => finding < 0 ? p : [1 - p[finding], p[finding]]);
        File.WriteAllText(Path.Combine(folder, "expected.json"), JsonSerializer.Serialize(expected));
    }

    private static IReadOnlyList<double[]> OfPart(TrainedModel model, int part, PatchSet set) =>
        ((IPredictsImages)model.Models[part]).Probabilities(new PredictionTask(set, set.Patches));
}
