using System.Globalization;
using System.Text;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Methods.Studies;

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
        "parameters",
        "s per epoch",
        "peak MiB",
    ];

    /// <summary>What the p-values are, and why the plain t-test is optimistic.</summary>
    public static string NoteOf(StudyRecipe study) =>
        $"Figures are {study.Metric.Key().Replace('_', ' ')} on test patients, mean ± standard deviation over the parts. p-values are two-sided, "
        + $"paired over the parts against {study.Against} on the same input, with Holm's correction over the models of an input in brackets. The parts share "
        + "patients, so their figures are not independent: the plain t-test, which the paper uses, is optimistic; the corrected one (Nadeau & Bengio 2003) "
        + "enlarges its variance by test over training images.";

    /// <summary>The cells of a row under the heads of <see cref="Heads"/>.</summary>
    public static IReadOnlyList<string> CellsOf(StudyRow row) =>
        [
            row.Run.Model,
            row.Run.Input,
            $"{row.Known.Count}/{row.Figures.Count}",
            row.Mean is { } mean
                ? Text($"{mean:0.000}") + (row.Deviation is { } deviation ? Text($" ± {deviation:0.000}") : "")
                : "–",
            Text(row.Comparison?.T),
            Text(row.Comparison?.CorrectedT),
            Text(row.Comparison?.Wilcoxon),
            row.Parameters is > 0 and var parameters ? Text($"{parameters / 1e6:0.00} M") : "–",
            row.SecondsPerEpoch is { } seconds ? Text($"{seconds:0.0}") : "–",
            row.PeakMemory is { } memory ? Text($"{memory:0}") : "–",
        ];

    public static IReadOnlyList<string> Heads => Names;

    /// <summary>A Markdown table, its cells padded so that it reads well on screen too.</summary>
    public static string Markdown(IReadOnlyList<StudyRow> rows)
    {
        IReadOnlyList<string>[] lines = [Names, .. rows.Select(CellsOf)];
        var widths = Enumerable.Range(0, Names.Length).Select(c => lines.Max(l => l[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var (i, line) in lines.Index())
        {
            text.Append("| ").AppendJoin(" | ", line.Select((cell, c) => cell.PadRight(widths[c]))).Append(" |\n");
            if (i == 0)
                text.Append("|").AppendJoin('|', widths.Select(w => new string('-', w + 2))).Append("|\n");
        }
        return text.ToString();
    }

    /// <summary>Everything, a row per model and input, full precision; the parts' figures last.</summary>
    public static string Csv(IReadOnlyList<StudyRow> rows)
    {
        var parts = rows.Count == 0 ? 0 : rows[0].Figures.Count;
        var text = new StringBuilder(
            "model,input,mean,deviation,difference,p_t,p_t_holm,p_corrected,p_corrected_holm,p_wilcoxon,p_wilcoxon_holm,parameters,seconds_per_epoch,peak_mib"
        );
        for (var part = 1; part <= parts; part++)
            text.Append(CultureInfo.InvariantCulture, $",part_{part}");
        text.Append('\n');
        foreach (var row in rows)
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
                row.Parameters,
                row.SecondsPerEpoch,
                row.PeakMemory,
                .. row.Figures,
            ];
            text.Append(Quoted(row.Run.Model))
                .Append(',')
                .Append(row.Run.Input)
                .Append(',')
                .AppendJoin(',', numbers.Select(n => n?.ToString("R", CultureInfo.InvariantCulture) ?? ""))
                .Append('\n');
        }
        return text.ToString();
    }

    private static string Quoted(string text) =>
        text.IndexOfAny([',', '"', '\n']) < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";

    private static string Text(PValue? p) =>
        p is { Value: { } value } known
            ? Text($"{Small(value)} ({(known.Holm is { } holm ? Small(holm) : "–")})")
            : "–";

    private static string Small(double p) => p < 0.001 ? "< 0.001" : Text($"{p:0.000}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
