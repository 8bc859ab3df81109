namespace Coverslip.Evaluation.Metrics;

/// <summary>How a model fares with a finding of an image.</summary>
public enum CaseKind
{
    /// <summary>It is there, and was named.</summary>
    Right,

    /// <summary>It is there, and was not named.</summary>
    Missed,

    /// <summary>It is not there, and was named.</summary>
    Wrong,
}

/// <summary>An image that is shown for a finding.</summary>
/// <param name="Finding">Its place among the classes.</param>
/// <param name="Kind">How the model fares.</param>
/// <param name="Number">From 1, the one that the model was surest about first.</param>
/// <param name="Image">What the model says of it.</param>
public sealed record FindingCase(int Finding, CaseKind Kind, int Number, Prediction Image)
{
    private const int Most = 2; // of each kind: pictures of fourteen findings stay a few megabytes

    /// <summary>Of each finding the images that the model is surest about: of each kind two, of different patients.</summary>
    public static IReadOnlyList<FindingCase> Of(Predictions predictions) =>
        [.. predictions.Classes.SelectMany((_, finding) => Of(predictions, finding))];

    private static IEnumerable<FindingCase> Of(Predictions predictions, int finding)
    {
        var truth = new FindingTruth(predictions, finding);
        foreach (
            var (kind, shows, named) in new[]
            {
                (CaseKind.Right, true, true),
                (CaseKind.Missed, true, false),
                (CaseKind.Wrong, false, true),
            }
        )
        {
            var sure = predictions
                .Rows.Where((_, i) => truth.Shows[i] == shows && truth.Decided[i] == named)
                .OrderByDescending(r => named ? r.Probabilities[finding] : 1 - r.Probabilities[finding])
                .DistinctBy(r => r.Patient)
                .Take(Most);
            foreach (var (number, row) in sure.Index())
                yield return new FindingCase(finding, kind, number + 1, row);
        }
    }
}
