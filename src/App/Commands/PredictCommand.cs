using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip predict</c>: a run or a packed model says what images or slides show.</summary>
internal static class PredictCommand
{
    private static readonly Argument<string> Model = new("run")
    {
        Description = "A run folder, or a file that 'coverslip pack' wrote.",
    };
    private static readonly Argument<string[]> Images = new("images")
    {
        Description = "Image files, or whole slides.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string?> CohortFile = new("--cohort")
    {
        Description = "Predict all images of a cohort.",
    };
    private static readonly Option<string?> Output = new("--out")
    {
        Description = "Folder for what is written. [default: RUN-predictions in the current folder]",
    };
    private static readonly Option<string?> Masks = new("--masks")
    {
        Description = "Folder of masks; made where they are missing. [default: <out>/masks]",
    };
    private static readonly Option<string?> PerPatient = new("--per-patient")
    {
        Description =
            "Also write patients.csv: one row per patient, the images' mean, maximum or vote. Needs --cohort.",
    };

    private static readonly Option<bool> Unfamiliar = new("--unfamiliar")
    {
        Description = "Also images that look like none that the model was trained on.",
    };

    private static readonly Option<bool> Int8 = new("--int8")
    {
        Description = "Compute over numbers of eight bits, by the networks that 'coverslip quantize' made of the run.",
    };

    private static readonly Option<int> Batch = new("--batch")
    {
        Description = "Images at a time.",
        DefaultValueFactory = _ => 16,
    };

    public static Command Create()
    {
        var command = new Command(
            "predict",
            """
            Predict images with a trained model; writes predictions.csv (image, patient, label, predicted, p_<class> …).
            A run of several parts predicts with all of them and averages; an image of its own cohort with the parts that did
            not train on its patient. Images that the model was trained on are told, and marked in the column trained_on.
            An image that looks like none of the training images is refused (--unfamiliar). Where the recipe has
            decision.conformal, the column set holds the classes of which one is the true one but for that share of errors.

            Whole slides (scanner formats and tiled TIFFs) become heatmaps and detections: slide_scores.csv,
            detections/SLIDE.csv, SLIDE.geojson, SLIDE-heatmap.tif and .npy, SLIDE-overlay.png, summary.json. A stopped
            call goes on within the slide, finished slides are skipped. A run of the multi-stage method writes heatmaps and
            SLIDE-map.png, a square to each patch: gray normal, red tumor, white without tissue; it begins a slide anew
            within which it was stopped. Processes that share --out predict each slide once (claims/).

            A model of findings (method: curriculum) also writes activations.csv, where it sees each finding, and
            overlays/IMAGE-FINDING.png of those that it names.

            A run that segments (method: self-supervised) writes of each image or slide NAME-mask.png, NAME-probability.npy and
            .png (.tif of a slide), NAME.geojson with outlines for QuPath, and with --reconstructions the image as the network
            sees it again (SagaNet's runs, too: inside/ and inside.csv). A slide that was stopped goes on where it was saved.

            Examples:
              coverslip predict runs/first a.png b.png --out predictions
              coverslip predict model.coverslip --cohort cohort.csv --per-patient mean --out predictions
              coverslip predict runs/first slides/*.svs --out heatmaps
              coverslip predict runs/large slides/*.svs --first runs/small --out heatmaps
              coverslip predict runs/masks a.png b.png --reconstructions --out masks
            """
        )
        {
            Model,
            Images,
            CohortFile,
            Output,
            Masks,
            PerPatient,
            Unfamiliar,
            Int8,
            Batch,
            DeviceOption.Device,
            DeviceOption.Reproducible,
            PredictSegments.Reconstructions,
        };
        foreach (var option in PredictSlides.Options.Except([.. ShardOption.Options, ClusterOptions.Slurm]))
            command.Options.Add(option);
        ShardOption.AddTo(command);
        PerPatient.AcceptOnlyFromAmong("mean", "maximum", "vote");
        command.Validators.Add(PredictSlides.CheckFirst);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Images) is not { Length: > 0 } == parsed.GetValue(CohortFile) is null)
                parsed.AddError("Give either image files or --cohort.");
            if (parsed.GetValue(PerPatient) is not null && parsed.GetValue(CohortFile) is null)
                parsed.AddError("--per-patient needs --cohort, whose column patient says whose an image is.");
            if (parsed.Text(Batch) is { } batch && (!int.TryParse(batch, out var size) || size < 1))
                parsed.AddError($"--batch is '{batch}'; it is a whole number from 1.");
        });
        command.SetAction(parsed => Run(parsed));
        return command;
    }

    /// <summary>Image files that were named, as a cohort.</summary>
    private const string ImageList = "images.csv";

    private static int Run(ParseResult parsed)
    {
        var run = Path.GetFullPath(Path.TrimEndingDirectorySeparator(parsed.GetValue(Model)!));
        var folder = Path.GetFullPath(
            parsed.GetValue(Output) ?? $"{Path.GetFileNameWithoutExtension(run)}-predictions"
        );
        if (HoldsRun(folder))
            throw new IOException(
                $"--out is {folder}, which holds a run: its test predictions and its report would be replaced; choose another --out"
            );
        return UnusedFolder.Guard(folder, [ImageList], () => Run(parsed, folder));
    }

    private static int Run(ParseResult parsed, string folder)
    {
        var device = DeviceOption.Of(parsed);
        using var model = TrainedModel.Load(parsed.GetValue(Model)!, Known.Methods, device);
        if (parsed.GetValue(Int8))
            model.UseInt8();
        foreach (var (facts, part) in model.Int8.Zip(model.Parts))
        {
            Console.Error.WriteLine($"part {part.Part} over eight bits, when it was made: {facts.Words}");
            if (facts.TimesAsFast < 1)
                Console.Error.WriteLine($"note: {facts.SpeedWords}");
        }
        if (model.IsUnsealedFile)
            Console.Error.WriteLine(
                $"note: {parsed.GetValue(Model)} was packed by an earlier version, without a hash of its contents; damage to it goes unnoticed: pack its run again"
            );
        if (model.Description.ImageWise)
            Console.Error.WriteLine($"warning: the test figures of this model are inflated ({Split.InflatedNote})");
        var images = SlideArguments.WithoutOutputs(parsed.GetValue(Images) ?? []);
        if (Array.Find(images, Directory.Exists) is { } aFolder)
            throw new IOException(
                $"{aFolder} is a folder; name its images ({Path.TrimEndingDirectorySeparator(aFolder)}/*.png), or give --cohort {aFolder} where it has a folder per class"
            );
        var given = parsed.GetValue(CohortFile) is { } file ? FolderCohort.Load(file) : null;
        WholeFile.MakeFolder(folder);
        UserFiles.GuardBeside(folder, [.. images, .. given is null ? Array.Empty<string>() : [given.Path]]);
        UserFiles.Check(Path.Combine(folder, "predictions.csv"));
        var inside = parsed.GetValue(PredictSegments.Reconstructions);
        int? batch = parsed.GetResult(Batch) is { Implicit: false } ? parsed.GetValue(Batch) : null;
        if (
            model.Recipe is IPredictsTogether together
            && (given ?? CohortOf(images, folder)) is var several
            && together.TakesTogether(several)
        )
        {
            PredictSlides.RefuseForImages(parsed);
            if (inside)
                PredictInside.Check(model);
            if (parsed.GetValue(PerPatient) is not null)
                throw new ArgumentException(
                    "--per-patient is for models of single images; this run says something of several together: leave it out, and train with bags.of: patient for a row to each patient"
                );
            return PredictTogether.Run((parsed.GetValue(Model)!, model), several, folder, parsed.GetValue(Unfamiliar));
        }
        if (FilesOf(parsed, model, images, given) is { } files)
        {
            if (parsed.GetValue(PerPatient) is not null)
                throw new ArgumentException(
                    "--per-patient is for image files of models that classify; leave it out, slides have scores of their own"
                );
            if (inside && model.Reconstructs)
                throw new ArgumentException(
                    "--reconstructions: of slides this model makes heatmaps and no reconstructions; leave it out, or cut patches first ('coverslip patches') and predict these"
                );
            return model.Recipe is ISegmentsImages
                ? PredictSegments.Run(parsed, files, folder, batch)
                : PredictSlides.Run(parsed, files, files.Paths, folder, batch);
        }
        PredictSlides.RefuseForImages(parsed);
        if (parsed.GetValue(PerPatient) is not null && model.Recipe.Findings is not null)
            throw new ArgumentException(
                "--per-patient is for classes, and this model tells findings of each image; leave it out"
            );
        model.CheckPredictsImages();
        if (inside)
            PredictInside.Check(model);
        using var claim = FolderClaim.Take(folder, "predict");
        var cohort = given is null ? CohortOf(images, folder) : RecipeCohort.Of(model.Recipe, given);
        // Masks take seconds each: all images are looked at before the first is made. Without masks the look that
        // checks is the one that reads.
        var masked = model.Recipe.Input.Form != InputForm.Raw;
        var unfamiliar = parsed.GetValue(Unfamiliar);
        if (!unfamiliar)
            model.CheckResolution(cohort);
        if (masked)
            model.CheckFits(cohort, unfamiliar);
        var seen = model.TrainedOn?.Seen(cohort, [.. model.Parts.Select(p => p.Part)]);
        string[] notes = seen is null ? [SeenImage.Untold] : [.. SeenImage.Notes(seen)];
        foreach (var note in notes)
            Console.Error.WriteLine(note);
        using var stop = new StopSignal();
        MaskRules? RulesOf(RunDescription part) =>
            part.MaskRules is { } json ? MaskRules.Parse(json, parsed.GetValue(Model)!) : null;
        var masks = CohortMasks.Prepare(
            model.Recipe.Input,
            cohort,
            new MaskPlace(
                parsed.GetValue(Masks) ?? Path.Combine(folder, "masks"),
                [.. model.Parts.Select(p => new MaskPart(p.Part) { Rules = RulesOf(p) })],
                device
            )
            {
                Stain = model.Stain,
                Progress = new ConsoleProgress(),
            },
            stop.Token
        );
        var first = model.Description.Part;
        using var line = new ProgressLine("predicting", cohort.Rows.Count, "images");
        var patches = new PatchSet(
            cohort,
            model.Recipe.Input,
            masks?.Of(first),
            new PatchReading
            {
                MasksOfPart = masks is { ByPart: true } ? masks.Of : null,
                Classes = model.Description.Classes,
                Stain = model.Stain,
                Check = masked ? null : (row, source) => model.CheckFits(row, source, unfamiliar),
            }
        );
        if (model.OtherScale(patches) is { } scale)
        {
            line.Dispose();
            notes = [$"warning: {scale}", .. notes];
            Console.Error.WriteLine(notes[0]);
        }
        var predictions = model.Predict(patches, parsed.GetValue(Batch), seen, done => line.Report(done), stop.Token);
        var path = Path.Combine(folder, "predictions.csv");
        predictions.Write(path);
        line.Dispose();
        if (inside)
            PredictInside.Write(model, patches, seen, (folder, parsed.GetValue(Batch)), stop.Token);
        if (model.HasMaps)
            PredictFindings.Write(model, patches, predictions, new(folder, parsed.GetValue(Batch)), stop.Token);
        var told = new PredictedImages(model, patches, predictions, seen)
        {
            MaskOf = masks is null ? _ => null : masks.Of(first).FileOf,
            OverlayOf = (image, finding) => PredictFindings.OverlayOf(folder, image, finding),
        };
        var cases = told.Cases(stop.Token);
        ConsoleTable.Write(cases.Short());
        if (cases.Rest is { } rest)
            Console.WriteLine(rest);
        foreach (var doubt in told.Doubts)
            Console.Error.WriteLine(doubt);
        if (patches.StainNote is { } kept)
            Console.Error.WriteLine(kept);
        if (patches.EmptyMasks > 0)
            Console.Error.WriteLine(
                $"{patches.EmptyMasks} of {patches.Patches.Count} images have no valid area in their mask and were predicted without one"
            );
        Console.WriteLine($"wrote {path}");
        Console.WriteLine(
            $"report: {PredictionReport.Write(folder, cases, (parsed.GetValue(Model)!, model), notes, told.Near)}"
        );
        if (parsed.GetValue(PerPatient) is { } rule)
        {
            var patients = Path.Combine(folder, "patients.csv");
            PatientsOf(predictions, Enum.Parse<PatientRule>(rule, ignoreCase: true), model.Description).Write(patients);
            Console.WriteLine($"wrote {patients}");
        }
        return 0;
    }

    private static bool HoldsRun(string folder) =>
        File.Exists(Path.Combine(folder, "run.json")) || File.Exists(Path.Combine(folder, "recipe.yaml"));

    /// <summary>What is predicted file by file: slides, and whatever a run segments; null of other images.</summary>
    private static PredictedFiles? FilesOf(ParseResult parsed, TrainedModel model, string[] named, Cohort? cohort)
    {
        var run = (parsed.GetValue(Model)!, model);
        if (cohort is null)
            return model.Recipe is ISegmentsImages || PredictSlides.Are(parsed, named)
                ? PredictedFiles.Of(run, named)
                : null;
        if (model.Recipe is not ISegmentsImages && !PredictSlides.Is(parsed, cohort.ImagePath(cohort.Rows[0])))
            return null;
        if (!parsed.GetValue(Unfamiliar))
            model.CheckResolution(cohort);
        return PredictedFiles.Of(run, cohort);
    }

    /// <summary>
    /// One row per patient. Where patches and not patients are labeled, a patient of several labels has none.
    /// </summary>
    private static Predictions PatientsOf(Predictions predictions, PatientRule rule, RunDescription description)
    {
        var several = predictions
            .Rows.GroupBy(r => r.Patient)
            .Where(g => g.DistinctBy(r => r.Label).Count() > 1)
            .Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        var rows = predictions.Rows.Select(r => several.Contains(r.Patient) ? r with { Label = "" } : r);
        return PatientAggregation.Aggregate(
            new Predictions(predictions.Classes, [.. rows]),
            rule,
            description.Positive,
            description.Threshold ?? PatientAggregation.Half
        );
    }

    /// <summary>Image files as a cohort without labels or patients, written beside the predictions.</summary>
    private static Cohort CohortOf(string[] images, string folder)
    {
        var path = Path.Combine(folder, ImageList);
        Evaluation.Cohorts.CohortFile.Write(
            path,
            [.. images.Select((image, i) => new CohortRow(i + 2, Path.GetFullPath(image), "unknown", "unknown"))],
            []
        );
        return Cohort.Load(path, CohortChecks.Names);
    }
}
