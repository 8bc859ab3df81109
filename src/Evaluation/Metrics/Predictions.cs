using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Metrics;

/// <summary>What a model says of one image.</summary>
/// <param name="Image">Path as in the cohort.</param>
/// <param name="Patient">Whose image; empty where unknown.</param>
/// <param name="Label">
/// The true class; empty where unknown. Of <see cref="Predictions.MultiLabel"/> the findings, separated by <c>;</c>, empty
/// where there are none and <see cref="Predictions.Unknown"/> where unknown.
/// </param>
/// <param name="Predicted">The class decided for.</param>
/// <param name="Probabilities">
/// One per class in the order of <see cref="Predictions.Classes"/>, in [0, 1]; empty where the model gives none. Those of
/// classes sum to 1, those of findings do not.
/// </param>
public sealed record Prediction(
    string Image,
    string Patient,
    string Label,
    string Predicted,
    IReadOnlyList<double> Probabilities
)
{
    /// <summary>
    /// What the model had seen of the image when it was trained: <c>image</c>, <c>patient</c>, <c>name</c> or <c>held_out</c>;
    /// empty (default) for nothing that is known.
    /// </summary>
    public string TrainedOn { get; init; } = "";

    /// <summary>
    /// The classes of which one is the true one, but for a promised share of errors; empty (default) where nobody promised.
    /// </summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>
    /// How far its features are from those of the nearest training image, over how far those of known patients are at most;
    /// null (default) where nobody measured.
    /// </summary>
    public double? Unfamiliar { get; init; }

    /// <summary>Whether it is of another kind than what the model learned from, by its features.</summary>
    public bool IsUnfamiliar => Unfamiliar > 1;
}

/// <summary>
/// A predictions file: <c>image,patient,label,predicted,p_&lt;class&gt;…</c>, a row per image; the probability columns
/// may be absent altogether. With <c>labels</c> instead of <c>label</c> an image shows several findings or none.
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

    /// <summary>The labels of an image whose findings nobody has told.</summary>
    public const string Unknown = "unknown";

    // Of a file with blank lines the line of each row; else these follow each other below the header.
    private IReadOnlyList<int>? lines;

    private const string Prefix = "p_";
    private const string SeenColumn = "trained_on",
        SetColumn = "set",
        UnfamiliarColumn = "unfamiliar";

    /// <summary>What stands between the classes of a set.</summary>
    public const char SetSeparator = '|';

    /// <summary>The file that they were read from; null (default) of others.</summary>
    public string? Source { get; init; }

    /// <summary>A warning about images whose figures say nothing about new patients; null where there are none.</summary>
    public string? SeenNote =>
        Rows.Count(r => r.TrainedOn is "image" or "patient") is > 0 and var seen
            ? $"the model was trained on {seen} of {Rows.Count} of these images or their patients (column {SeenColumn}): the figures "
                + "are inflated; evaluate images of other patients, or a run whose parts held these out"
            : null;

    /// <summary>Every class in ordinal order: labels, predictions and probability columns together.</summary>
    public IReadOnlyList<string> Named =>
        [
            .. Rows.SelectMany(r => new[] { r.Label, r.Predicted })
                .Where(c => c.Length > 0)
                .Union(Classes)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Whether each class is a finding of its own, present or not, whatever the others are.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>Rows of another class than was predicted, first those whose wrong class was given the greatest probability.</summary>
    public IEnumerable<Prediction> MostWrong =>
        Rows.Where(r => r.Predicted != r.Label).OrderByDescending(ProbabilityOf).DistinctBy(r => r.Image);

    /// <summary>The probability given to the predicted class; 1 where there is none.</summary>
    public double ProbabilityOf(Prediction row) =>
        Classes.Index().FirstOrDefault(c => c.Item == row.Predicted) is (var at, not null) ? row.Probabilities[at] : 1;

    /// <summary>The same with sets, of each row its classes by place.</summary>
    public Predictions WithSets(IEnumerable<bool[]> sets) =>
        this with
        {
            Rows = [.. Rows.Zip(sets, (row, set) => row with { Set = [.. Classes.Where((_, c) => set[c])] })],
        };

    /// <summary>Reads a predictions file.</summary>
    /// <exception cref="InvalidDataException">
    /// A missing column, an image twice, an empty prediction, a finding without a column, a probability that is no number in
    /// [0, 1], or probabilities that do not sum to 1; the message names the row.
    /// </exception>
    public static Predictions Read(string path)
    {
        var table = CsvTable.Read(path);
        var (image, patient) = (table.Require("image"), table.Require("patient"));
        var multi = table.IndexOf("labels") >= 0;
        var (label, predicted) = (table.Require(multi ? "labels" : "label"), table.Require("predicted"));
        int[] columns =
        [
            .. table
                .Columns.Index()
                .Where(c => c.Item.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                .Select(c => c.Index),
        ];
        string[] classes = [.. columns.Select(c => table.Columns[c][Prefix.Length..])];
        var (seenBefore, set, far) = (
            table.IndexOf(SeenColumn),
            multi ? -1 : table.IndexOf(SetColumn),
            table.IndexOf(UnfamiliarColumn)
        );
        if (table.Rows.Count == 0)
            throw new InvalidDataException($"{path}: no predictions: a header and no rows");
        var seen = new Dictionary<string, int>();
        var findings = new Spellings(classes);
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
            if (row.Fields[predicted].Length == 0 && !multi)
                throw new InvalidDataException($"{Where()}: nothing predicted for {name}");
            var probabilities = new double[columns.Length];
            for (var c = 0; c < columns.Length; c++)
                probabilities[c] = Probability(row.Fields[columns[c]], table.Columns[columns[c]], Where);
            if (probabilities.Length > 0 && !multi && Math.Abs(probabilities.Sum() - 1) > SumTolerance)
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Where()}: the probabilities sum to {probabilities.Sum():0.####}, not to 1 (within "
                            + $"{SumTolerance})"
                    )
                );
            var decided =
                multi && classes.Length > 0
                    ? FindingsOf(row.Fields[predicted], (findings, classes), Where)
                    : row.Fields[predicted];
            rows.Add(
                new Prediction(name, row.Fields[patient], row.Fields[label], decided, probabilities)
                {
                    TrainedOn = seenBefore < 0 ? "" : row.Fields[seenBefore],
                    Set = set < 0 ? [] : SetOf(row.Fields[set], classes, Where),
                    Unfamiliar = far < 0 ? null : table.Number(row, far),
                }
            );
        }
        return new Predictions(classes, rows)
        {
            Source = path,
            MultiLabel = multi,
            lines = table.Rows[^1].Number == rows.Count + 1 ? null : [.. table.Rows.Select(r => r.Number)],
        };
    }

    /// <summary>
    /// Writes a predictions file, whole or not at all; probabilities so that they read back to the same number.
    /// </summary>
    public void Write(string path)
    {
        List<string> columns =
        [
            "image",
            "patient",
            MultiLabel ? "labels" : "label",
            "predicted",
            .. Classes.Select(c => Prefix + c),
        ];
        (string Name, Func<Prediction, string> Text)[] further =
        [
            (SetColumn, r => string.Join(SetSeparator, r.Set)),
            (UnfamiliarColumn, r => r.Unfamiliar?.ToString("0.###", CultureInfo.InvariantCulture) ?? ""),
            (SeenColumn, r => r.TrainedOn),
        ];
        further = [.. further.Where(f => Rows.Any(r => f.Text(r).Length > 0))];
        columns.AddRange(further.Select(f => f.Name));
        CsvTable.Write(
            path,
            columns,
            Rows.Select(row =>
            {
                if (row.Probabilities.Count != Classes.Count)
                    throw new ArgumentException(
                        $"{row.Image} has {row.Probabilities.Count} probabilities, there are {Classes.Count} classes"
                    );
                return (List<string>)
                    [
                        row.Image,
                        row.Patient,
                        row.Label,
                        row.Predicted,
                        .. row.Probabilities.Select(p => p.ToString("R", CultureInfo.InvariantCulture)),
                        .. further.Select(f => f.Text(row)),
                    ];
            })
        );
    }

    /// <summary>
    /// The same predictions with patient and label as in the cohort, and names as it spells them. Rows may be fewer than the
    /// cohort's images.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// An image that is not in the cohort, or has another patient or label there.
    /// </exception>
    public Predictions Within(Cohort cohort) => PredictionTruth.Within(this, cohort);

    /// <summary>
    /// The same predictions with classes spelled as in a list, where they differ in case, blanks or tumour for tumor only; two
    /// columns of one such name stay as they are.
    /// </summary>
    public Predictions SpelledAs(IReadOnlyList<string> names) => PredictionTruth.SpelledAs(this, names);

    /// <summary>An error's text behind the file that it is about, where there is one.</summary>
    internal string About(string message) => Source is null ? message : $"{Source}: {message}";

    /// <summary>The line of a prediction in its file, by its place.</summary>
    internal int RowOf(int prediction) => lines?[prediction] ?? prediction + 2;

    /// <summary>
    /// The same predictions decided anew: <paramref name="positive"/> where its probability is at least
    /// <paramref name="threshold"/>, the other class elsewhere.
    /// </summary>
    /// <exception cref="ArgumentException">Not two classes, or no such class.</exception>
    public Predictions Decide(string positive, double threshold)
    {
        if (Classes.Count != 2 || MultiLabel)
            throw new ArgumentException(
                About($"a decision threshold needs probabilities of two classes; there are {Classes.Count}")
            );
        var index = Classes.ToList().IndexOf(positive);
        if (index < 0)
            throw new ArgumentException(About($"no class '{positive}'; the classes are {string.Join(", ", Classes)}"));
        var negative = Classes[1 - index];
        return this with
        {
            Rows =
            [
                .. Rows.Select(r => r with { Predicted = r.Probabilities[index] >= threshold ? positive : negative }),
            ],
        };
    }

    /// <summary>
    /// The same predictions of findings decided anew: each is named whose probability is at least its threshold.
    /// </summary>
    /// <exception cref="ArgumentException">Predictions of classes, or another number of thresholds.</exception>
    public Predictions DecideFindings(IReadOnlyList<double> thresholds)
    {
        if (!MultiLabel || thresholds.Count != Classes.Count)
            throw new ArgumentException(
                $"{thresholds.Count} thresholds for {Classes.Count} {(MultiLabel ? "findings" : "classes, of which one is decided for")}"
            );
        var rows = Rows.Select(r =>
            r with
            {
                Predicted = CohortFile.Join(Classes.Where((_, c) => r.Probabilities[c] >= thresholds[c])),
            }
        );
        return this with { Rows = [.. rows] };
    }

    private static string[] SetOf(string text, string[] classes, Func<string> where)
    {
        string[] names = text.Split(SetSeparator, StringSplitOptions.RemoveEmptyEntries);
        return names.Except(classes).FirstOrDefault() is { } unknown
            ? throw new InvalidDataException(
                $"{where()}: {SetColumn} names '{unknown}', which has no column {Prefix}{unknown}; the classes are "
                    + $"{string.Join(", ", classes)}, with {SetSeparator} between those of a set"
            )
            : names;
    }

    /// <summary>The findings that were decided for, as the columns spell them.</summary>
    private static string FindingsOf(string text, (Spellings Names, string[] Classes) known, Func<string> where) =>
        CohortFile.Join(
            CohortFile
                .Split(text)
                .Select(name =>
                    known.Names.Of(name)
                    ?? throw new InvalidDataException(
                        $"{where()}: predicted names '{name}', which is none of the findings {string.Join(", ", known.Classes)}; write "
                            + $"those decided for with {CohortFile.Separator} between, and nothing where there are none"
                    )
                )
                .Distinct()
        );

    private static double Probability(string text, string column, Func<string> where)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw new InvalidDataException($"{where()}: {column} is '{text}', not a number");
        return value is >= 0 and <= 1
            ? value
            : throw new InvalidDataException($"{where()}: {column} is {text}, outside 0 to 1");
    }
}
