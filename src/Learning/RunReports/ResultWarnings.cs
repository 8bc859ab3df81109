using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>What keeps the figures of a run from meaning what they seem to.</summary>
internal static class ResultWarnings
{
    /// <summary>Below this many patients, an interval over patients is itself uncertain.</summary>
    public const int FewPatients = 20;

    /// <summary>Above this share of images without valid area, masked results are not about masks.</summary>
    public const double MostEmptyMasks = 0.2;

    /// <summary>Below this distance, relative to their length, weights are where they began.</summary>
    public const double LeastMovement = 1e-3;

    public static IEnumerable<string> Of(ReportedRun run)
    {
        var first = run.First;
        if (first.ImageWise)
            yield return $"{Split.InflatedNote}. Images and not patients were divided, on purpose: the models know other "
                + "images of the patients they are tested on. Judge no model by this run.";
        if (run.Parts.Count < first.Parts)
            yield return $"{run.Parts.Count} of {first.Parts} parts are trained; "
                + $"the figures are those of the trained ones.";

        var patients = run.Tested.Rows.Select(r => r.Patient).Distinct().Count();
        if (patients < FewPatients)
        {
            yield return $"Only {FigureText.Count(patients, "patient")} tested: with fewer than {FewPatients} "
                + $"the intervals are themselves "
                + "uncertain, and usually too narrow. Take the figures as a first impression.";
        }
        if (run.Repeated)
        {
            var undecided = run.Parts.Count(p => p.Evaluation.Figures[Metric.Auc] is { Low: <= 0.5, High: >= 0.5 });
            if (undecided > 0)
                yield return $"In {undecided} of {run.Parts.Count} parts the AUC's interval includes chance (0.5).";
        }
        else
        {
            if (run.Whole.Figures[Metric.Auc] is { High: < 0.5 and var high })
                yield return $"The AUC lies below chance: its interval ends at {FigureText.Number(high)}. Either the model "
                    + "learned what does not hold for these patients, or the classes are the wrong way round.";
            else if (run.Whole.Figures[Metric.Auc] is { Low: <= 0.5 and var low })
                yield return $"The interval of the AUC includes chance: it begins at {FigureText.Number(low)}, "
                    + $"chance is 0.5.";
            if (run.Whole.Figures[Metric.Accuracy] is { Low: { } least } && least <= run.MajorityShare)
            {
                yield return "The interval of the accuracy includes what "
                    + $"always naming “{run.MajorityClass}” would reach: "
                    + $"it begins at "
                    + $"{FigureText.Percent(least)}, that class has {FigureText.Percent(run.MajorityShare)} of the {run.Thing}s.";
            }
        }
        if (run.Whole.Confusion.Count(row => row.Sum() > 0) == 1)
            yield return $"All test {run.Thing}s are “{run.MajorityClass}”: no figure here tells classes apart.";

        var empty = (double)run.MostEmptyMasks / Math.Max(first.Images, 1);
        if (empty > MostEmptyMasks)
        {
            yield return $"{FigureText.Percent(empty)} of the images have no valid area in their mask "
                + $"({run.MostEmptyMasks} of {first.Images}): "
                + "the mask rules do not fit this cohort. Calibrate them, or train without masks.";
        }
        foreach (var doubt in DoubtSection.Warnings(run.Tested, [.. run.Parts.Select(p => p.Description)]))
            yield return doubt;
        var still = run.Parts.Where(p => p.Description.WeightsMoved < LeastMovement).ToArray();
        if (still.Length > 0)
        {
            yield return $"The schedule hardly moved the weights{Which(run, still)}: they ended "
                + $"{FigureText.Short(100 * still.Min(p => p.Description.WeightsMoved!.Value))} % of their length "
                + "from where they began. "
                + "Use a larger rate, or let it fall more slowly.";
        }
        var unvalidated = run.Parts.Where(p => !p.Validated).ToArray();
        if (unvalidated.Length > 0)
        {
            yield return $"There were no validation patients{Which(run, unvalidated)}: the last epoch was kept, "
                + "nothing stopped the "
                + "training early, and no decision threshold was chosen.";
        }
    }

    private static string Which(ReportedRun run, ReportedPart[] parts) =>
        parts.Length == run.Parts.Count ? "" : $" ({string.Join(", ", parts.Select(p => p.Name))})";
}
