using System.CommandLine;
using System.Globalization;
using Coverslip.App.Doctor;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Methods.MultiStage;
using Coverslip.Methods.SagaNet;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Methods.TumorDetection;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip train</c>: a recipe and a cohort become a run folder.</summary>
public static class TrainCommand
{
    private static readonly Argument<FileInfo> RecipeFile = new("recipe") { Description = "The recipe, a YAML file." };
    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort file.",
        Required = true,
    };
    private static readonly Option<string?> SplitFile = new("--split")
    {
        Description = "The split file. [default: drawn as the recipe says, and stored in the run]",
    };
    private static readonly Option<string> Output = new("--out") { Description = "The run folder.", Required = true };
    private static readonly Option<string?> Masks = new("--masks")
    {
        Description = "Folder of masks that 'coverslip mask' wrote, or will be written to. [default: <run>/masks]",
    };
    private static readonly Option<int?> Part = new("--part")
    {
        Description = "Train one part of the split only, counted from 1.",
    };
    private static readonly Option<string?> Share = new("--share")
    {
        Description =
            "Multi-stage, self-supervised: folder in which runs find the stages that they have in common (extractors, "
            + "features, pre-training), each trained once. [default: each run trains its own]",
    };
    private static readonly Option<bool> Resume = new("--resume")
    {
        Description = "Go on with a run that was stopped.",
    };

    public static Command Create()
    {
        var command = new Command(
            "train",
            """
            Train a recipe on a cohort; every part of the split gets its own model, judged on patients it never saw.
            A recipe of tumor detection takes slides (column annotation: the file of what is tumor on them; column mpp),
            predicts the test patients' slides, and writes heatmaps, detections and their figures.
            A recipe of the self-supervised method takes images with masks (column mask: 0 is background) or such slides.

            Examples:
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --out runs/first
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --split folds.json --out runs/folds --resume
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --out runs/gpu --device cuda
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --out runs/wide --set input.width=384
              coverslip train recipes/tumor-detection-small.yaml --cohort slides/cohort.csv --out runs/slides
              coverslip train recipes/multistage-small.yaml --cohort slides/cohort.csv --out runs/separate --set learning=separate \
                --share runs/shared
              coverslip train recipes/selfsupervised-small.yaml --cohort phantoms/cohort.csv --out runs/masks
            """
        )
        {
            RecipeFile,
            CohortFile,
            SplitFile,
            Output,
            Masks,
            Part,
            Share,
            SettingOption.Set,
            Resume,
            DeviceOption.Device,
        };
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (path, folder) = (parsed.GetValue(RecipeFile)!.FullName, Path.GetFullPath(parsed.GetValue(Output)!));
        var text = YamlText.OfFile(path, parsed.GetValue(SettingOption.Set)!);
        var recipe = Known.Methods.Parse(text, Path.GetFileName(path), Console.Error.WriteLine);
        var device = DeviceOption.Of(parsed);
        var cohort = RecipeCohort.Of(recipe, Cohort.Load(parsed.GetValue(CohortFile)!));
        var stored = Path.Combine(folder, "recipe.yaml");
        CheckFolder(folder, stored, text, parsed.GetValue(Resume));
        var split = SplitOf(parsed, recipe, cohort, folder);
        var stain = RunStain.Of(recipe.Input, folder);
        var only = parsed.GetValue(Part);
        if (only is { } chosen && (chosen < 1 || chosen > split.Parts.Count))
            throw new ArgumentException($"--part is {chosen}; the split has {split.Parts.Count} part(s)");
        if (parsed.GetValue(Share) is not null && !recipe.Shares)
            throw new ArgumentException("--share: runs of this recipe's method have no stage in common; leave it out");

        foreach (var warning in Examination.RunWarnings())
            Console.Error.WriteLine($"warning: {warning}");
        if (split.ImageWise)
            Console.Error.WriteLine($"warning: {Split.InflatedNote}");
        if (recipe is INetworkRecipe network and not MultiStageRecipe { TrainsExtractor: false })
            Tell(network, cohort, split, device);
        WholeFile.Write(stored, text);
        WholeFile.Write(Path.Combine(folder, "cohort.txt"), cohort.Path + "\n");
        split.Save(Path.Combine(folder, "split.json"));
        RunStain.Keep(stain, folder);

        using var stop = new StopSignal();
        var place = new RunMasks.Place(parsed.GetValue(Masks) ?? Path.Combine(folder, "masks"), null, device)
        {
            Stain = stain,
        };
        var shared = parsed.GetValue(Share) is { } share ? new SharedTraining(share) : null;
        using var data = RunData.Prepare(recipe, cohort, place, shared, stop.Token);
        var session = new TrainingSession(
            new SessionInput(recipe, data.Data, split, device, data.Rules?.ToJson()),
            folder,
            part => new TrainingProgress(
                split.Parts.Count == 1 ? "training" : $"part {part + 1}/{split.Parts.Count}",
                (recipe as INetworkRecipe)?.Training.Epochs ?? 1
            )
        );
        try
        {
            var tested = session.Run(only - 1, stop.Token);
            if (split.ImageWise)
                Console.WriteLine(Split.InflatedNote);
            if (recipe is SelfSupervisedRecipe)
                Console.WriteLine($"report: {SegmentationSummary.Tell(folder, cohort)}");
            else
                Summarize(tested, cohort, folder, data.Masks);
            if (recipe is TumorDetectionRecipe)
                SlideFigures.Tell(folder, cohort, split.Parts.Count);
            if (recipe is MultiStageRecipe)
                SlideFigures.TellParts(folder, split.Parts.Count);
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"stopped; the last whole epoch is kept. Go on with the same command and --resume");
            return 1;
        }
    }

    private static void CheckFolder(string folder, string stored, string recipe, bool resume)
    {
        if (!File.Exists(stored))
            return;
        if (!resume)
            throw new IOException(
                $"{folder} holds a run already; add --resume to go on with it, or choose another --out"
            );
        if (File.ReadAllText(stored) != recipe)
            throw new IOException(
                $"{folder} was begun with another recipe than the one given (its copy is {stored}); resume with that one, or choose another --out"
            );
    }

    private static Split SplitOf(ParseResult parsed, IRecipe recipe, Cohort cohort, string folder)
    {
        var kept = Path.Combine(folder, "split.json");
        var begun = File.Exists(kept) ? Split.Load(kept, cohort) : null;
        if (parsed.GetValue(SplitFile) is { } file)
        {
            var given = Split.Load(file, cohort);
            return begun is null || begun.SameParts(given)
                ? given
                : throw new IOException(
                    $"{folder} was begun with another split than {file} (its copy is {kept}); resume without --split, or choose another --out"
                );
        }
        if (begun is not null)
            return begun;
        return recipe.Split.Draw(cohort, recipe.Seed);
    }

    /// <summary>What each stage will need, the first one first.</summary>
    private static void Tell(INetworkRecipe recipe, Cohort cohort, Split split, Device device)
    {
        if (recipe.Earlier is { } earlier)
            TellStage(earlier, $"{earlier.Section}: ", cohort, split, device);
        var (section, said) = ("training", recipe.Earlier is null ? "" : "then training: ");
        TellStage(new EarlierStage(section, recipe), said, cohort, split, device);
    }

    private static void TellStage(EarlierStage stage, string said, Cohort cohort, Split split, Device device)
    {
        var recipe = stage.Recipe;
        var preflight = Preflight.Of(recipe, cohort.Classes.Count, device);
        var batch = recipe.Training.Batch;
        const double gib = 1L << 30;
        var images = split.Parts.Sum(part => recipe.EpochExamples(cohort, part));
        var longest = TimeSpan.FromSeconds(preflight.StepSeconds * images / batch * recipe.Training.Epochs);
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{said}{preflight.Parameters:N0} parameters; about {preflight.Memory(batch) / gib:0.0} of {preflight.MemoryAvailable / gib:0.0} GiB memory at batch {batch}; {preflight.Disk * split.Parts.Count / 1048576.0:0} MiB disk; at most {ProgressLine.Clock(longest)} for {split.Parts.Count} part(s) of {recipe.Training.Epochs} epochs"
            )
        );
        if (preflight.Memory(batch) > preflight.MemoryAvailable)
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stage.Section}.batch is {batch}, which needs about {preflight.Memory(batch) / gib:0.0} GiB where {preflight.MemoryAvailable / gib:0.0} are free; {(preflight.LargestBatch > 0 ? $"a batch of {preflight.LargestBatch} would fit" : "not even one image fits")}; or take a smaller input{(recipe is SagaNetRecipe ? ", or set network.recompute: true" : "")}"
                )
            );
    }

    private static void Summarize(IReadOnlyList<Predictions> tested, Cohort cohort, string folder, PatchMasks? masks)
    {
        var pooled = Path.Combine(folder, "predictions.csv");
        var sets = File.Exists(pooled) ? [Predictions.Read(pooled)] : tested;
        foreach (var predictions in sets)
        {
            if (predictions.MultiLabel)
            {
                FindingTables.Print(FindingEvaluation.Of(predictions.Within(cohort)));
                continue;
            }
            var figures = ClassificationEvaluation.Of(predictions.Within(cohort)).Figures;
            Console.WriteLine(
                string.Join(
                    "  ",
                    new[] { Metric.Accuracy, Metric.BalancedAccuracy, Metric.Auc, Metric.RecognitionRate }.Select(m =>
                        $"{m.Key()} {EvaluateCommand.Text(figures[m])}"
                    )
                )
            );
        }
        if (sets[0].MultiLabel)
        {
            Console.WriteLine($"report: {FindingReport.Write(folder, cohort)}");
            return;
        }
        Console.WriteLine($"report: {RunReport.Write(new RunReportInput(folder, cohort, masks?.FileOf))}");
    }
}
