namespace Coverslip.Evaluation.Metrics;

/// <summary>An image of which a model that had not learned from it is confident that it is of another class than its label.</summary>
/// <param name="Row">What was said of it, with its label.</param>
/// <param name="Label">The label, or of a finding whether it is told.</param>
/// <param name="Says">What the model says instead.</param>
public sealed record ContradictedLabel(Prediction Row, string Label, string Says)
{
    /// <summary>Probability of the label.</summary>
    public required double OfLabel { get; init; }

    /// <summary>Probability of what the model says.</summary>
    public required double OfSaid { get; init; }

    /// <summary>The mean probability of what the model says among images that are labeled so: what it had to reach.</summary>
    public required double Bound { get; init; }

    /// <summary>How far what is said lies above its own mean, and the label below its own: the greater, the stronger.</summary>
    public required double Margin { get; init; }
}

/// <summary>
/// Labels that predictions contradict: confident learning (Northcutt et al. 2021, Journal of Artificial Intelligence Research
/// 70, sec. 3.1). An image counts for the class of the greatest probability among those whose probability reaches the class's
/// mean over the images labeled so; where that is another class than its label, the label is contradicted. Means and not one
/// half, since a slide's score, the maximum of many, is large on every slide.
/// </summary>
public static class ContradictedLabels
{
    /// <summary>What summing may do to a mean: an image that is its class's only one reaches it.</summary>
    private const double Rounding = 1e-9;

    /// <summary>The contradicted ones, the strongest first. Images without label are passed over.</summary>
    /// <param name="said">
    /// Of models that had not learned from them, each image once; of findings each is asked for itself. None without probabilities.
    /// </param>
    public static IReadOnlyList<ContradictedLabel> Of(Predictions said) =>
        [
            .. (
                said.MultiLabel
                    ? said.Classes.SelectMany((name, at) => Among(Finding(said, name, at)))
                    : Among(Classes(said))
            )
                .OrderByDescending(c => c.Margin)
                .ThenBy(c => c.Row.Image, StringComparer.Ordinal),
        ];

    private static Asked Classes(Predictions said)
    {
        var names = said.Classes.ToList();
        return new Asked(
            names,
            [.. said.Rows.Select(r => (r, names.IndexOf(r.Label), r.Probabilities)).Where(r => r.Item2 >= 0)]
        );
    }

    private static Asked Finding(Predictions said, string name, int at) =>
        new(
            [$"no {name}", name],
            [
                .. said
                    .Rows.Where(r => r.Label != Predictions.Unknown)
                    .Select(r =>
                        (
                            r,
                            Cohorts.CohortFile.Split(r.Label).Contains(name) ? 1 : 0,
                            (IReadOnlyList<double>)[1 - r.Probabilities[at], r.Probabilities[at]]
                        )
                    ),
            ]
        );

    private static IEnumerable<ContradictedLabel> Among(Asked asked)
    {
        double Mean(int of, Func<int, bool> labeled) =>
            asked.Images.Where(i => labeled(i.Label)).Select(i => i.P[of]).DefaultIfEmpty(double.NaN).Average();
        var places = Enumerable.Range(0, asked.Names.Count).ToArray();
        double[] means = [.. places.Select(c => Mean(c, label => label == c))];
        // A class that the model gives no more to its own images than to others is not told at all: it contradicts nobody.
        bool[] told = [.. places.Select(c => means[c] > Mean(c, label => label != c) + Rounding)];
        foreach (var (row, label, p) in asked.Images)
        {
            var reached = places.Where(c => told[c] && p[c] >= means[c] - Rounding).ToArray();
            if (reached.Length == 0 || reached.MaxBy(c => p[c]) is var says && says == label)
                continue;
            yield return new ContradictedLabel(row, asked.Names[label], asked.Names[says])
            {
                OfLabel = p[label],
                OfSaid = p[says],
                Bound = means[says],
                Margin = p[says] - means[says] - (p[label] - means[label]),
            };
        }
    }

    private sealed record Asked(
        IReadOnlyList<string> Names,
        IReadOnlyList<(Prediction Row, int Label, IReadOnlyList<double> P)> Images
    );
}
