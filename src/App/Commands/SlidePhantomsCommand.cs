using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Staging;
using Coverslip.Phantoms;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip slide phantoms</c>: a painted cohort of slides whose lesions are known.</summary>
internal static class SlidePhantomsCommand
{
    /// <summary>Nodes of a patient in CAMELYON17.</summary>
    private const int NodesOfAStage = 5;
    private static readonly PhantomSlideCohortOptions Defaults = new();
    private static readonly Option<string> Output = PhantomOption.Output();
    private static readonly Option<int> Patients = StandardOption.Of(
        "--patients",
        Defaults.Patients,
        "Patients, 2 to 1000."
    );
    private static readonly Option<int> Slides = StandardOption.Of(
        "--slides",
        Defaults.SlidesPerPatient,
        "Slides of each patient; five give each patient a pN stage."
    );
    private static readonly Option<int> Side = StandardOption.Of(
        "--side",
        Defaults.Side,
        "Pixels of either side of a slide."
    );
    private static readonly Option<double> Mpp = StandardOption.Of(
        "--mpp",
        Defaults.Mpp.X,
        "Microns per pixel, 0.1 to 2; cells have their size in microns."
    );
    private static readonly Option<double> Tumor = StandardOption.Of(
        "--tumor",
        Defaults.Tumor,
        "Share of slides with tumor."
    );
    private static readonly Option<string?> Classes = new("--classes")
    {
        Description =
            "What slides with tumor are by their largest lesion, in turn: macro, micro, itc, comma-separated. "
            + "[default: of macro,micro,micro,itc those that fit]",
    };
    private static readonly Option<double> Tissue = StandardOption.Of(
        "--tissue",
        Defaults.Tissue,
        "Share of a slide that is tissue."
    );
    private static readonly Option<bool> NoArtifacts = new("--no-artifacts", "--no-artefacts")
    {
        Description = "No pen, folds, bubbles and blur.",
    };
    private static readonly Option<double> Drift = StandardOption.Of(
        "--drift",
        Defaults.StainDrift,
        "How far stains of patients differ, 0 to 2."
    );
    private static readonly Option<double> Hardness = SlidePhantomCommand.HardnessOption();
    private static readonly Option<int> Scanner = StandardOption.Of(
        "--scanner",
        Defaults.Scanner,
        "Number of the scanner: 0 the usual, 1 to 1000 others, each with colors, tone and JPEG quality of its own."
    );
    private static readonly Option<int> Seed = PhantomOption.Seed(Defaults.Seed);

    internal static Command Create()
    {
        var command = new Command(
            "phantoms",
            """
            Paint a cohort of slides: cohort.csv, slides/, annotations/ (ASAP), masks/ (for evaluate froc), lesions.csv,
            and with five slides a patient stages.csv (for evaluate kappa). No substitute for tissue.

            At 0.25 µm/px a slide of 4096 pixels is 1 mm wide and has no room for a macro-metastasis (above 2 mm).

            Examples:
              coverslip slide phantoms --out slides
              coverslip slide phantoms --out slides --mpp 1 --patients 20
              coverslip slide phantoms --out hard --mpp 1 --patients 30 --hardness 0.7
              coverslip slide phantoms --out slides --mpp 1 --patients 10 --slides 5 --tumor 0.4
              coverslip slide phantoms --out elsewhere --mpp 0.8 --patients 20 --drift 2 --scanner 3 --seed 7
            """
        )
        {
            Output,
            Patients,
            Slides,
            Side,
            Mpp,
            Tumor,
            Classes,
            Tissue,
            NoArtifacts,
            Drift,
            Hardness,
            Scanner,
            Seed,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var options = new PhantomSlideCohortOptions
        {
            Patients = parsed.GetValue(Patients),
            SlidesPerPatient = parsed.GetValue(Slides),
            Side = parsed.GetValue(Side),
            Mpp = Coverslip.Slides.Geometry.Mpp.Of(parsed.GetValue(Mpp)),
            Tumor = parsed.GetValue(Tumor),
            Classes = parsed.GetValue(Classes) is { } words
                ? [.. words.Split(',', StringSplitOptions.TrimEntries).Select(SlidePhantomCommand.ReadClass)]
                : null,
            Tissue = parsed.GetValue(Tissue),
            Artifacts = !parsed.GetValue(NoArtifacts),
            StainDrift = parsed.GetValue(Drift),
            Hardness = parsed.GetValue(Hardness),
            Scanner = parsed.GetValue(Scanner),
            Seed = parsed.GetValue(Seed),
        };
        var folder = PhantomOption.Folder(parsed, Output);
        var tiles = SlidePhantom.Tiles(options.Side, options.Side);
        IReadOnlyList<PaintedCohortSlide> slides;
        using (var stop = new StopSignal())
        using (var line = new ProgressLine("painting", tiles * options.Patients * options.SlidesPerPatient, "tiles"))
            slides = PhantomSlideCohort.Write(folder, options, done => line.Report(done), stop.Token);
        var stages = Path.Combine(folder, "stages.csv");
        if (options.SlidesPerPatient == NodesOfAStage)
            StageFile.Write(
                stages,
                slides
                    .GroupBy(s => s.Slide.Patient)
                    .Select(g => new PatientNodes(
                        g.Key,
                        [.. g.Select(s => (s.Slide.Name, PathologicStages.ParseNode(s.Slide.Node)!.Value))]
                    ))
            );
        else
            File.Delete(stages);
        Print(folder, options, slides);
        return 0;
    }

    private static void Print(
        string folder,
        PhantomSlideCohortOptions options,
        IReadOnlyList<PaintedCohortSlide> slides
    )
    {
        string Count(LesionClass kind) =>
            $"{slides.Sum(s => s.Phantom.Lesions.Count(l => l.Class == kind))} {LesionOrder.Name(kind)}";
        var width = options.Side * options.Mpp.X;
        Console.WriteLine(
            $"{Path.Combine(folder, "cohort.csv")}: {slides.Count} slides of {options.Patients} patients"
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{slides.Count(s => s.Slide.Class is not null)} with tumor; lesions: {Count(LesionClass.Macro)}, {Count(LesionClass.Micro)}, {Count(LesionClass.Itc)}"
            )
        );
        if (options.Classes is null && !options.ClassesInTurn.Contains(LesionClass.Macro))
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"slides of {width / 1000:0.00} mm have no room for macro-metastases; coarser pixels (--mpp) or a longer --side make it"
                )
            );
        var left = slides.Sum(s => s.Phantom.LeftOut.Count);
        if (left > 0)
            Console.WriteLine(
                $"{left} artifacts found no room beside lesions and are left out; cohort.csv names the others"
            );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"judge detections with: coverslip evaluate froc DETECTIONS --masks {Path.Combine(folder, "masks")} --level {options.MaskLevel} --slide-mpp {options.Mpp.X}"
            )
        );
    }
}
