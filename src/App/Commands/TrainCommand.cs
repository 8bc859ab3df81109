using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Doctor;
using Coverslip.App.Processes;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip train</c>: a recipe and a cohort become a run folder.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string> RecipeFile = new("recipe") { Description = RecipeFolder.ArgumentHelp };
    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort file, or a folder of images: class/patient/image.",
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
              coverslip train start --cohort cohort.csv --out runs/start
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --out runs/first
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --split folds.json --out runs/folds --resume
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --out runs/gpu --device cuda
              coverslip train recipes/saganet-small.yaml --cohort cohort.csv --out runs/two --processes 2
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
            FolderCohort.ImageIsPatient,
            SplitFile,
            Output,
            Masks,
            Part,
            Share,
            SettingOption.Set,
            Resume,
            ProcessesOption.Processes,
            DeviceOption.Device,
            DeviceOption.Reproducible,
        };
        ClusterOptions.AddTo(command, shards: false);
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    /// <summary>Leaves the training to Slurm: one job, which goes on where it was however often it is begun.</summary>
    private static int Submit(
        ParseResult parsed,
        ClusterRequest request,
        string folder,
        (TaskNeed? Need, int Parts) run
    )
    {
        var parts = parsed.GetValue(Part) is null ? 1 : run.Parts;
        return Submission.Run(
            folder,
            new ClusterCall(TaskCall.Words(parsed), request, DeviceOption.Word(parsed)),
            [
                ClusterStage
                    .Of("train", $"training into {folder}", parsed.GetValue(Resume) ? [] : [Resume.Name])
                    .With(run.Need, parts),
            ]
        );
    }

    private static int Run(ParseResult parsed)
    {
        var (path, folder) = (
            RecipeFolder.Find(parsed.GetValue(RecipeFile)!),
            Path.GetFullPath(parsed.GetValue(Output)!)
        );
        var settings = parsed.GetValue(SettingOption.Set)!;
        StartRecipe.Check(path, settings);
        var place = ProcessesOption.Place(parsed);
        var follows = place is { Rank: > 0 }; // of several processes the first has the folder, and speaks
        var device = ProcessesOption.Device(parsed, place);
        var cohort = FolderCohort.Load(
            parsed.GetValue(CohortFile)!,
            imageIsPatient: parsed.GetValue(FolderCohort.ImageIsPatient)
        );
        (var text, path) = StartRecipe.For(path, settings, cohort);
        var file = Path.GetFileName(path);
        var recipe = Known.Methods.Parse(text, file, Console.Error.WriteLine);
        cohort = RecipeCohort.Of(recipe, cohort);
        if (recipe is not ISegmentsImages && recipe.Findings is null && cohort.Classes is [var single])
            throw new InvalidDataException(
                $"{cohort.Path}: every row is labeled '{single}', and a model learns to tell classes apart; add rows of another "
                    + "class, or correct the column label"
            );
        var stored = Path.Combine(folder, "recipe.yaml");
        using var claim = follows ? null : TrainingClaim(folder, parsed.GetValue(Part));
        var precision = new RunPrecision(
            AutoText.Of(text, file, Known.Methods),
            folder,
            cohort,
            follows || parsed.GetValue(Resume)
        );
        (text, recipe) = Read(precision, file);
        var contents = RunContents.Of(recipe, cohort);
        CheckFolder(folder, stored, contents, follows || parsed.GetValue(Resume));
        var split = SplitOf(parsed, recipe, cohort, folder);
        var stain = RunStain.Of(recipe.Input, folder);
        var only = parsed.GetValue(Part);
        if (only is { } chosen && (chosen < 1 || chosen > split.Parts.Count))
            throw new ArgumentException($"--part is {chosen}; the split has {split.Parts.Count} part(s)");
        if (parsed.GetValue(Share) is not null && !recipe.Shares)
            throw new ArgumentException("--share: runs of this recipe's method have no stage in common; leave it out");
        ProcessesOption.Check(parsed, recipe, place);

        foreach (var warning in Examination.RunWarnings())
            Console.Error.WriteLine($"warning: {warning}");
        if (split.ImageWise)
            Console.Error.WriteLine($"warning: {Split.InflatedNote}");
        if (recipe.Findings is null && recipe.Decision.Told(cohort.Classes) is { } positive)
            Console.Error.WriteLine(positive);
        TaskNeed Need(bool elsewhere) => TrainPreflight.Tell(recipe, cohort, split, device, elsewhere);
        if (ClusterOptions.Of(parsed) is { } request)
            return Submit(
                parsed,
                request,
                folder,
                (ClusterNeed.IsAsked(parsed, request) ? Need(elsewhere: true) : null, split.Parts.Count)
            );
        var need = Need(elsewhere: false);
        using var stop = new StopSignal();
        if (!follows)
            precision.Choose(recipe, cohort.Classes.Count, device, ProcessesOption.Count(parsed, place), stop.Token);
        using var team = ProcessesOption.Begin(parsed, place, device);
        if (precision.Agree())
        {
            (text, recipe) = Read(precision, file);
            contents = RunContents.Of(recipe, cohort);
        }
        var given = new Preparation(cohort, device)
        {
            Stain = stain,
            Split = split,
            MaskFolder = parsed.GetValue(Masks) ?? Path.Combine(folder, "masks"),
            SharedFolder = parsed.GetValue(Share),
            RunFolder = folder,
            Progress = new ConsoleProgress(need.Longest),
            Stop = stop.Token,
        };
        using var data = TrainingTeam.Named(team, () => Ranks.Now.LeadFirst(() => recipe.Prepare(given)));
        var time = TimeOf(recipe, cohort, split, folder, only);
        var session = new TrainingSession(
            new SessionInput(recipe, data, split, device) { Precision = precision.Recorded },
            folder,
            ITrainingProgress (part) =>
            {
                if (follows)
                    return new SilentTraining();
                time.Part();
                var title = split.Parts.Count == 1 ? "training" : $"part {part + 1}/{split.Parts.Count}";
                return new TrainingProgress(title, recipe.Epochs, time);
            }
        );
        session.Check();
        if (follows)
        {
            TrainingTeam.Named(team, () => session.Run(only - 1, stop.Token));
            return 0;
        }
        // Only now is there a run: what fails before leaves the folder to the next start.
        precision.Clean();
        var start = Begin(folder, text, contents, stop.Token);
        WholeFile.Write(Path.Combine(folder, "cohort.txt"), cohort.Path + "\n");
        split.Save(Path.Combine(folder, "split.json"));
        RunStain.Keep(stain, folder);
        data.Record(folder);
        try
        {
            TrainingTeam.Named(team, () => session.Run(only - 1, stop.Token));
            if (split.ImageWise)
                Console.WriteLine(Split.InflatedNote);
            var report = IRunReport.Of(Known.Methods.Of(text, file));
            var run = new FinishedRun(folder, cohort) { MaskOf = data.Masks?.OfTested(split, cohort) };
            foreach (var block in report.Summary(run))
                ConsoleTable.Write(block);
            var (page, contradicted) = RunReport.Write(run, report);
            if (contradicted is not null)
                Console.WriteLine(contradicted);
            Console.WriteLine($"report: {page}");
            return 0;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            start?.TakeBack();
            throw;
        }
    }

    private static (string Text, IRecipe Recipe) Read(RunPrecision precision, string file) =>
        (precision.Text, Known.Methods.Parse(precision.Text, file));

    /// <summary>The time of the parts that are not trained yet.</summary>
    private static TrainingTime TimeOf(IRecipe recipe, Cohort cohort, Split split, string folder, int? only)
    {
        var parts = split.Parts.Count;
        var open = Enumerable
            .Range(0, parts)
            .Count(p =>
                (only is null || only == p + 1)
                && !File.Exists(Path.Combine(TrainingSession.PartFolder(folder, p, parts), "run.json"))
            );
        return new TrainingTime(recipe.Lengths, open, SlideFile.IsSlide(cohort.ImagePath(cohort.Rows[0])));
    }

    /// <summary>
    /// Before anything is looked at. Parts may be trained at the same time, each by a process of its own; what is trained
    /// whole, by one.
    /// </summary>
    private static FolderClaim TrainingClaim(string folder, int? part) =>
        part is { } number ? FolderClaim.Take(folder, $"train-{number}", "train") : FolderClaim.Take(folder, "train");

    /// <summary>
    /// Makes the folder a run of these contents, unless it is one; of two processes that train parts of a new one, the second
    /// finds what the first made.
    /// </summary>
    /// <returns>What a failure takes back; null of a run that had begun before.</returns>
    private static RunStart? Begin(string folder, string text, Fingerprint contents, CancellationToken stop)
    {
        var stored = Path.Combine(folder, "recipe.yaml");
        var file = Path.Combine(folder, "claims", "start");
        using var claim = FileClaim.Await(file, stop);
        CheckFolder(folder, stored, contents, resume: true);
        var start = File.Exists(stored) ? null : new RunStart(folder);
        // The recipe, which makes it a run, comes last: what stands without one is of a start that was killed in between.
        RunContents.Keep(folder, contents, anew: start is not null);
        if (RunEnvironment.Keep(folder) is { } differs)
            Console.Error.WriteLine($"warning: {differs}");
        if (start is not null)
            WholeFile.Write(stored, text);
        File.Delete(file);
        return start;
    }

    private static void CheckFolder(string folder, string stored, Fingerprint contents, bool resume)
    {
        if (!File.Exists(stored))
            return;
        if (!resume)
            throw new IOException(
                $"{folder} holds a run already; add --resume to go on with it, or choose another --out"
            );
        RunContents.Check(
            folder,
            contents,
            $"resume with what it was begun with (its recipe is {stored}), or choose another --out"
        );
        if (RunContents.OtherProgram(folder) is { } version)
            Console.Error.WriteLine(
                $"note: {folder} was begun by Coverslip {version}, this is {ProgramVersion.Current}; it goes on as the recipe says"
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
}
