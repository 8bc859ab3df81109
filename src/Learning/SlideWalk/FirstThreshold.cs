using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// From which probability of a first network on the large one looks, by what the first one said of its own validation
/// patients' windows of the positive class: the greatest threshold that a wanted share of them reaches, and at most one half.
/// </summary>
public sealed record FirstThreshold
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private FirstThreshold() { }

    /// <summary>The threshold, 0 to 0.5.</summary>
    public required double Value { get; init; }

    /// <summary>The share of windows that is to reach it.</summary>
    public required double Keeps { get; init; }

    /// <summary>Validation windows of the positive class.</summary>
    public required int Windows { get; init; }

    /// <summary>Those of them that do not reach the threshold.</summary>
    public required int Below { get; init; }

    /// <summary>Patients of whom they are.</summary>
    public required int Patients { get; init; }

    /// <summary>What was asked for, the same in every call.</summary>
    internal string Rule => string.Create(Invariant, $"keeps {Keeps:R} of the validation windows");

    /// <summary>In words, what was chosen by what.</summary>
    public string Text =>
        string.Create(
            Invariant,
            $"{Windows - Below} of {Windows} positive validation windows ({Patients} patients) reach that, {100 * Keeps:0.###} % are asked for"
        )
        + (
            Windows * (1 - Keeps) < 1
                ? string.Create(
                    Invariant,
                    $"; so few cannot tell one in {1 / (1 - Keeps):0}: the least of them decides"
                )
                : ""
        );

    /// <summary>Chosen by what a run kept.</summary>
    /// <param name="asked">The run, and the share.</param>
    /// <param name="windows">How it saw its validation patients' windows.</param>
    /// <param name="positive">The class that is looked for.</param>
    /// <exception cref="InvalidOperationException">It kept none; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">A damaged file.</exception>
    internal static FirstThreshold Of(FirstRequest asked, WindowValidation windows, string positive)
    {
        var run = asked.Run;
        if (run.Folders.Count == 0)
            throw Without(asked, "a packed model, which holds no validation windows", "its run's folder");
        var all = new List<(string Patient, double Probability)>();
        foreach (var part in run.Folders)
            all.AddRange(windows.OnSlides ? OnSlides(part) : OfTable(part, positive));
        if (all.Count == 0)
            throw Without(
                asked,
                $"a run that kept no validation windows of '{positive}'",
                "one with validation patients of that class and decision.threshold_from_validation: true"
            );
        return Of([.. all], asked.Keeps);
    }

    /// <summary>Chosen by windows.</summary>
    /// <param name="windows">Positive windows: whose, and what the first network says of them; at least one.</param>
    /// <param name="keeps">The share that is to reach the threshold, above 0 up to 1.</param>
    /// <exception cref="ArgumentException">No window, or a share out of its range.</exception>
    internal static FirstThreshold Of(IReadOnlyList<(string Patient, double Probability)> windows, double keeps)
    {
        if (windows.Count == 0)
            throw new ArgumentException("there are no windows to choose a threshold by");
        if (keeps is not (> 0 and <= 1))
            throw new ArgumentException($"the share to keep is {keeps}; it goes from above 0 to 1");
        double[] sorted = [.. windows.Select(w => w.Probability).Order()];
        // As many may miss it; 1e-9: 0.005 of 1000 are five, whatever binary fractions make of it.
        var missed = Math.Min((int)Math.Floor(((1 - keeps) * sorted.Length) + 1e-9), sorted.Length - 1);
        var value = Math.Min(sorted[missed], FirstNetwork.Most);
        return new FirstThreshold
        {
            Value = value,
            Keeps = keeps,
            Windows = sorted.Length,
            Below = sorted.Count(p => p < value),
            Patients = windows.Select(w => w.Patient).Distinct().Count(),
        };
    }

    /// <summary>Cells of the validation slides' heatmaps whose middle lies in annotated tumor.</summary>
    private static IEnumerable<(string Patient, double Probability)> OnSlides(string part)
    {
        var folder = TestFiles.ValidationFolder(part);
        var table = new Loop.RunFolder(part, make: false).Validation;
        if (!File.Exists(table) || !Directory.Exists(TestFiles.SlidesFolder(folder)))
            yield break;
        foreach (var row in Predictions.Read(table).Rows)
        {
            using var cells = TumorCells.Of(folder, new CohortRow(0, row.Image, row.Label, row.Patient));
            if (cells is null)
                continue;
            var grid = cells.Heatmap.Grid;
            for (var y = 0; y < grid.Rows; y++)
            for (var x = 0; x < grid.Columns; x++)
                if (cells[x, y])
                    yield return (row.Patient, cells.Heatmap[x, y]);
        }
    }

    /// <summary>Rows of <c>validation.csv</c>, a window to each.</summary>
    private static IEnumerable<(string Patient, double Probability)> OfTable(string part, string positive)
    {
        var file = new Loop.RunFolder(part, make: false).Validation;
        if (!File.Exists(file))
            return [];
        var table = Predictions.Read(file);
        var column = table.Classes.ToList().IndexOf(positive);
        return table.Rows.Where(r => r.Label == positive).Select(r => (r.Patient, r.Probabilities[column]));
    }

    private static InvalidOperationException Without(FirstRequest asked, string what, string instead) =>
        new(
            $"--first is {asked.Path}, {what}, so that nothing says from which probability on the large network has to look; give {instead}, or --first-threshold"
        );
}
