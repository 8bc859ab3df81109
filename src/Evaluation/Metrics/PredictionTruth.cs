using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Metrics;

/// <summary>Predictions beside the cohort of their images: whose these are, what they show, and how the cohort spells it.</summary>
internal sealed class PredictionTruth
{
    private readonly Predictions said;
    private readonly Cohort cohort;
    private readonly Lazy<Dictionary<string, CohortRow>> known;
    private readonly Lazy<ILookup<string, CohortRow>> composed;

    private PredictionTruth(Predictions said, Cohort cohort)
    {
        (this.said, this.cohort) = (SpelledAs(said, cohort.Classes), cohort);
        // Most files have the cohort's order; only in others images are looked for.
        known = new(() => cohort.Rows.ToDictionary(r => r.Image));
        composed = new(() => cohort.Rows.ToLookup(r => Accents.Compose(r.Image)));
    }

    /// <summary>Patient and label as in the cohort, and names in its spelling.</summary>
    /// <exception cref="InvalidDataException">An image that the cohort has not, or with another patient or label there.</exception>
    internal static Predictions Within(Predictions predictions, Cohort cohort)
    {
        var truth = new PredictionTruth(predictions, cohort);
        Prediction[] rows = [.. truth.said.Rows.Select(truth.Beside)];
        if (
            truth.composed.IsValueCreated
            && rows.CountBy(r => r.Image).FirstOrDefault(c => c.Value > 1) is { Key: { } twice }
        )
            throw new InvalidDataException(
                predictions.About($"{twice} is predicted twice, its accents written in two ways; keep one of the rows")
            );
        return truth.said with { Rows = rows };
    }

    private Prediction Beside(Prediction row, int at)
    {
        if (Of(row.Image, at) is not { } truth)
            throw Wrong(at, $"{row.Image} is not in {cohort.Path}");
        if (row.Patient.Length > 0 && Accents.Compose(row.Patient) != Accents.Compose(truth.Patient))
            throw Wrong(
                at,
                $"{row.Image} is patient {row.Patient} here and {truth.Patient} in {cohort.Path} (row {truth.Number})"
            );
        var label = said.MultiLabel ? CohortFile.Join(truth.Findings ?? [truth.Label]) : truth.Label;
        if (row.Label != label && (said.MultiLabel ? row.Label != Predictions.Unknown : row.Label.Length > 0))
            throw Wrong(
                at,
                $"{row.Image} is labeled {Told(row.Label)} here and {Told(label)} in {cohort.Path} (row {truth.Number})"
            );
        return row.Image == truth.Image && row.Patient == truth.Patient && row.Label == label
            ? row
            : row with
            {
                Image = truth.Image,
                Patient = truth.Patient,
                Label = label,
            };
    }

    private CohortRow? Of(string image, int at) =>
        at < cohort.Rows.Count && cohort.Rows[at].Image == image ? cohort.Rows[at]
        : known.Value.TryGetValue(image, out var row) ? row
        : composed.Value[Accents.Compose(image)].ToArray() is [var only] ? only
        : null;

    private InvalidDataException Wrong(int at, string what) =>
        new(said.About($"prediction {at + 1} (row {said.RowOf(at)}): {what}"));

    /// <summary>The same predictions with classes as others spell them; what is no other spelling of one of these stays.</summary>
    internal static Predictions SpelledAs(Predictions predictions, IReadOnlyList<string> names)
    {
        var spellings = new Spellings(names);
        string[] classes = [.. predictions.Classes.Select(c => spellings.Of(c) ?? c)];
        if (classes.Distinct().Count() < classes.Length)
            classes = [.. predictions.Classes]; // two columns of one name: each stays what it is
        var all = new Spellings([.. names, .. classes]);
        var spelled = new Dictionary<string, string>();
        string Name(string name)
        {
            if (!spelled.TryGetValue(name, out var found))
                spelled[name] = found = all.Of(name) ?? name;
            return found;
        }
        string Names(string text) =>
            !predictions.MultiLabel ? Name(text)
            : text.Length == 0 || text == Predictions.Unknown ? text
            : CohortFile.Join(CohortFile.Split(text).Select(Name).Distinct());
        var rows = predictions.Rows.Select(row =>
            (Names(row.Label), Names(row.Predicted)) is var (label, decided)
            && label == row.Label
            && decided == row.Predicted
            && row.Set.All(c => Name(c) == c)
                ? row
                : row with
                {
                    Label = label,
                    Predicted = decided,
                    Set = [.. row.Set.Select(Name)],
                }
        );
        return predictions with { Classes = classes, Rows = [.. rows] };
    }

    private static string Told(string label) => label.Length == 0 ? "without a finding" : label;
}
