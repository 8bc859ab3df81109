using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.Studies;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Studies;

/// <summary>Figures of what <c>predict</c> said of a cohort that is labeled, as a run's own test has them.</summary>
internal static class ExternalFigures
{
    private static readonly Metric[] Told =
    [
        Metric.Accuracy,
        Metric.BalancedAccuracy,
        Metric.Auc,
        Metric.Sensitivity,
        Metric.Specificity,
    ];

    /// <summary>Where predictions lie within the folder of an external cohort: as a part keeps those of its test slides.</summary>
    internal static string Predicted(string own) => TestFiles.SlidesFolder(own);

    /// <summary>Of images, bags and findings those of classes; of slides with scores those of detection.</summary>
    /// <exception cref="InvalidDataException">Nothing that can be judged was written, or it does not fit the cohort.</exception>
    internal static RunFigures Of(StudyRun run, RunDescription description, Cohort cohort, string own)
    {
        var table = Path.Combine(Predicted(own), "predictions.csv");
        if (File.Exists(table))
            return Of(Predictions.Read(table).Within(cohort), description);
        if (!File.Exists(SlideSummary.ScoresIn(Predicted(own))))
            throw new InvalidDataException(
                $"external: predict of {run.Title} wrote neither predictions.csv nor slide_scores.csv into {Predicted(own)}, so that there is nothing to judge; leave 'external' out"
            );
        if (!cohort.HasFurther(CohortSlides.AnnotationColumn))
            return Of(Scored(cohort, description, own), description);
        foreach (var row in cohort.Rows)
        {
            using var slide = SlideFile.Open(
                cohort.ImagePath(row),
                new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, row) }
            );
            var isTumor = row.Label == description.Positive;
            if (isTumor && CohortSlides.AnnotationOf(cohort, row) is null)
            {
                // It teaches nobody: its score is judged, places on it are not.
                TruthMask.Write(own, row, slide, null);
                continue;
            }
            var drawn = SlideOutlines.Of(cohort, row, slide, isTumor, new AnnotationClasses());
            TruthMask.Write(own, row, slide, drawn?.Tumor ?? PolygonRegion.Of([]));
        }
        return DetectionFigures.Of([new TestedPart(own, cohort.Rows)], description.Classes, description.Positive!);
    }

    /// <summary>
    /// The same of a run's own test images: as its folder has them where they are those of the other cohort, of a
    /// cross-validation over all parts.
    /// </summary>
    internal static IReadOnlyList<(string Key, Estimate Figure)> Internal(FinishedRun run, RunFigures external)
    {
        if (
            RunFigures.Read(run.Folder) is { } own
            && own.Figures.Select(f => f.Key).Intersect(external.Figures.Select(f => f.Key)).Any()
        )
            return own.Figures;
        var sets = TestedSets.Of(run).Select(s => Of(s, run.Parts[0].Description)).ToArray();
        return sets.Length switch
        {
            0 => [],
            1 => sets[0].Figures,
            // Parts that test the same patients are judged each for itself: their mean has no interval over patients.
            _ =>
            [
                .. sets[0]
                    .Figures.Select(f =>
                        (
                            f.Key,
                            new Estimate(
                                sets.Average(s => s.Figures.First(own => own.Key == f.Key).Figure.Value),
                                null,
                                null,
                                $"mean of {sets.Length} parts"
                            )
                        )
                    ),
            ],
        };
    }

    private static RunFigures Of(Predictions said, RunDescription description)
    {
        (string, int)[] counts =
        [
            ("images", said.Rows.Count),
            ("patients", said.Rows.Select(r => r.Patient).Distinct().Count()),
        ];
        if (said.MultiLabel)
            return new RunFigures([("auc", FindingEvaluation.Of(said).MeanAuc)], counts);
        var judged = ClassificationEvaluation.Of(
            said,
            new EvaluationOptions { Positive = said.Classes.Count == 2 ? description.Positive : null }
        );
        return new RunFigures([.. Told.Select(m => (m.Key(), judged.Figures[m]))], counts);
    }

    /// <summary>Slides that nobody outlined: their scores are all there is to judge.</summary>
    private static Predictions Scored(Cohort cohort, RunDescription description, string own)
    {
        var scores = Evaluation.SlideScores.Read(SlideSummary.ScoresIn(Predicted(own)), ["probability"]);
        var column = description.Classes.ToList().IndexOf(description.Positive!);
        var rows = cohort.Rows.Select(row =>
        {
            var p = scores.Of(TestFiles.NameOf(row))!.Value;
            var called = p >= (description.Threshold ?? 0.5) ? column : 1 - column;
            return new Prediction(
                row.Image,
                row.Patient,
                row.Label,
                description.Classes[called],
                column == 1 ? [1 - p, p] : [p, 1 - p]
            );
        });
        return new Predictions(description.Classes, [.. rows]);
    }
}
