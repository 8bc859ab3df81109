using System.Text.RegularExpressions;
using System.Xml.Linq;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Reports;

public sealed partial class RunReportTests : IDisposable
{
    private const string Data = "data:image/jpeg;base64,";

    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly InventedRun invented = new();

    public void Dispose() => invented.Dispose();

    [Fact]
    public void One_part_shows_everything_in_order()
    {
        invented.Train(d => d, _ => true, wrong: row => row.Image is "p1-0.png");
        var page = Report();

        string[] headings = [.. page.Descendants(Xhtml + "h2").Select(h => h.Value)];
        string[] expected =
        [
            "Figures",
            "Against <nothing>",
            "Patients",
            "Confusion matrix",
            "Curves",
            "Training",
            "Masks",
            "Most wrong images",
            "Labels that predictions contradict",
            "How it was made",
        ];
        Assert.Equal(expected, headings);
        var result = Classed(page, "result").Single().Value;
        Assert.Contains("Of 16 images of 8 patients that the model never saw, 93.8\u00a0% were classified", result);
        Assert.Contains($"“{InventedRun.Negative}”, would reach 50.0\u00a0%", result);
        // Of 8 positive images one is at 0.2, as all 8 negative ones: 7/8 + 1/8 · 1/2.
        Assert.Contains("The AUC is 0.938", result);

        string[] confusion = [.. Section(page, "confusion").Descendants(Xhtml + "b").Select(b => b.Value)];
        Assert.Equal(["8", "0", "1", "7"], confusion);
        Assert.Equal(6, page.Descendants(Svg + "svg").Count(s => s.Attribute("class")!.Value == "plot"));
        Assert.Contains(Section(page, "training").Descendants(Svg + "text"), t => t.Value == "kept: 2");
        var wrong = Section(page, "wrong").Descendants(Xhtml + "figcaption").Single().Value;
        Assert.Contains("80.0\u00a0%", wrong);
        Assert.Contains($"true: {InventedRun.Positive}", wrong);
        Assert.Contains("patient 1", wrong);
        Assert.Equal(8, Section(page, "masks").Descendants(Xhtml + "figure").Count());
        Assert.Contains("1 of 16 images (6.3\u00a0%) have a mask without any valid area", Section(page, "masks").Value);
        Assert.Contains("method: saganet  # <b>rate</b> & more", Section(page, "facts").Value);
        Assert.Contains("1,957,446", Section(page, "facts").Value);
    }

    /// <summary>Each part's most wrong image stands beside what that part learned from.</summary>
    [Fact]
    public void Most_wrong_images_stand_beside_the_training_images_nearest_to_them()
    {
        foreach (var part in new[] { 1, 2 })
        {
            invented.Train(
                d => d with { Part = part, Parts = 2 },
                row => InventedRun.NumberOf(row) % 2 == part - 1,
                wrong: row => row.Image is "p1-0.png" or "p2-0.png"
            );
            File.WriteAllText(
                Path.Combine(invented.Run, $"part-{part}", "nearest.csv"),
                $"image,training_image,patient,label,distance\np{3 - part}-0.png,{invented.At($"p{part + 3}-1.png")},near {part},like,0.{part}25\n"
            );
        }
        var rows = Section(Report(), "wrong").Descendants(Xhtml + "tr").Skip(1).Select(r => r.Value).ToArray();
        Assert.Equal(2, rows.Length);
        Assert.Contains("near 1", Assert.Single(rows, r => r.Contains("p2-0.png")));
        Assert.Contains("distance 0.225", Assert.Single(rows, r => r.Contains("p1-0.png")));
        Assert.Contains("distance is 1 − cosine", Section(Report(), "wrong").Value);
    }

    [Fact]
    public void The_file_needs_nothing_from_outside_and_runs_no_script()
    {
        invented.Train(d => d, _ => true, wrong: row => row.Image is "p1-0.png");
        var page = Report(out var text);

        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "link" or "iframe" or "object");
        Assert.DoesNotContain("<script", text);
        Assert.DoesNotContain("url(", text);
        string[] namespaces = [Xhtml.NamespaceName, Svg.NamespaceName];
        Assert.Empty(Address().Matches(Picture().Replace(text, "")).Select(m => m.Value).Except(namespaces));
        Assert.All(page.Descendants(Xhtml + "img"), image => Assert.StartsWith(Data, image.Attribute("src")!.Value));
        // Browsers take <td/> for the beginning of a cell.
        Assert.DoesNotMatch("<(td|th|p|div|span|a|figure|pre)( [^<>]*)?/>", text);
        Assert.All(
            page.Descendants(Svg + "svg"),
            plot => Assert.Equal("title", plot.Elements().First().Name.LocalName)
        );
        Assert.All(page.Descendants(Xhtml + "img"), image => Assert.NotEmpty(image.Attribute("alt")!.Value));
        Assert.Equal(["report.html"], Directory.GetFiles(invented.Run, "*report*").Select(Path.GetFileName));
    }

    [Fact]
    public void Masked_out_pixels_are_gray_and_valid_ones_keep_their_color()
    {
        invented.Train(d => d, _ => true);
        var pictures = Section(Report(), "masks")
            .Descendants(Xhtml + "figure")
            .First()
            .Descendants(Xhtml + "img")
            .Select(i => Convert.FromBase64String(i.Attribute("src")!.Value[Data.Length..]))
            .ToArray();
        using var plain = ImageFile.Decode(pictures[0], "plain");
        using var masked = ImageFile.Decode(pictures[1], "masked");

        Assert.Equal((40, 30), (masked.Width, masked.Height));
        var (valid, outside) = (3 * 5, 3 * 34);
        Assert.InRange(masked.Row(15)[valid] - plain.Row(15)[valid], -12, 12);
        Assert.InRange(masked.Row(15)[outside] - masked.Row(15)[outside + 2], -12, 12);
        Assert.True(plain.Row(15)[outside + 2] - plain.Row(15)[outside] > 50);
    }

    [Fact]
    public void Folds_are_pooled_where_predictions_are()
    {
        for (var part = 1; part <= 2; part++)
            invented.Train(d => d with { Part = part, Parts = 2 }, row => InventedRun.NumberOf(row) / 4 == part - 1);
        invented.Predict(_ => true, _ => false).Write(Path.Combine(invented.Run, "predictions.csv"));
        var page = Report();

        Assert.Contains("(2-fold cross-validation), 100.0\u00a0% were", Classed(page, "result").Single().Value);
        Assert.Equal(6, Section(page, "training").Descendants(Svg + "svg").Count());
        Assert.Equal(8, Section(page, "patients").Descendants(Xhtml + "tr").Count() - 1);
        Assert.Contains("No test image was classified wrongly", Section(page, "wrong").Value);
    }

    [Fact]
    public void Repeated_splits_give_mean_and_standard_deviation()
    {
        // Patients 0 to 3 are tested twice: all right, then patient 0 wrong, a quarter of the images.
        invented.Train(d => d with { Part = 1, Parts = 2 }, row => InventedRun.NumberOf(row) < 4);
        invented.Train(
            d => d with { Part = 2, Parts = 2 },
            row => InventedRun.NumberOf(row) < 4,
            wrong: row => InventedRun.NumberOf(row) == 0
        );
        var page = Report();

        var cells = Section(page, "figures").Descendants(Xhtml + "tr").ElementAt(1).Elements();
        string[] accuracy = [.. cells.Select(c => c.Value)];
        Assert.Equal(["Accuracy", "0.875 ± 0.177", "0.750", "1.000"], accuracy[..4]);
        Assert.Contains("Over 2 divisions of the patients (4 patients tested", Classed(page, "result").Single().Value);
        Assert.Equal(["6", "2", "0", "8"], Section(page, "confusion").Descendants(Xhtml + "b").Select(b => b.Value));
    }

    [Fact]
    public void Three_classes_have_a_curve_each()
    {
        using var three = new InventedRun(patients: 9, classes: ["adenoma", "carcinoma", "normal"]);
        three.Train(d => d with { Positive = null, Threshold = null }, _ => true, row => row.Image is "p1-0.png");
        var page = Report(three);

        var roc = Section(page, "curves").Descendants(Svg + "svg").First();
        string[] legend = [.. Classed(roc, "legend").Single().Elements(Svg + "text").Select(t => t.Value)];
        Assert.Equal(["adenoma", "carcinoma", "normal"], legend);
        string[] confusion = [.. Section(page, "confusion").Descendants(Xhtml + "b").Select(b => b.Value)];
        Assert.Equal(["6", "0", "0", "0", "5", "1", "0", "0", "6"], confusion);
        Assert.Equal(9, Section(page, "patients").Descendants(Xhtml + "tr").Count() - 1);
    }

    [Fact]
    public void Predictions_without_probabilities_have_no_curves()
    {
        invented.Train(d => d, _ => true, wrong: row => row.Image is "p1-0.png");
        var path = Path.Combine(invented.Run, "predictions.csv");
        var bare = Predictions.Read(path);
        new Predictions([], [.. bare.Rows.Select(r => r with { Probabilities = [] })]).Write(path);
        var page = Report();

        Assert.Contains("no probabilities", Section(page, "curves").Value);
        Assert.Contains("There is no AUC", Classed(page, "result").Single().Value);
        Assert.Single(Section(page, "wrong").Descendants(Xhtml + "figure"));
    }

    [Fact]
    public void What_spoils_figures_is_said()
    {
        invented.Train(
            d => d with { Parts = 3, WeightsMoved = 4e-9, EmptyMasks = 5 },
            _ => true,
            wrong: row => row.Image.EndsWith("-1.png", StringComparison.Ordinal)
        );
        File.Delete(Path.Combine(invented.Run, "part-1", "validation.csv"));
        string[] warnings = [.. Classed(Report(), "warning").Select(w => w.Value)];

        Assert.Collection(
            warnings,
            w => Assert.Contains("1 of 3 parts are trained", w),
            w => Assert.Contains("Only 8 patients tested", w),
            w => Assert.Contains("interval of the AUC includes chance", w),
            w => Assert.Contains("always naming “benign” would reach", w),
            w => Assert.Contains("31.3\u00a0% of the images have no valid area in their mask (5 of 16)", w),
            w => Assert.Contains("The schedule hardly moved the weights: they ended 4e-7 % of", w),
            w => Assert.Contains("no validation patients", w)
        );
    }

    [Fact]
    public void An_unreadable_image_is_named_in_its_place()
    {
        invented.Train(d => d, _ => true, wrong: row => row.Image is "p1-0.png");
        File.WriteAllText(invented.At("p1-0.png"), "no image");
        Assert.Contains("p1-0.png", Classed(Section(Report(), "wrong"), "unreadable").Single().Value);
    }

    [Fact]
    public void A_run_without_a_finished_part_is_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => Report());
        Assert.Contains($"{invented.Run} holds no finished part", error.Message);
        Assert.False(File.Exists(Path.Combine(invented.Run, "report.html")));
    }

    /// <summary>
    /// Patients 0 to 3 are tested by both parts, 4 and 5 validate the first, the others train both. p1-0 is called wrong by one part of two, p5-1 by the one
    /// it validates: 0.5 and 0.2 for their labels, below 0.8 as of all others.
    /// </summary>
    [Fact]
    public void Labels_are_held_against_every_part_that_had_not_learned_from_them()
    {
        foreach (var part in new[] { 1, 2 })
            invented.Train(
                d => d with { Part = part, Parts = 2 },
                row => InventedRun.NumberOf(row) < 4,
                wrong: row => part == 2 && row.Image is "p1-0.png"
            );
        invented
            .Predict(row => InventedRun.NumberOf(row) is 4 or 5, row => row.Image is "p5-1.png")
            .Write(Path.Combine(invented.Run, "part-1", "validation.csv"));

        var (_, line) = RunReport.Write(new FinishedRun(invented.Run, invented.Cohort), new ClassifierReport());

        // Of those labeled worse the mean is (4 · 0.8 + 0.5 + 0.2) / 6 = 0.65, of benign ones 0.8.
        Assert.Equal(
            "1 label of 1 of 12 images contradicted by models that had not seen them, first p5-1.png: contradicted.csv; 4 images were judged by no part that had not learned from them",
            line
        );
        var row = Assert
            .Single(Coverslip.Files.CsvTable.Read(Path.Combine(invented.Run, "contradicted.csv")).Rows)
            .Fields;
        Assert.Equal(["p5-1.png", "patient 5", InventedRun.Positive, InventedRun.Negative], row[..4]);
        Assert.Equal(
            [0.2, 0.8, 0.8, 0.45],
            row[4..8].Select(n => Math.Round(double.Parse(n, System.Globalization.CultureInfo.InvariantCulture), 9))
        );
        Assert.Equal(["validation", "cohort.csv row 13"], row[8..]);
    }

    private XElement Report() => Report(out _);

    private static XElement Report(InventedRun run) =>
        XDocument
            .Parse(File.ReadAllText(RunReport.Write(new FinishedRun(run.Run, run.Cohort), new ClassifierReport()).Path))
            .Root!;

    private XElement Report(out string text)
    {
        var against = new ReportSection(
            "table-1",
            "Against <nothing>",
            [
                Table.OfLines(
                    [
                        ["Model", "Accuracy"],
                        ["guess \u0001 & <b>", "0.5"],
                    ],
                    text: 1
                ),
            ]
        );
        var told = new ClassifierReport { Own = _ => [against] };
        var run = new FinishedRun(invented.Run, invented.Cohort) { MaskOf = invented.Cohort.MaskPath };
        text = File.ReadAllText(RunReport.Write(run, told).Path);
        return XDocument.Parse(text).Root!;
    }

    private static XElement Section(XElement page, string id) =>
        page.Descendants(Xhtml + "section").Single(s => s.Attribute("id")!.Value == id);

    private static IEnumerable<XElement> Classed(XElement page, string name) =>
        page.Descendants().Where(e => e.Attribute("class")?.Value == name);

    [GeneratedRegex("base64,[A-Za-z0-9+/=]+")]
    private static partial Regex Picture();

    [GeneratedRegex("(https?:|//)[a-z0-9./]+", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
