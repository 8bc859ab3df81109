using System.Globalization;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Metrics;

/// <summary>What a model says of one image.</summary>
/// <param name="Image">Path as in the cohort.</param>
/// <param name="Patient">Whose image; empty where unknown.</param>
/// <param name="Label">The true class; empty where unknown.</param>
/// <param name="Predicted">The class decided for.</param>
/// <param name="Probabilities">
/// One per class in the order of <see cref="Predictions.Classes"/>, in [0, 1] and summing to 1; empty where the model
/// gives none.
/// </param>
public sealed record Prediction(
    string Image,
    string Patient,
    string Label,
    string Predicted,
    IReadOnlyList<double> Probabilities
);

/// <summary>
/// A predictions file: <c>image,patient,label,predicted,p_&lt;class&gt;…</c>, a row per image; the probability columns
/// may be absent altogether.
/// </summary>
/// <param name="Classes">
/// The classes that have a probability column, in the order of the columns; empty without such columns.
/// </param>
/// <param name="Rows">The images, each once.</param>
public sealed record Predictions(IReadOnlyList<string> Classes, IReadOnlyList<Prediction> Rows)
{
    /// <summary>
    /// How far the probabilities of an image may sum from 1: room for figures rounded to three digits.
    /// </summary>
    public const double SumTolerance = 5e-3;

    private const string Prefix = "p_";

    /// <summary>Reads a predictions file.</summary>
    /// <exception cref="InvalidDataException">
    /// A missing column, an image twice, an empty prediction, a probability that is no number in [0, 1], or
    /// probabilities that do not sum to 1; the message names the row.
    /// </exception>
    public static Predictions Read(string path)
    {
        var table = CsvTable.Read(path);
        var (image, patient) = (table.Require("image"), table.Require("patient"));
        var (label, predicted) = (table.Require("label"), table.Require("predicted"));
        int[] columns =
        [
            .. table
                .Columns.Index()
                .Where(c => c.Item.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(c => c.Index),
        ];
        string[] classes = [.. columns.Select(c => table.Columns[c][Prefix.Length..])];
        if (table.Rows.Count == 0)
            throw new InvalidDataException($"{path}: no predictions: a header and no rows");
        var seen = new Dictionary<string, int>();
        var rows = new List<Prediction>();
        foreach (var row in table.Rows)
        {
            string Where() => $"{path}: row {row.Number}";
            var name = row.Fields[image].Replace('\\', '/');
            if (name.Length == 0)
                throw new InvalidDataException($"{Where()}: the image is empty");
            if (!seen.TryAdd(name, row.Number))
                throw new InvalidDataException(
                    $"{Where()}: {name} stands in row {seen[name]} already; an image is predicted once"
                );
            if (row.Fields[predicted].Length == 0)
                throw new InvalidDataException($"{Where()}: nothing predicted for {name}");
            double[] probabilities = [.. columns.Select(c => Probability(row.Fields[c], table.Columns[c], Where))];
            if (probabilities.Length > 0 && Math.Abs(probabilities.Sum() - 1) > SumTolerance)
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Where()}: the probabilities sum to {probabilities.Sum():0.####}, not to 1 (within "
                            + $"{SumTolerance})"
                    )
                );
            rows.Add(
                new Prediction(name, row.Fields[patient], row.Fields[label], row.Fields[predicted], probabilities)
            );
        }
        return new Predictions(classes, rows);
    }

    /// <summary>
    /// Writes a predictions file, whole or not at all; probabilities so that they read back to the same number.
    /// </summary>
    public void Write(string path)
    {
        List<string> columns = ["image", "patient", "label", "predicted", .. Classes.Select(c => Prefix + c)];
        CsvTable.Write(
            path,
            columns,
            Rows.Select(row =>
            {
                if (row.Probabilities.Count != Classes.Count)
                    throw new ArgumentException(
                        $"{row.Image} has {row.Probabilities.Count} probabilities, there are {Classes.Count} classes"
                    );
                return new List<string> { row.Image, row.Patient, row.Label, row.Predicted }.Concat(
                    row.Probabilities.Select(p => p.ToString("R", CultureInfo.InvariantCulture))
                );
            })
        );
    }

    /// <summary>
    /// The same predictions with patient and label as in the cohort. Rows may be fewer than the cohort's images.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// An image that is not in the cohort, or has another patient or label there.
    /// </exception>
    public Predictions Within(Cohort cohort)
    {
        var known = cohort.Rows.ToDictionary(r => r.Image);
        var rows = Rows.Select(
            (row, i) =>
            {
                // Rows read from a file stand in its order below the header.
                string Where() => $"prediction {i + 1} (row {i + 2})";
                if (!known.TryGetValue(row.Image, out var truth))
                    throw new InvalidDataException($"{Where()}: {row.Image} is not in {cohort.Path}");
                if (row.Patient.Length > 0 && row.Patient != truth.Patient)
                    throw new InvalidDataException(
                        $"{Where()}: {row.Image} is patient {row.Patient} here and {truth.Patient} in {cohort.Path} (row "
                            + $"{truth.Number})"
                    );
                if (row.Label.Length > 0 && row.Label != truth.Label)
                    throw new InvalidDataException(
                        $"{Where()}: {row.Image} is labelled {row.Label} here and {truth.Label} in {cohort.Path} (row "
                            + $"{truth.Number})"
                    );
                return row with { Patient = truth.Patient, Label = truth.Label };
            }
        );
        return this with { Rows = [.. rows] };
    }

    /// <summary>
    /// The same predictions decided anew: <paramref name="positive"/> where its probability is at least
    /// <paramref name="threshold"/>, the other class elsewhere.
    /// </summary>
    /// <exception cref="ArgumentException">Not two classes, or no such class.</exception>
    public Predictions Decide(string positive, double threshold)
    {
        if (Classes.Count != 2)
            throw new ArgumentException(
                $"a decision threshold needs probabilities of two classes; there are {Classes.Count}"
            );
        var index = Classes.ToList().IndexOf(positive);
        if (index < 0)
            throw new ArgumentException($"no class '{positive}'; the classes are {string.Join(", ", Classes)}");
        var negative = Classes[1 - index];
        return this with
        {
            Rows =
            [
                .. Rows.Select(r => r with { Predicted = r.Probabilities[index] >= threshold ? positive : negative }),
            ],
        };
    }

    private static double Probability(string text, string column, Func<string> where)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw new InvalidDataException($"{where()}: {column} is '{text}', not a number");
        return value is >= 0 and <= 1
            ? value
            : throw new InvalidDataException($"{where()}: {column} is {text}, outside 0 to 1");
    }
}
