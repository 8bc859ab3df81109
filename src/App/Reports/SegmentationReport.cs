using System.Globalization;
using System.Xml.Linq;
using Coverslip.App.Commands;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Methods.SelfSupervised;

namespace Coverslip.App.Reports;

/// <summary>
/// <c>report.html</c> of a run that segments: figures of pixels, examples beside their truth, what skip connections do, the
/// curves of both stages, how it was made.
/// </summary>
internal static class SegmentationReport
{
    private const int MostExamples = 12;

    /// <summary>Writes it into the run folder; returns its path.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="cohort">What it was trained on.</param>
    /// <param name="parts">Its finished parts.</param>
    internal static string Write(string folder, Cohort cohort, IReadOnlyList<string> parts)
    {
        var title = $"Report of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}";
        var path = Path.Combine(folder, "report.html");
        XElement?[] sections =
        [
            Figures(parts),
            Examples(parts),
            .. parts.Select(p => SkipSections.Of(p, NameOf(p, parts))),
            .. parts.Select(p => Curves(p, NameOf(p, parts))),
            Facts(cohort, parts),
            Html.Section("recipe", "Recipe", Html.Tag("pre", File.ReadAllText(Path.Combine(folder, "recipe.yaml")))),
        ];
        WholeFile.Write(path, Html.Document(title, [Html.Tag("h1", title), .. sections.OfType<XElement>()]));
        return path;
    }

    private static string NameOf(string part, IReadOnlyList<string> parts) =>
        parts.Count == 1 ? "" : Path.GetFileName(part).Replace('-', ' ');

    private static XElement Figures(IReadOnlyList<string> parts)
    {
        var together = parts.Count == 1 ? RunFigures.Read(parts[0])!.Figures : SegmentationFigures.Together(parts);
        var each = parts.Select(p => (Name: NameOf(p, parts), RunFigures.Read(p)!.Figures)).ToArray();
        return Html.Section(
            "figures",
            "Figures of pixels",
            Html.Note(
                "Over all pixels of the test patients, whom the models never saw, in either stage; foreground from a "
                    + "probability of 0.5 on. Dice is the mean over images. Brackets: 95 % intervals by drawing patients."
            ),
            together is null ? null : Table([("", together)]),
            parts.Count > 1 || together is null ? Html.Tag("div", Html.Tag("h3", "Part by part"), Table(each)) : null
        );
    }

    private static XElement Table(
        IReadOnlyList<(string Name, IReadOnlyList<(string Key, Estimate Figure)> Figures)> rows
    ) =>
        Html.Table(
            [new(""), .. rows[0].Figures.Select(f => new Column(f.Key.Replace('_', ' '), Number: true))],
            rows.Select(r => (IReadOnlyList<object?>)[r.Name, .. r.Figures.Select(f => EvaluateCommand.Text(f.Figure))])
        );

    private static XElement? Examples(IReadOnlyList<string> parts)
    {
        var all = parts.SelectMany(p => ExampleFiles.Names(p).Select(name => (Part: p, Name: name))).ToArray();
        if (all.Length == 0)
            return null;
        // A few of each part.
        var shown = all.GroupBy(e => e.Part).SelectMany(g => g.Take(Math.Max(1, MostExamples / parts.Count)));
        return Html.Section(
            "examples",
            "Test images",
            Html.Note(
                "From left to right: the image, its true mask, the mask that the model makes, its probabilities, and the image "
                    + "as the fine-tuned network reconstructs it."
            ),
            Html.Table(
                [new("Image"), .. ExampleFiles.Kinds.Select(k => new Column(k))],
                shown.Select(e =>
                    (IReadOnlyList<object?>)
                        [
                            e.Name,
                            .. ExampleFiles.Kinds.Select(k =>
                                Thumbnail.Of(ExampleFiles.FileOf(e.Part, e.Name, k), $"{k} of {e.Name}")
                            ),
                        ]
                )
            )
        );
    }

    private static XElement? Curves(string part, string name)
    {
        (string Folder, string What)[] stages =
        [
            (Path.Combine(part, "pretraining"), "Reconstruction"),
            (Path.Combine(part, "pretraining-all-skips"), "Reconstruction with all skip connections"),
            (part, "Fine-tuning"),
        ];
        XElement[] plots =
        [
            .. stages
                .Where(s => File.Exists(Path.Combine(s.Folder, "metrics.csv")))
                .Select(s =>
                    Html.Tag("figure", Html.Tag("h3", s.What), Plot(Path.Combine(s.Folder, "metrics.csv"), s.What))
                ),
        ];
        return plots.Length == 0
            ? null
            : Html.Section(
                $"training-{name.Replace(' ', '-')}",
                name.Length > 0 ? $"Training, {name}" : "Training",
                Html.Note("Losses by epoch; solid lines are training, dashed ones validation."),
                Html.Tag("div", Html.Class("plots"), plots)
            );
    }

    private static XElement Plot(string file, string title)
    {
        var epochs = EpochTable.Read(file);
        (string Column, string Name, int Color, PlotStyle Style)[] all =
        [
            ("train_loss", "total", 0, PlotStyle.Line),
            ("validation_loss", "", 0, PlotStyle.Dashed),
            ("train_class_loss", "segmentation", 1, PlotStyle.Line),
            ("validation_class_loss", "", 1, PlotStyle.Dashed),
            ("train_reconstruction", "reconstruction", 2, PlotStyle.Line),
            ("validation_reconstruction", "", 2, PlotStyle.Dashed),
        ];
        var series = all.Where(s => epochs[s.Column] is { } values && values.Any(v => v > 0))
            .Select(s => new PlotSeries(
                s.Name,
                [
                    .. epochs[s.Column]!.Select(
                        (v, i) =>
                            new PlotPoint(
                                i + 1,
                                v,
                                string.Create(CultureInfo.InvariantCulture, $"epoch {i + 1}: {v:g4}")
                            )
                    ),
                ],
                s.Color,
                s.Style
            ));
        return new SvgPlot(title, $"{title}: losses by epoch.", [.. series])
        {
            Width = 380,
            Height = 260,
            Counts = true,
            XLabel = "epoch",
            YLabel = "loss",
            XRange = epochs.Count > 1 ? (1, epochs.Count) : null,
        }.Draw();
    }

    private static XElement Facts(Cohort cohort, IReadOnlyList<string> parts) =>
        Html.Section(
            "facts",
            "How it was made",
            Html.Paragraph(
                $"{cohort.Path}: {Figure.Count(cohort.Rows.Count, "image")} of {Figure.Count(cohort.PatientImages.Count, "patient")}."
            ),
            Html.Table(
                [
                    new("Part"),
                    new("Parameters", true),
                    new("Epochs", true),
                    new("Kept epoch", true),
                    new("Time", true),
                    new("Peak memory", true),
                    new("Weights moved: reconstruction", true),
                    new("fine-tuning", true),
                ],
                parts.Select(p => (IReadOnlyList<object?>)[.. Facts(p, NameOf(p, parts))])
            ),
            Html.Note(
                "“Weights moved” is how far the weights ended from where the stage began, relative to their length. Whose "
                    + "windows were reconstructed stands in each part's pretraining/pretraining.json."
            )
        );

    private static IEnumerable<object?> Facts(string part, string name)
    {
        var run = RunDescription.Read(Path.Combine(part, "run.json"));
        var before = Path.Combine(part, "pretraining", "metrics.csv");
        return
        [
            name,
            run.Parameters.ToString("N0", CultureInfo.InvariantCulture),
            $"{run.Epochs}",
            $"{run.BestEpoch + 1}",
            Figure.Time(run.TrainingSeconds),
            string.Create(CultureInfo.InvariantCulture, $"{run.PeakMemory:N0} MiB"),
            File.Exists(before) && EpochTable.Read(before)["weights_moved"] is { } moved
                ? $"{Figure.Short(100 * moved[^1])} %"
                : Figure.None,
            run.WeightsMoved is { } tuned ? $"{Figure.Short(100 * tuned)} %" : Figure.None,
        ];
    }
}
