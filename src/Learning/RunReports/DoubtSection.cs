using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>When a model does not answer: sets of several classes with their promise, and images of another kind.</summary>
public static class DoubtSection
{
    /// <summary>Null where there is nothing of it.</summary>
    /// <param name="said">What was predicted.</param>
    /// <param name="parts">The parts of the run that predicted it.</param>
    /// <param name="thing">What was predicted, such as image.</param>
    public static ReportSection? Of(Predictions said, IReadOnlyList<RunDescription> parts, string thing)
    {
        ReportBlock[] blocks = [.. Sets(said, parts, thing), .. Unfamiliar(said, thing)];
        return blocks.Length == 0 ? null : new ReportSection("doubt", "When the model does not answer", blocks);
    }

    /// <summary>What keeps sets from meaning what they promise.</summary>
    public static IEnumerable<string> Warnings(Predictions said, IReadOnlyList<RunDescription> parts)
    {
        if (Promise(parts) is not { } error || SetCoverage.Of(said) is not { } sets)
            yield break;
        RunDescription[] few = [.. parts.Where(p => p.Conformal is { Keeps: false })];
        if (few.Length > 0)
        {
            var crossed = few.Any(p => p.Conformal!.Crossed);
            yield return $"Sets hold every class: {FigureText.Short(error)} errors can be promised from "
                + $"{FigureText.Count(ConformalThreshold.FewestPatients(error), crossed ? "patient" : "validation patient")} on, and there were "
                + $"{few.Min(p => p.Conformal!.Patients)}{(few.Length < parts.Count ? $" in {few.Length} of {parts.Count} parts" : "")}. "
                + $"{(crossed ? "Train on more patients" : "Give validation more patients (split.validation_share)")}, or promise less (decision.conformal).";
        }
        if (sets.Coverage is { High: { } high } && high < 1 - error)
            yield return $"Sets held the true class in {FigureText.Percent(sets.Coverage.Value)} of a patient's images, where "
                + $"{FigureText.Percent(1 - error)} was promised: these patients are not like those it was calibrated on.";
    }

    /// <summary>The same in a line for the terminal, and the warnings; nothing where there is nothing of it.</summary>
    public static IEnumerable<string> Lines(Predictions said, IReadOnlyList<RunDescription> parts)
    {
        if (Promise(parts) is { } error && SetCoverage.Of(said) is { } sets)
            yield return (
                sets.Coverage.Value is null
                    ? "sets: "
                    : $"sets hold the true class in {FigureText.WithInterval(sets.Coverage)}, promised {FigureText.Short(1 - error)}: "
            ) + $"one class {FigureText.Percent(sets.OneClass)}, every class {FigureText.Percent(sets.AllClasses)}";
        foreach (var warning in Warnings(said, parts))
            yield return $"warning: {warning}";
        if (said.Rows.Count(r => r.IsUnfamiliar) is > 0 and var far)
            yield return $"note: {far} of {FigureText.Count(said.Rows.Count, "image")} are unlike all training images by their features "
                + "(column unfamiliar above 1); what the run says of them may mean nothing";
    }

    private static double? Promise(IReadOnlyList<RunDescription> parts) => parts.Max(p => p.Conformal?.Error);

    private static IEnumerable<ReportBlock> Sets(Predictions said, IReadOnlyList<RunDescription> parts, string thing)
    {
        if (Promise(parts) is not { } error || SetCoverage.Of(said) is not { } sets)
            yield break;
        yield return new Note(
            $"A set holds the classes of which one is the true one, but for {FigureText.Percent(error)} of the {thing}s of a new "
                + "patient, if new patients are like those it was calibrated on. Patients count once each, and "
                + "nothing is promised of one class by itself."
                + (
                    parts.Any(p => p.Conformal is { Crossed: true })
                        ? " Calibrated on all patients that were learned from, each judged by a probe that had left it out (CV+): "
                            + $"as a rule that keeps the promise; what holds for certain is twice the errors, {FigureText.Percent(2 * error)}."
                        : ""
                )
                + " Where parts predict together, a set has every class that one of "
                + "them leaves in."
        );
        yield return new Table(
            [new(""), new("Value", true), new("Promise", true), new("95 % interval", true)],
            [
                .. sets.Coverage.Value is null
                    ? Array.Empty<IReadOnlyList<Cell>>()
                    :
                    [
                        Row("Sets that hold the true class", sets.Coverage, FigureText.Percent(1 - error)),
                        .. sets.ByClass.Select(c => Row($"of {c.Key}", c.Value, FigureText.None)),
                    ],
                [
                    $"Classes in a set (of {said.Classes.Count})",
                    sets.MeanSize.ToString("0.00", CultureInfo.InvariantCulture),
                    FigureText.None,
                    "",
                ],
                ["Sets of one class", FigureText.Percent(sets.OneClass), FigureText.None, ""],
                ["Sets of every class", FigureText.Percent(sets.AllClasses), FigureText.None, ""],
            ]
        );
        yield return new Table(
            [new("Part", true), new("Patients it was calibrated on", true), new("Least probability in a set", true)],
            [
                .. parts
                    .Where(p => p.Conformal is not null)
                    .Select(p =>
                        (IReadOnlyList<Cell>)
                            [
                                $"{p.Part}",
                                $"{p.Conformal!.Patients}",
                                !p.Conformal.Keeps ? "any: too few patients"
                                : p.Conformal.Score is { } score ? FigureText.Number(1 - score)
                                : "by each left-out probe its own",
                            ]
                    ),
            ]
        );
    }

    private static IEnumerable<ReportBlock> Unfamiliar(Predictions said, string thing)
    {
        if (UnfamiliarShare.Of(said) is not { } share)
            yield break;
        var far = said.Rows.Where(r => r.IsUnfamiliar).ToArray();
        yield return new Paragraph(
            $"{far.Length} of {FigureText.Count(said.Rows.Count, thing)}, of {FigureText.Count(far.DistinctBy(r => r.Patient).Count(), "patient")}, "
                + $"are unfamiliar: {FigureText.Percent(share.Value)} of a patient's on average ({FigureText.Interval(share)})."
        );
        yield return new Note(
            "Column unfamiliar: how far an image is from the nearest training image by the model's features, over how far images "
                + "of known patients are from those of others. Above 1 it may be of another organ, stain or scanner, or blurred; "
                + "below 1 it may still be."
        );
    }

    private static IReadOnlyList<Cell> Row(string name, Evaluation.Statistics.Estimate figure, string promise) =>
        [name, FigureText.Percent(figure.Value), promise, FigureText.Interval(figure)];
}
