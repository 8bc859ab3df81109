using System.Xml.Linq;
using Coverslip.App.Tests.Commands;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Tests.Reports;

/// <summary>What predict tells of images on screen, and the report beside its table.</summary>
[Collection("console")]
public sealed class PredictionReportTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private static readonly XNamespace Xhtml = "http://www.w3.org/1999/xhtml";
    private readonly PhantomRuns runs = trained.Runs;

    [Fact]
    public void Predict_shows_first_what_wants_looking_at_and_all_of_it_in_one_file()
    {
        var (output, _) = VerbCall.Run(0, "predict", trained.Folder, "--cohort", runs.CohortFile, "--out", At("all"));
        string[] rows = [.. output.Split('\n').Where(l => l.StartsWith("images/", StringComparison.Ordinal))];
        Assert.Equal(20, rows.Length);
        Assert.Contains("… and 4 more images, in predictions.csv", output);
        string[][] told = [.. rows.Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        // Those with a note come first, such as that an image is unlike the training images.
        Assert.All(told.SkipWhile(r => r.Length > 4), r => Assert.Equal(4, r.Length));
        double[] margins =
        [
            .. told.SkipWhile(r => r.Length > 4).Select(r => Math.Abs(double.Parse(r[2]) - double.Parse(r[3]))),
        ];
        // As printed: three digits of score and of threshold.
        Assert.All(margins.Zip(margins.Skip(1)), m => Assert.True(m.First <= m.Second + 0.0021));
        Assert.Contains($"report: {At("all/report.html")}", output);

        var page = Page("all");
        var shown = Rows(page);
        Assert.Equal(24, shown.Length);
        var predictions = Predictions.Read(At("all/predictions.csv")).Rows.ToDictionary(r => r.Image);
        foreach (var row in shown)
        {
            XElement[] cells = [.. row.Elements(Xhtml + "td")];
            // A note may stand behind the name.
            var caption = cells[0].Descendants(Xhtml + "figcaption").Single().Value;
            var said = predictions.Values.Single(p => caption.StartsWith(p.Image, StringComparison.Ordinal));
            Assert.Equal(said.Predicted, cells[1].Value);
            // The image and the same under its mask, then three training cases of other patients: its own parts hold it out.
            Assert.Equal(2, cells[0].Descendants(Xhtml + "img").Count());
            Assert.All(cells[4..], c => Assert.Single(c.Descendants(Xhtml + "img")));
            Assert.Equal(3, cells[4..].Length);
            Assert.DoesNotContain($"patient {said.Patient}distance", string.Concat(cells[4..].Select(c => c.Value)));
        }
        Assert.All(
            page.Descendants(Xhtml + "img"),
            image => Assert.StartsWith("data:image/jpeg;base64,", image.Attribute("src")!.Value)
        );
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "link" or "iframe");
        Assert.Contains("distance is 1 − cosine", page.Value);
    }

    [Fact]
    public void A_packed_model_says_why_it_names_no_training_case()
    {
        PhantomRuns.Call(0, "pack", trained.Folder, "--out", At("model.coverslip"));
        VerbCall.Run(0, "predict", At("model.coverslip"), "--cohort", runs.CohortFile, "--out", At("packed"));
        var page = Page("packed");
        Assert.Contains("a packed model keeps no features of its training images", page.Value);
        Assert.All(Rows(page), row => Assert.Equal(4, row.Elements(Xhtml + "td").Count()));
    }

    [Fact]
    public void What_the_model_was_trained_on_comes_first_and_says_so()
    {
        var part = At("one");
        Directory.CreateDirectory(part);
        foreach (var file in (string[])["recipe.yaml", "training-images.json"])
            File.Copy(Path.Combine(trained.Folder, file), Path.Combine(part, file), overwrite: true);
        CopyPart(Path.Combine(trained.Folder, "part-1"), part);
        var (output, errors) = VerbCall.Run(0, "predict", part, "--cohort", runs.CohortFile, "--out", At("seen"));
        Assert.Contains("warning: the model was trained on", errors);
        string[] rows = [.. output.Split('\n').Where(l => l.StartsWith("images/", StringComparison.Ordinal))];
        Assert.EndsWith("trained on", rows[0]);
        // A training image is nearest to itself.
        var first = Rows(Page("seen"))[0].Elements(Xhtml + "td").ToArray();
        var own = Rows(Page("seen"))
            .Select(r => r.Elements(Xhtml + "td").ToArray())
            .Count(c => c[4].Value.Contains("distance 0.000"));
        Assert.True(own >= 8, $"{own} images have themselves as their nearest training case");
        Assert.Contains("trained on", first[0].Value);
        Assert.Contains("tells nothing about new patients", Page("seen").Descendants(Xhtml + "header").Single().Value);
    }

    private static void CopyPart(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    private string At(string name) => runs.At(name);

    private XElement Page(string folder) => XDocument.Load(At($"{folder}/report.html")).Root!;

    private static XElement[] Rows(XElement page) =>
        [
            .. page.Descendants(Xhtml + "section")
                .Single(s => s.Attribute("id")!.Value == "cases")
                .Descendants(Xhtml + "tbody")
                .Single()
                .Elements(Xhtml + "tr"),
        ];
}
