using Coverslip.Evaluation;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.SlideWalk;

/// <summary>A part's folder and the slides that it tested.</summary>
public sealed record TestedPart(string Folder, IReadOnlyList<CohortRow> Slides);

/// <summary>
/// What detections are worth on slides that no model has seen (Liu et al. 2017, sec. 4): area under the ROC curve of the
/// slides' scores (<c>slide_auc</c>), FROC score (<c>froc</c>) and that of random places in tissue
/// (<c>froc_of_random_places</c>), sensitivity at 8 false positives per slide (<c>sensitivity_at_8</c>), roughness
/// inside tumor (<c>heatmap_roughness</c>); intervals by drawing patients. Isolated tumor cells are no lesions to be found.
/// Slides with tumor that nobody outlined count for the area alone, and are counted where there are any.
/// </summary>
public static class DetectionFigures
{
    /// <summary>The count of slides with tumor of which nobody says where, which FROC, roughness and lesions leave out.</summary>
    public const string WithoutOutline = "tumor_slides_without_outline";

    /// <summary>The figures over the test slides of a run's parts; null where no part is finished, none tests slides,
    /// or nobody outlined them.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="cohort">Its cohort.</param>
    /// <param name="parts">How many parts the split has.</param>
    /// <exception cref="InvalidDataException">A damaged file of a part.</exception>
    public static RunFigures? OfRun(string folder, Cohort cohort, int parts)
    {
        if (TestedOf(folder, cohort, parts) is not { } tested)
            return null;
        var description = RunDescription.Read(new RunFolder(tested[0].Folder, make: false).Description);
        return Of(tested, description.Classes, description.Positive!);
    }

    /// <summary>The curve over the same slides, without intervals; null where <see cref="OfRun"/> has no figures.</summary>
    public static FrocEvaluation? CurveOfRun(string folder, Cohort cohort, int parts) =>
        TestedOf(folder, cohort, parts) is { } tested && Outlined(SlidesOf(tested)) is { Length: > 0 } slides
            ? FrocEvaluation.Of([.. slides.Select(Judged)], new FrocOptions { Bootstrap = 0 })
            : null;

    private static TestedPart[]? TestedOf(string folder, Cohort cohort, int parts)
    {
        var rows = cohort.Rows.ToDictionary(r => r.Image);
        var tested = Enumerable
            .Range(0, parts)
            .Select(part => TrainingSession.PartFolder(folder, part, parts))
            .Where(f =>
                File.Exists(Path.Combine(TestFiles.SlidesFolder(f), "slide_scores.csv"))
                && Directory.Exists(TestFiles.TruthFolder(f))
            )
            .Select(f => new TestedPart(
                f,
                [.. Predictions.Read(Path.Combine(f, "predictions.csv")).Rows.Select(r => rows[r.Image])]
            ))
            .ToArray();
        // A slide that several parts tested would count several times.
        return tested.Length == 0 || tested.SelectMany(t => t.Slides).CountBy(s => s.Image).Any(c => c.Value > 1)
            ? null
            : tested;
    }

    public static RunFigures Of(IReadOnlyList<TestedPart> parts, IReadOnlyList<string> classes, string positive)
    {
        var slides = SlidesOf(parts);
        var outlined = Outlined(slides);
        FrocSlide[] judged = [.. outlined.Select(Judged)];
        var (score, chance, sensitivity) = Froc(judged);
        var scores = parts.SelectMany(Scores).ToArray();
        var predictions = new Predictions(
            classes,
            [
                .. scores.Select(s =>
                {
                    double[] p = classes[1] == positive ? [1 - s.Score, s.Score] : [s.Score, 1 - s.Score];
                    return new Prediction(s.Row.Image, s.Row.Patient, s.Row.Label, classes[p[1] > p[0] ? 1 : 0], p);
                }),
            ]
        );
        var roc = ClassificationEvaluation.Of(predictions, new EvaluationOptions { Positive = positive });
        return new RunFigures(
            [
                ("slide_auc", roc.Figures[Metric.Auc]),
                ("froc", score),
                ("froc_of_random_places", chance),
                ("sensitivity_at_8", sensitivity),
                (
                    "heatmap_roughness",
                    HeatmapRoughness.Of(outlined.Select(s => (s.Row.Patient, HeatmapRoughness.Of(s.Folder, s.Row))))
                ),
            ],
            [
                ("slides", slides.Length),
                ("patients", slides.Select(s => s.Row.Patient).Distinct().Count()),
                ("lesions", judged.Sum(s => s.Lesions.Count - s.Isolated)),
                .. outlined.Length < slides.Length
                    ? [(WithoutOutline, slides.Length - outlined.Length)]
                    : Array.Empty<(string, int)>(),
            ]
        );
    }

    private static (string Folder, CohortRow Row)[] SlidesOf(IReadOnlyList<TestedPart> parts) =>
        [.. parts.SelectMany(part => part.Slides.Select(row => (part.Folder, row)))];

    /// <summary>Those of which it is known where tumor lies: a detection on any other is neither right nor wrong.</summary>
    private static (string Folder, CohortRow Row)[] Outlined((string Folder, CohortRow Row)[] slides) =>
        [.. slides.Where(s => TruthMask.IsOutlined(s.Folder, s.Row))];

    private static FrocSlide Judged((string Folder, CohortRow Row) slide)
    {
        var files = TestFiles.Of(slide.Folder, slide.Row);
        return FrocSlide.Of(
            files.Name,
            Detections.Read(files.Detections),
            TruthMask.Read(slide.Folder, slide.Row),
            slide.Row.Patient,
            HeatmapRecord.Tissue(files)
        );
    }

    /// <summary>FROC score and sensitivity at 8; without an interval where hardly any draw of patients has a lesion.</summary>
    private static (Estimate Score, Estimate Chance, Estimate Sensitivity) Froc(IReadOnlyList<FrocSlide> slides)
    {
        if (slides.Count == 0)
        {
            var none = Estimate.Undefined("of no slide it is known where tumor lies");
            return (none, none, none);
        }
        try
        {
            var froc = FrocEvaluation.Of(slides);
            return (froc.Score, froc.Chance, froc.Sensitivities[^1]);
        }
        catch (InvalidDataException error)
        {
            var froc = FrocEvaluation.Of(slides, new FrocOptions { Bootstrap = 0 });
            return (
                froc.Score with
                {
                    Reason = error.Message,
                },
                froc.Chance,
                froc.Sensitivities[^1] with
                {
                    Reason = error.Message,
                }
            );
        }
    }

    private static IEnumerable<(CohortRow Row, double Score)> Scores(TestedPart part)
    {
        var scores = SlideScores.Read(
            Path.Combine(TestFiles.SlidesFolder(part.Folder), "slide_scores.csv"),
            ["probability"]
        );
        return part.Slides.Select(row => (row, scores.Of(TestFiles.NameOf(row))!.Value));
    }
}
