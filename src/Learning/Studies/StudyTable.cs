using System.Globalization;
using System.Text;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.Studies;

/// <summary>A study's rows as tables for people and programs.</summary>
public static class StudyTable
{
    private static readonly string[] Names =
    [
        "model",
        "input",
        "parts",
        "mean ± deviation",
        "p: t",
        "p: corrected t",
        "p: Wilcoxon",
        "in training",
        "constant",
        "patients",
        "epochs",
        "processor s",
        "steps",
        "parameters",
        "s per epoch",
        "peak MiB",
    ];

    private static readonly string[] CsvColumns =
    [
        "group",
        "model",
        "input",
        "baseline",
        "published",
        "mean",
        "deviation",
        "difference",
        "p_t",
        "p_t_holm",
        "p_corrected",
        "p_corrected_holm",
        "p_wilcoxon",
        "p_wilcoxon_holm",
        "training_accuracy",
        "constant_parts",
        "patients",
        "epochs",
        "processor_seconds",
        "steps",
        "parameters",
        "seconds_per_epoch",
        "peak_mib",
    ];

    private static readonly string[] MaskNames = ["with area", "valid", "at limit"];

    private static readonly string[] MaskColumns = ["images_with_area", "mean_valid", "segmentations_at_limit"];

    /// <summary>Heads the image-wise figures.</summary>
    private const string ImageWiseHead = "image-wise (inflated)";

    /// <summary>What the p-values are, and why the plain t-test is optimistic.</summary>
    public static string NoteOf(StudyOutcome outcome) =>
        (outcome.ImageWise ? $"All figures are {Split.InflatedNote}. " : "")
        + $"Figures are {outcome.Study.Figure.Words} on test {(outcome.ImageWise ? "images" : "patients")}, mean ± standard deviation over the parts. p-values are two-sided, "
        + $"paired over the parts: {outcome.Study.AgainstWords}, on the same input, with Holm's correction over the models of an input in brackets. The parts share "
        + "patients, so their figures are not independent: the plain t-test, which the paper uses, is optimistic; the corrected one (Nadeau & Bengio 2003) "
        + "enlarges its variance by test over training images."
        + (
            outcome.Study.ImageWise
                ? $" The column {ImageWiseHead} is {Split.InflatedNote}: the same models on parts with as many images of each class on each side, "
                    + "drawn over images, so that a patient's images train and test. It shows what such a split adds, and judges no model."
                : ""
        )
        + " In training: share of training images that the last model calls right. Constant: parts in which it calls all test images the same. Patients: those tested. Epochs, processor seconds and steps: the budget of a part (epochs are of the last stage, the others of all), what was found in shared/ not counted, all rates that were tried counted together."
        + (
            outcome.Rows.Any(r => r.Run.Published.Length > 0)
                ? " Published: the paper's own figure, of its own images, divisions and budget; what may be compared is the order."
                : ""
        )
        + (
            HaveMasks(outcome.Rows)
                ? " With area: share of images whose mask keeps any; valid: share of an image's pixels that it keeps, on average; at limit: share of segmentations that the limit of steps ended. Void: fewer than four in five images keep an area, so that masked is a name there, and no masking."
                : ""
        )
        + RateNote(outcome)
        + BaselineNote(outcome)
        + ChanceNote(outcome)
        + (outcome.MaskNote is { } masks ? $" {masks}" : "")
        + (outcome.LabelNote is { } labels ? $" {labels}" : "")
        + (outcome.PrecisionNote is { } precision ? $" {precision}" : "")
        + (outcome.PretrainedOn is { } pretrained ? $" {pretrained}" : "");

    private static string RateNote(StudyOutcome outcome)
    {
        var chosen = outcome
            .Rows.Where(r => r.Rates.Any(rate => rate is not null))
            .Select(r =>
                $"{r.Run.Title} {string.Join(", ", r.Rates.OfType<double>().Select(rate => ValueText.Of((IFormattable)rate)))}"
            )
            .ToArray();
        return chosen.Length == 0
            ? ""
            : $" Rates that the parts' validation patients chose by log loss: {string.Join("; ", chosen)}.";
    }

    private static string BaselineNote(StudyOutcome outcome)
    {
        var names = outcome.Study.Runs.Where(r => r.IsBaseline).Select(r => r.Model).ToArray();
        return names.Length > 0
                ? $" Trivial baselines: {string.Join(", ", names)}; Holm's correction counts them apart."
            : outcome.Study.Baselines ? " There is no trivial baseline for what these models are asked."
            : " Trivial baselines were left out (baselines: false).";
    }

    /// <summary>What chance is, where no row shows it and a figure is an area under a ROC curve.</summary>
    private static string ChanceNote(StudyOutcome outcome)
    {
        if (outcome.Study.Runs.Any(r => r.IsChance))
            return "";
        IEnumerable<string> shown =
        [
            outcome.Study.Figure.Key,
            .. outcome.Study.Further.Select(f => f.Key),
            .. outcome.Rows.SelectMany(r => r.Unseen?.Figures.Select(f => f.Key) ?? []),
        ];
        return shown.Any(IsRocArea)
            ? " No row is chance: that is an AUC of 0.5, whatever the shares of the classes."
            : "";
    }

    private static bool IsRocArea(string key) =>
        key.Split('_') is var words && words.Contains("auc") && !words.Contains("pr");

    /// <summary>The cells of a row under the heads of <see cref="Heads"/>.</summary>
    public static IReadOnlyList<string> CellsOf(StudyRow row) =>
        [
            row.Run.Model,
            row.InputWords,
            $"{row.Known.Count}/{row.Figures.Count}",
            FigureOf(row),
            .. row.ImageWise is { } imageWise ? (string[])[FigureOf(imageWise)] : [],
            Text(row.Comparison?.T),
            Text(row.Comparison?.CorrectedT),
            Text(row.Comparison?.Wilcoxon),
            row.Facts.TrainingAccuracy is { } known ? Text($"{known:0.000}") : "–",
            row.Facts.Constant is { } constant and > 0 ? Text($"{constant}/{row.Known.Count}") : "–",
            row.Patients > 0 ? Text($"{row.Patients}") : "–",
            row.Facts.Epochs is { } epochs ? Text($"{epochs:0.#}") : "–",
            row.Facts.ProcessorSeconds is { } used ? Text($"{used:0.0}") : "–",
            row.Facts.Steps is { } steps ? Text($"{steps:0}") : "–",
            row.Facts.Parameters is > 0 and var parameters ? Text($"{parameters / 1e6:0.00} M") : "–",
            row.Facts.SecondsPerEpoch is { } seconds ? Text($"{seconds:0.0}") : "–",
            row.Facts.PeakMemory is { } memory ? Text($"{memory:0}") : "–",
        ];

    /// <summary>The heads of the rows' cells.</summary>
    public static IReadOnlyList<string> Heads(IReadOnlyList<StudyRow> rows) =>
        rows.Any(row => row.ImageWise is not null) ? [.. Names[..4], ImageWiseHead, .. Names[4..]] : Names;

    /// <summary>
    /// Heads and cells, with the papers' own figures beside the means where a study names any, and what masks leave of the
    /// images behind the others where a model has any.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<string>> Lines(IReadOnlyList<StudyRow> rows)
    {
        IReadOnlyList<string>[] lines = HaveMasks(rows)
            ?
            [
                [.. Heads(rows), .. MaskNames],
                .. rows.Select(r => (string[])[.. CellsOf(r), .. MaskShares(r).Select(Share)]),
            ]
            : [Heads(rows), .. rows.Select(CellsOf)];
        string[] published = ["published", .. rows.Select(r => r.Run.Published.Length > 0 ? r.Run.Published : "–")];
        return rows.Any(r => r.Run.Published.Length > 0)
            ? [.. lines.Zip(published, (line, own) => (IReadOnlyList<string>)[.. line.Take(4), own, .. line.Skip(4)])]
            : lines;
    }

    private static bool HaveMasks(IEnumerable<StudyRow> rows) => rows.Any(r => r.Facts.Masks is not null);

    /// <summary>Shares of images with an area, of valid pixels, and of segmentations at the limit; null where there is none.</summary>
    private static double?[] MaskShares(StudyRow row) =>
        row.Facts.Masks is { } masks
            ? [(double)masks.WithArea / masks.Images, masks.MeanValid, (double?)masks.AtLimit / masks.Images]
            : [null, null, null];

    private static string Share(double? share) => share is { } known ? Text($"{known:0 %}") : "–";

    /// <summary>All tables in Markdown: of several groups first the figures side by side, then each group's own.</summary>
    public static string Markdown(StudyOutcome outcome)
    {
        var text = new StringBuilder();
        if (outcome.Groups.Count > 1)
            text.Append(Padded(SideBySide(outcome))).Append('\n');
        foreach (var (name, rows) in outcome.Groups)
        {
            if (name.Length > 0)
                text.Append("## ").Append(outcome.HeadingOf(name)).Append("\n\n");
            text.Append(Padded(Lines(rows))).Append('\n');
            if (StudyVerdict.Of(outcome.Study, rows) is { } verdict)
                text.Append(verdict).Append("\n\n");
            if (Unseen(rows) is { Count: > 0 } unseen)
                text.Append(Padded(unseen)).Append('\n').Append(UnseenNote).Append("\n\n");
            if (StudyCurve.Lines(rows) is { Count: > 0 } points)
                text.Append(Padded(points)).Append('\n').Append(StudyCurve.NoteOf(outcome.Study)).Append("\n\n");
            if (StudyDifferences.Lines(outcome.Study, rows) is { Count: > 0 } lines)
                text.Append(Padded(lines)).Append('\n').Append(StudyDifferences.NoteOf(outcome.Study)).Append("\n\n");
        }
        if (outcome.External is { } external)
            text.Append("External validation\n\n")
                .Append(Padded(external.Lines))
                .Append('\n')
                .Append(external.Note)
                .Append("\n\n");
        return text.Append(NoteOf(outcome)).Append('\n').ToString();
    }

    /// <summary>What the intervals of <see cref="Unseen"/> are.</summary>
    public const string UnseenNote =
        "Over the test images or slides of all parts together, by models that had not seen them (where parts share their test patients: the mean over the parts' models); in brackets 95 % intervals by drawing patients.";

    /// <summary>A line per model with the figures of its method and their intervals, heads first; empty without.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Unseen(IReadOnlyList<StudyRow> rows)
    {
        var known = rows.Where(r => r.Unseen is not null).ToArray();
        if (known.Length == 0)
            return [];
        // Models of several methods have figures and counts that others lack.
        string[] figures = [.. known.SelectMany(r => r.Unseen!.Figures.Select(f => f.Key)).Distinct()];
        string[] counts = [.. known.SelectMany(r => r.Unseen!.Counts.Select(c => c.Key)).Distinct()];
        return
        [
            ["model", .. figures.Select(Words), .. counts.Select(Words)],
            .. known.Select(r =>
                (IReadOnlyList<string>)
                    [
                        r.Run.Model,
                        .. figures.Select(key =>
                            r.Unseen!.Figures.FirstOrDefault(f => f.Key == key) is { Figure: { } own }
                                ? FigureText.WithEnds(own)
                                : "–"
                        ),
                        .. counts.Select(key =>
                            r.Unseen!.Counts.FirstOrDefault(c => c.Key == key) is { Key: not null, Count: var count }
                                ? Text($"{count}")
                                : "–"
                        ),
                    ]
            ),
        ];
    }

    private static string Words(string key) => key.Replace('_', ' ');

    /// <summary>A line per model and input, a column per group; the heads come first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> SideBySide(StudyOutcome outcome) =>
        [
            ["model", "input", .. outcome.Groups.Select(g => g.Name)],
            .. outcome
                .Groups[0]
                .Rows.Index()
                .Select(r =>
                    (IReadOnlyList<string>)
                        [r.Item.Run.Model, r.Item.InputWords, .. outcome.Groups.Select(g => FigureOf(g.Rows[r.Index]))]
                ),
        ];

    /// <summary>Everything, a row per group, model and input, full precision; the parts' figures last. Heads first.</summary>
    public static IEnumerable<IReadOnlyList<string>> Csv(StudyOutcome outcome)
    {
        int[] parts = [.. Enumerable.Range(1, outcome.Rows.Select(r => r.Figures.Count).FirstOrDefault())];
        string[] imageWise = outcome.Study.ImageWise
            ?
            [
                "image_wise_inflated_mean",
                "image_wise_inflated_deviation",
                .. parts.Select(p => $"image_wise_inflated_part_{p}"),
            ]
            : [];
        var masks = HaveMasks(outcome.Rows);
        string[] columns =
        [
            .. CsvColumns,
            .. masks ? MaskColumns : [],
            .. parts.Select(p => $"part_{p}"),
            .. imageWise,
        ];
        return outcome.Groups.SelectMany(g => g.Rows.Select(row => CsvRow(g.Name, row, masks))).Prepend(columns);
    }

    private static string[] CsvRow(string group, StudyRow row, bool masks)
    {
        var c = row.Comparison;
        double?[] numbers =
        [
            row.Mean,
            row.Deviation,
            c?.Difference,
            c?.T.Value,
            c?.T.Holm,
            c?.CorrectedT.Value,
            c?.CorrectedT.Holm,
            c?.Wilcoxon.Value,
            c?.Wilcoxon.Holm,
            row.Facts.TrainingAccuracy,
            row.Facts.Constant,
            row.Patients,
            row.Facts.Epochs,
            row.Facts.ProcessorSeconds,
            row.Facts.Steps,
            row.Facts.Parameters,
            row.Facts.SecondsPerEpoch,
            row.Facts.PeakMemory,
            .. masks ? MaskShares(row) : [],
            .. row.Figures,
            .. row.ImageWise is { } leaky ? (double?[])[leaky.Mean, leaky.Deviation, .. leaky.Figures] : [],
        ];
        return
        [
            group,
            row.Run.Model,
            row.InputWords,
            row.Run.IsBaseline ? "yes" : "no",
            row.Run.Published,
            .. numbers.Select(CsvTable.Text),
        ];
    }

    private static string Padded(IReadOnlyList<IReadOnlyList<string>> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Count).Select(c => lines.Max(l => l[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var (i, line) in lines.Index())
        {
            text.Append("| ").AppendJoin(" | ", line.Select((cell, c) => cell.PadRight(widths[c]))).Append(" |\n");
            if (i == 0)
                text.Append("|").AppendJoin('|', widths.Select(w => new string('-', w + 2))).Append("|\n");
        }
        return text.ToString();
    }

    private static string FigureOf(StudyRow row) =>
        row.Mean is { } mean
            ? Text($"{mean:0.000}") + (row.Deviation is { } deviation ? Text($" ± {deviation:0.000}") : "")
            : "–";

    private static string Text(PValue? p) =>
        p is { Value: { } value } known
            ? Text($"{Small(value)} ({(known.Holm is { } holm ? Small(holm) : "–")})")
            : "–";

    private static string Small(double p) => p < 0.001 ? "< 0.001" : Text($"{p:0.000}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
