using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>What is pre-trained on.</summary>
/// <param name="Recipe">The run's recipe.</param>
/// <param name="Cohort">What the windows are of.</param>
/// <param name="Set">The windows, all of <paramref name="Patients"/> and of the validation patients.</param>
/// <param name="Patients">Whose windows teach.</param>
/// <param name="Validating">Whose windows validate.</param>
internal sealed record PretrainingTask(
    SelfSupervisedRecipe Recipe,
    Cohort Cohort,
    WindowSet Set,
    IReadOnlyList<string> Patients,
    IReadOnlyList<string> Validating
)
{
    /// <summary>Where runs find what they have in common; null: each trains its own.</summary>
    internal SharedTraining? Shared { get; init; }
}

/// <summary>
/// The first stage: the network learns to give its input back (Pasumarthi &amp; Jaiswal, sec. III.3), in a folder of its own
/// or in one that runs share whose stage depends on the same things.
/// </summary>
internal sealed class Pretraining(PretrainingTask task, Device device)
{
    /// <summary>Within a part's folder.</summary>
    internal const string Folder = "pretraining";

    private const string DescriptionName = "pretraining.json";

    internal Device Device => device;

    /// <summary>Learns, or goes on, or finds it done; returns the network with the best weights.</summary>
    /// <param name="part">The part's folder.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="stop">Stops between steps.</param>
    internal (SelfSupervisedNetwork Network, FitOutcome Outcome) Run(
        string part,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        var folder = FolderOf(part);
        var ranks = Ranks.Now;
        using var claim = ranks.LeadFirst(() =>
            ranks.Lead ? task.Shared?.Enter(folder, Contents(), progress, stop) : null
        );
        var result = Fit(folder, null, progress, stop);
        // Whoever finds the stage done finds these, too.
        if (ranks.Lead && !File.Exists(Path.Combine(folder, DescriptionName)))
        {
            ShowBase(folder, result.Network);
            Describe(folder);
        }
        return result;
    }

    internal static string FolderOf(string part) => Path.Combine(part, Folder);

    /// <summary>Trains into a folder; null skips are the recipe's own.</summary>
    internal (SelfSupervisedNetwork Network, FitOutcome Outcome) Fit(
        string folder,
        IReadOnlyList<int>? skips,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        var recipe = task.Recipe.OnPretraining(skips);
        var network = Fresh(skips);
        try
        {
            var examples = new WindowExamples(task.Set, recipe, recipe.Windows.ReaderThreads, labeled: false);
            // The model only lends its training: the network lives on.
            var outcome = new NetworkModel(recipe, network).Fit(examples, new RunFolder(folder), progress, stop);
            return (network, outcome);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The network as it is before the first step.</summary>
    internal SelfSupervisedNetwork Fresh(IReadOnlyList<int>? skips)
    {
        // Whatever was drawn before: runs that share this stage have to begin alike.
        TorchRuntime.Seed(task.Set.Seed);
        var recipe = task.Recipe.OnPretraining(skips);
        var network = (SelfSupervisedNetwork)recipe.Build(SelfSupervisedNetwork.Classes, device);
        recipe.Begin(network);
        return network;
    }

    /// <summary>Of the recipe, what does not decide how this stage comes out.</summary>
    private static readonly LeftOut[] Apart =
    [
        new("Seed", "the part's seed is a part"),
        new("Split", "the patients are parts"),
        new("Decision", "comes after this stage; what masks show is in the classes"),
        new("Training", "of fine-tuning"),
        new("Loss", "of fine-tuning"),
        new("FineTunedWithoutSkip", "of fine-tuning"),
        new("Pretraining.CompareSkips", "measured beside this stage"),
        new("Reconstructs", "tells stages of a run apart"),
        new("Weights", "the contents are a part"),
        new("Input.Stain", "the file's contents are a part"),
        new("Windows.Labeled", "of fine-tuning: the first of the unlabeled ones"),
        new("Windows.Repeats", "of fine-tuning"),
        new("Windows.Test", "of judging"),
        new("Windows.TestSlides", "of judging"),
        new("Windows.Readers", "threads read the same pixels in the same order"),
    ];

    /// <summary>All that the stage depends on: runs for which it is the same may share it.</summary>
    internal Fingerprint Contents()
    {
        var recipe = task.Recipe;
        var windows = task.Set.Training.Concat(task.Set.Validation);
        var made = new Fingerprint()
            .AddRecord("recipe", recipe, Apart)
            .AddCohort(task.Cohort, [.. task.Patients, .. task.Validating])
            .AddReading(windows.Select(w => w.At.Source).Distinct())
            .Add("training", task.Patients)
            .Add("validation", task.Validating)
            .Add("seed", task.Set.Seed)
            .Add("device", $"{device}");
        if (recipe.Weights.Length > 0)
            made.AddStart("weights", WeightsFolder.Resolve(recipe.Weights));
        return recipe.Input.Restained ? made.AddFile("stain", recipe.Input.Stain) : made;
    }

    /// <summary>Leaves a few validation windows and what is given back of them, training windows where none validate.</summary>
    private void ShowBase(string folder, SelfSupervisedNetwork network)
    {
        var recipe = task.Recipe.OnPretraining();
        var some = (task.Set.Validation.Count > 0 ? task.Set.Validation : task.Set.Training).Take(BaseExamples.Most);
        var windows = new WindowExamples(
            task.Set with
            {
                Validation = [.. some],
            },
            recipe,
            recipe.Windows.ReaderThreads,
            labeled: false
        );
        BaseExamples.Write(folder, network, windows.Validation(), recipe.Input);
    }

    /// <summary>Says whose windows were seen, for those who doubt that no test patient is among them.</summary>
    private void Describe(string folder)
    {
        var content = new PretrainedOn(task.Patients, task.Validating, task.Set.Training.Count);
        WholeFile.Write(
            Path.Combine(folder, DescriptionName),
            JsonSerializer.Serialize(content, PretrainingJson.Default.PretrainedOn) + "\n"
        );
    }
}

/// <summary><c>pretraining.json</c>.</summary>
internal sealed record PretrainedOn(IReadOnlyList<string> Patients, IReadOnlyList<string> Validating, int Windows);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PretrainedOn))]
internal sealed partial class PretrainingJson : JsonSerializerContext;
