using System.Globalization;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>How both stages of a run were trained.</summary>
internal static class StageSections
{
    private static readonly EpochSeries[] Losses =
    [
        new("train_loss", "total", 0, PlotStyle.Line),
        new("validation_loss", "", 0, PlotStyle.Dashed),
        new("train_class_loss", "segmentation", 1, PlotStyle.Line),
        new("validation_class_loss", "", 1, PlotStyle.Dashed),
        new("train_reconstruction", "reconstruction", 2, PlotStyle.Line),
        new("validation_reconstruction", "", 2, PlotStyle.Dashed),
    ];

    /// <summary>The losses of a part's stages; null where it has none.</summary>
    internal static ReportSection? Curves(FinishedPart part, string name)
    {
        (string File, string What)[] stages =
        [
            (Path.Combine(part.Folder, "pretraining", "metrics.csv"), "Reconstruction"),
            (
                Path.Combine(part.Folder, "pretraining-all-skips", "metrics.csv"),
                "Reconstruction with all skip connections"
            ),
            (part.Metrics, "Fine-tuning"),
        ];
        Plot[] plots = [.. stages.Where(s => File.Exists(s.File)).Select(s => Curve(s.File, s.What))];
        return plots.Length == 0
            ? null
            : ReportSection.Of(
                $"training-{name.Replace(' ', '-')}",
                name.Length > 0 ? $"Training, {name}" : "Training",
                new Note("Losses by epoch; solid lines are training, dashed ones validation."),
                new Plots(plots)
            );
    }

    /// <summary>What the run was made of.</summary>
    internal static ReportSection Facts(FinishedRun run) =>
        ReportSection.Of(
            "facts",
            "How it was made",
            new Paragraph(
                $"{run.Cohort.Path}: {FigureText.Count(run.Cohort.Rows.Count, "image")} of {FigureText.Count(run.Cohort.PatientImages.Count, "patient")}."
            ),
            Table.OfLines(
                [
                    [
                        "Part",
                        "Parameters",
                        "Epochs",
                        "Kept epoch",
                        "Time",
                        "Peak memory",
                        "Weights moved: reconstruction",
                        "fine-tuning",
                    ],
                    .. run.Parts.Select(p => Facts(p, run.NameOf(p))),
                ],
                text: 1
            ),
            new Note(
                "“Weights moved” is how far the weights ended from where the stage began, relative to their length. Whose "
                    + "windows were reconstructed stands in each part's pretraining/pretraining.json."
            )
        );

    private static Plot Curve(string file, string title)
    {
        var epochs = EpochTable.Read(file);
        // A loss that is zero throughout has no part in the stage.
        var shown = Losses.Where(s => epochs[s.Column] is { } values && values.Any(v => v > 0));
        return new Plot(title, $"{title}: losses by epoch.", [.. EpochSeries.Of(epochs, shown)])
        {
            Heading = title,
            Counts = true,
            XLabel = "epoch",
            YLabel = "loss",
            XRange = epochs.Count > 1 ? (1, epochs.Count) : null,
        };
    }

    private static IReadOnlyList<string> Facts(FinishedPart part, string name)
    {
        var run = part.Description;
        var before = Path.Combine(part.Folder, "pretraining", "metrics.csv");
        return
        [
            name,
            run.Parameters.ToString("N0", CultureInfo.InvariantCulture),
            $"{run.Epochs}",
            $"{run.BestEpoch + 1}",
            FigureText.Time(run.TrainingSeconds),
            string.Create(CultureInfo.InvariantCulture, $"{run.PeakMemory:N0} MiB"),
            File.Exists(before) && EpochTable.Read(before)["weights_moved"] is { } moved
                ? $"{FigureText.Short(100 * moved[^1])} %"
                : FigureText.None,
            run.WeightsMoved is { } tuned ? $"{FigureText.Short(100 * tuned)} %" : FigureText.None,
        ];
    }
}
