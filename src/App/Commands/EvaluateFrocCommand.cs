using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Coverslip.App.Reports;
using Coverslip.Evaluation;
using Coverslip.Evaluation.Detection;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate froc</c>: detections of lesions against masks, as CAMELYON16 judges them.</summary>
internal static class EvaluateFrocCommand
{
    private static readonly Argument<string> Folder = new("detections")
    {
        Description = "Folder of SLIDE.csv files: probability,X,Y without header, X and Y in pixels at level 0.",
    };

    private static readonly Option<string?> Masks = new("--masks")
    {
        Description = "Folder of SLIDE.png or SLIDE.tif masks; a slide without one is normal.",
    };

    private static readonly Option<string?> CohortFile = new("--cohort")
    {
        Description =
            "Instead of masks: the slides' cohort (image,label,patient,annotation), whose annotations are the truth.",
    };

    private static readonly Option<int> Level = new("--level")
    {
        Description = "The masks' level: their pixels are 2^LEVEL pixels of the slide wide.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<double> SlideMpp = new("--slide-mpp")
    {
        Description = "Microns per pixel of the slides at level 0.",
        DefaultValueFactory = _ => 0.243,
    };

    private static readonly Option<int?> TumorValue = new("--tumor-value")
    {
        Description = "Tumor's value in the masks. [default: the only one beside 0]",
    };

    private static readonly Option<bool> Scores = new("--scores")
    {
        Description = "The detections have scores of any scale, 0 or more, in place of probabilities.",
    };

    private static readonly Option<string?> Slides = new("--slides")
    {
        Description = "CSV of the slides that count (image[,label,patient], or CAMELYON16's reference file).",
    };

    private static readonly Option<string?> Tissue = new("--tissue")
    {
        Description =
            "Folder of 'coverslip tissue': chance is of random places in the tissue. [default: anywhere on the slide]",
    };

    private static readonly Option<string> FalsePositives = new("--false-positives")
    {
        Description = "Count those of all slides, or of normal slides only.",
        DefaultValueFactory = _ => "all",
    };

    private static readonly Option<string?> ReportFile = new("--report")
    {
        Description = "An HTML file to write: figures, curve, lesions and detections in one file.",
    };

    private static readonly EvaluationOptionSet Shared = new();

    internal static Command Create()
    {
        FalsePositives.AcceptOnlyFromAmong("all", "normal");
        var command = new Command(
            "froc",
            """
            Judge detections of lesions: the FROC score of CAMELYON16.

            Examples:
              coverslip evaluate froc detections --masks masks
              coverslip evaluate froc heatmaps/detections --cohort slides/cohort.csv --tissue tissue
              coverslip evaluate froc detections --masks masks --slides reference.csv --exclude Test_049,Test_114
              coverslip evaluate froc detections --masks masks --level 6 --slide-mpp 0.25 --json
              coverslip evaluate froc heatmaps/detections --cohort slides/cohort.csv --report froc.html
            """
        )
        {
            Folder,
            Masks,
            CohortFile,
            ClassOptions.Tumor,
            Level,
            SlideMpp,
            TumorValue,
            Slides,
            Scores,
            Tissue,
            FalsePositives,
            ReportFile,
        };
        Shared.AddTo(command, slides: true);
        Level.Within(0, 20);
        SlideMpp.Within(0.001, 100, " microns per pixel");
        TumorValue.Within(1, ushort.MaxValue);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Masks) is null == parsed.GetValue(CohortFile) is null)
                parsed.AddError("Say what is true of the slides: --masks FOLDER or --cohort FILE.");
            if (parsed.GetValue(CohortFile) is null)
            {
                if (parsed.GetResult(ClassOptions.Tumor) is { Implicit: false })
                    parsed.AddError($"{ClassOptions.Tumor.Name} is of annotations, for --cohort.");
                return;
            }
            foreach (var option in new Option[] { Level, SlideMpp, TumorValue, Slides })
                if (parsed.GetResult(option) is { Implicit: false })
                    parsed.AddError(
                        $"{option.Name} is for --masks; a cohort's slides and annotations say it themselves."
                    );
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var clock = Stopwatch.StartNew();
        var judged = parsed.GetValue(CohortFile) is { } cohort
            ? AnnotatedCases.Of(
                cohort,
                parsed.GetValue(Folder)!,
                Shared.Exclude(parsed),
                new AnnotationClasses { Tumor = parsed.GetValue(ClassOptions.Tumor) ?? [] }
            )
            : OfMasks(parsed);
        // 'predict' leaves detections/ beside the table of scores.
        var beside = Path.GetDirectoryName(
            Path.GetFullPath(parsed.GetValue(Folder)!.TrimEnd(Path.DirectorySeparatorChar))
        )!;
        SeenTable.Warn(SlideSummary.ScoresIn(beside));
        var masksTime = clock.Elapsed;
        clock.Restart();
        var detections = judged.ToDictionary(
            c => c.Case.Name,
            c =>
                c.Case.Detections is { } path
                    ? Detections.Read(path, parsed.GetValue(Scores))
                    : new Detections(c.Case.Name, [], [], [])
        );
        var parseTime = clock.Elapsed;
        clock.Restart();
        FrocCase[] cases =
        [
            .. judged.Select(c => new FrocCase(
                FrocSlide.Of(
                    c.Case.Name,
                    detections[c.Case.Name],
                    c.Lesions,
                    c.Case.Patient,
                    c.Lesions is { } map && parsed.GetValue(Tissue) is { } tissue
                        ? TissuePlaces.Of(tissue, c.Case.Name, map)
                        : null
                ),
                detections[c.Case.Name],
                c.Lesions
            )),
        ];
        var evaluation = FrocEvaluation.Of(
            [.. cases.Select(c => c.Slide)],
            new FrocOptions
            {
                Counted = Enum.Parse<FrocSlides>(parsed.GetValue(FalsePositives)!, ignoreCase: true),
                Bootstrap = Shared.Bootstrap(parsed),
                Seed = Shared.Seed(parsed),
            }
        );
        var (masks, reading, figures) = (masksTime.TotalSeconds, parseTime.TotalSeconds, clock.Elapsed.TotalSeconds);
        var times = FormattableString.Invariant(
            $"masks {masks:0.0} s, reading detections {reading:0.0} s, figures {figures:0.0} s"
        );
        var within = parsed.GetValue(Tissue) is null ? "slide" : "tissue";
        if (parsed.GetValue(ReportFile) is { } report)
        {
            NamedOutput.Write(ReportFile.Name, report, FrocReport.Text(evaluation, cases, within));
            Console.Error.WriteLine($"report: {report}");
        }
        return Shared.Print(
            parsed,
            (Json(evaluation, within), FiguresJson.Default.FrocJson),
            evaluation.Redrawn,
            () => Print(evaluation, within, times)
        );
    }

    private static IReadOnlyList<(DetectionCase Case, LesionMap? Lesions)> OfMasks(ParseResult parsed)
    {
        var rules = new LesionRules { Level = parsed.GetValue(Level), MicronsPerPixel = parsed.GetValue(SlideMpp) };
        var (cases, leftOut, unknown) = DetectionCases.Find(
            new DetectionFolders
            {
                Detections = parsed.GetValue(Folder)!,
                Masks = parsed.GetValue(Masks)!,
                Slides = parsed.GetValue(Slides) is { } list ? SlideLabels.Read(list) : null,
                Exclude = Shared.Exclude(parsed),
            }
        );
        EvaluationOptionSet.TellUnknown(unknown);
        if (leftOut.Count > 0)
            Console.Error.WriteLine($"not on the list and left out: {string.Join(", ", leftOut)}");
        TellSilent(cases);
        return Mapped(cases, rules, parsed.GetValue(TumorValue));
    }

    /// <summary>Slides of the list of which no file says anything: nothing found, and without mask normal.</summary>
    private static void TellSilent(IReadOnlyList<DetectionCase> cases)
    {
        string[] silent = [.. cases.Where(c => c.Detections is null).Select(c => c.Name)];
        string[] bare = [.. cases.Where(c => c is { Detections: null, Mask: null }).Select(c => c.Name)];
        if (silent.Length > 0)
            Console.Error.WriteLine(
                $"note: nothing counts as found on {silent.Length} listed slides, which have no file of detections: {SlideName.Some(silent)}"
            );
        if (bare.Length > 0)
            Console.Error.WriteLine(
                $"note: {bare.Length} of these have no mask either, and count as normal: {SlideName.Some(bare)}"
            );
    }

    /// <summary>The lesions of each slide that has a mask.</summary>
    /// <exception cref="InvalidDataException">Tumor's value is in none of them, though others are.</exception>
    private static IReadOnlyList<(DetectionCase Case, LesionMap? Lesions)> Mapped(
        IReadOnlyList<DetectionCase> cases,
        LesionRules rules,
        int? tumorValue
    )
    {
        var values = new SortedSet<int>();
        (DetectionCase, LesionMap?)[] mapped =
        [
            .. cases.Select(c =>
            {
                if (c.Mask is not { } path)
                    return (c, (LesionMap?)null);
                var mask = TumorMask.Read(path, tumorValue);
                values.UnionWith(mask.Values);
                return (c, LesionMap.Of(mask.Pixels, mask.Width, rules));
            }),
        ];
        return tumorValue is not { } tumor || values.Count == 0 || values.Contains(tumor)
            ? mapped
            : throw new InvalidDataException(
                $"{TumorValue.Name} is {tumor}, which no mask holds, so that every slide would be normal; beside 0 they hold {string.Join(", ", values)}"
            );
    }

    private static FrocJson Json(FrocEvaluation evaluation, string within) =>
        new()
        {
            Froc = evaluation.Score,
            Chance = evaluation.Chance,
            ChanceWithin = within,
            Sensitivity = new(
                Froc.Rates.Zip(
                    evaluation.Sensitivities,
                    (rate, found) => KeyValuePair.Create(rate.ToString(CultureInfo.InvariantCulture), found)
                )
            ),
            Slides = evaluation.Slides.Count,
            NormalSlides = evaluation.Slides.Count(s => s.Normal),
            Patients = evaluation.Patients,
            Lesions = evaluation.Lesions,
            IsolatedTumorCells = evaluation.Slides.Sum(s => s.Isolated),
            DetectionsOutsideLesions = evaluation.Slides.Sum(s => s.FalsePositives.Count),
            FalsePositivesOf = evaluation.Options.Counted == FrocSlides.All ? "all" : "normal",
        };

    private static void Print(FrocEvaluation evaluation, string within, string times)
    {
        var slides = evaluation.Slides;
        Console.WriteLine(
            $"{slides.Count} slides ({slides.Count(s => s.Normal)} without lesions) of {evaluation.Patients} patients; "
                + $"{evaluation.Lesions} lesions, {slides.Sum(s => s.Isolated)} more of isolated tumor cells; "
                + $"{slides.Sum(s => s.FalsePositives.Count)} detections outside lesions"
        );
        Console.WriteLine();
        var per = evaluation.Options.Counted == FrocSlides.All ? "slide" : "normal slide";
        ConsoleTable.Write([
            ("FROC score", evaluation.Score),
            ($"the same of random places on the {within}", evaluation.Chance),
            .. Froc.Rates.Zip(
                evaluation.Sensitivities,
                (rate, found) => (FormattableString.Invariant($"sensitivity at {rate} per {per}"), found)
            ),
        ]);
        Console.WriteLine();
        Console.WriteLine(times);
    }
}
