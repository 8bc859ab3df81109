using System.Text.Json;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verbs <c>evaluate froc</c>, <c>roc</c> and <c>kappa</c> on plain files.</summary>
[Collection("console")]
public sealed class EvaluateFilesVerbsTests : IDisposable
{
    private const int Side = 64; // of a mask: 0.5 mm at level 5

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("masks/Test_001.png", 8, 255)]
    [InlineData("masks/test_001_mask.tif", 8, 1)]
    [InlineData("masks/Test_001.tif", 16, 2)]
    public void Detections_are_judged_on_masks_of_any_kind(string mask, int depth, int value)
    {
        Slides();
        Mask(mask, depth, (value, 0, 40));
        // Found at 0.8 with one false positive before it among three slides: 1/3 per slide.
        var json = Json(VerbCall.Run(0, Froc("--json", "--bootstrap", "50")).Output);
        Assert.Equal(1, json.GetProperty("sensitivity").GetProperty("0.5").GetProperty("value").GetDouble());
        Assert.Equal(0, json.GetProperty("sensitivity").GetProperty("0.25").GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal(5 / 6.0, json.GetProperty("froc").GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("froc").GetProperty("low").ValueKind);
        Assert.Equal(JsonValueKind.Number, json.GetProperty("froc").GetProperty("high").ValueKind);
        Assert.Equal((3, 2), (json.GetProperty("slides").GetInt32(), json.GetProperty("normal_slides").GetInt32()));
        Assert.Contains("3 slides (2 without lesions)", VerbCall.Run(0, Froc()).Output);
    }

    [Fact]
    public void Random_places_may_be_kept_within_the_tissue()
    {
        Slides();
        Mask("masks/Test_001.png", 8, (255, 0, 40));
        var anywhere = Json(VerbCall.Run(0, Froc("--json", "--bootstrap", "50")).Output);
        Assert.Equal("slide", anywhere.GetProperty("chance_within").GetString());
        var tissue = Path.Combine(folder, "tissue");
        Directory.CreateDirectory(tissue);
        Assert.Contains(
            "'coverslip tissue' makes it from the slide, or leave --tissue out",
            VerbCall.Run(1, Froc("--tissue", tissue)).Errors
        );
        // All tissue is the lesion: random places find it as often as the detections do.
        Mask("tissue/Test_001.mask.png", 8, (255, 0, 40));
        var within = Json(VerbCall.Run(0, Froc("--tissue", tissue, "--json", "--bootstrap", "50")).Output);
        Assert.Equal("tissue", within.GetProperty("chance_within").GetString());
        double Chance(JsonElement json) => json.GetProperty("chance").GetProperty("value").GetDouble();
        Assert.True(Chance(within) > Chance(anywhere), $"{Chance(within)} against {Chance(anywhere)}");
    }

    [Theory]
    [InlineData("masks/Test_001.png", "was not written as a page")]
    [InlineData("run/report.html", "is a file of the run")]
    public void A_report_is_written_over_no_file_that_is_something_else(string name, string told)
    {
        Slides();
        Mask("masks/Test_001.png", 8, (255, 0, 20));
        Directory.CreateDirectory(Path.Combine(folder, "run"));
        File.WriteAllText(Path.Combine(folder, "run", "run.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "run", "report.html"), "<!doctype html>");
        var path = Path.Combine(folder, name);
        var before = File.ReadAllBytes(path);
        Assert.Contains(told, VerbCall.Run(1, Froc("--report", path)).Errors);
        Assert.Equal(before, File.ReadAllBytes(path));
        var own = Path.Combine(folder, "new.html");
        VerbCall.Run(0, Froc("--report", own));
        VerbCall.Run(0, Froc("--report", own)); // over its own
    }

    [Fact]
    public void A_report_shows_curve_chance_lesions_and_detections()
    {
        Slides();
        Mask("masks/Test_001.png", 8, (255, 0, 20), (255, 44, 64)); // the second one is missed
        var report = Path.Combine(folder, "reports/froc.html");
        var told = VerbCall.Run(0, Froc("--slide-mpp", "0.5", "--bootstrap", "50", "--json", "--report", report));
        Assert.Equal($"report: {report}\n", told.Errors);
        Assert.Equal(2, Json(told.Output).GetProperty("lesions").GetInt32());
        var page = System.Xml.Linq.XDocument.Load(report).Root!;
        string[] Rows(string section) =>
            [
                .. page.Descendants()
                    .Single(e => e.Attribute("id")?.Value == section)
                    .Descendants()
                    .Where(e => e.Name.LocalName == "tr")
                    .Skip(1)
                    .Select(r => string.Join(' ', r.Elements().Select(c => c.Value))),
            ];
        // 20 × 16 pixels of 16 µm, and two more to each side but the mask's edge: 22 × 20 of them less corners.
        Assert.Matches(@"^Test_001 2 0\.1[01]\d missed$", Rows("lesions")[0]);
        Assert.Matches(@"^Test_001 1 0\.1[01]\d 0\.800$", Rows("lesions")[1]);
        Assert.Equal(
            [
                "Test_002 0.900 5 5 false positive",
                "Test_001 0.800 640 1000 lesion 1",
                "Test_001 0.100 640 1000 lesion 1",
                "Test_002 0.050 2040 2040 false positive",
            ],
            Rows("detections")
        );
        Assert.Contains("random places", page.Descendants().Single(e => e.Attribute("id")?.Value == "curve").Value);
    }

    [Fact]
    public void Slides_resolution_and_reading_are_options()
    {
        Slides();
        Mask("masks/Test_001.png", 8, (1, 0, 10), (2, 10, 50));
        Assert.Contains(
            "holds 1 and 2 beside 0; name tumor's value with --tumor-value",
            VerbCall.Run(1, Froc()).Errors
        );
        VerbCall.Run(0, Froc("--tumor-value", "2"));
        // At 0.1 µm per pixel the same pixels are 62 · 0.1 · 2⁵ = 198 µm long: below 275, isolated tumor cells.
        var fine = Json(VerbCall.Run(0, Froc("--tumor-value", "2", "--slide-mpp", "0.1", "--json")).Output);
        Assert.Equal(0, fine.GetProperty("lesions").GetInt32());
        Assert.Equal(1, fine.GetProperty("isolated_tumor_cells").GetInt32());
        Assert.Equal(JsonValueKind.Null, fine.GetProperty("froc").GetProperty("value").ValueKind);
        var list = Write("reference.csv", "Test_001,Tumor,IDC,Macro\nTest_004,Normal,None,None\n");
        var listed = VerbCall.Run(
            0,
            Froc("--tumor-value", "2", "--slides", list, "--false-positives", "normal", "--json")
        );
        Assert.Equal(
            "not on the list and left out: Test_002, Test_049\n"
                + "note: nothing counts as found on 1 listed slides, which have no file of detections: Test_004\n"
                + "note: 1 of these have no mask either, and count as normal: Test_004\n",
            listed.Errors
        );
        Assert.Equal(2, Json(listed.Output).GetProperty("slides").GetInt32());
        var excluded = VerbCall.Run(0, Froc("--tumor-value", "2", "--exclude", "Test_049,test_002.tif,Test_114"));
        Assert.Contains("1 slides", excluded.Output);
        Assert.Equal("note: --exclude names no slide here: Test_114\n", excluded.Errors);
        Assert.Contains(
            "--tumor-value is 7, which no mask holds, so that every slide would be normal; beside 0 they hold 1, 2",
            VerbCall.Run(1, Froc("--tumor-value", "7")).Errors
        );
        var level = VerbCall.Run(1, Froc("--tumor-value", "2", "--level", "3"));
        Assert.Contains("beyond the mask of 64 × 64 pixels at level 3", level.Errors);
    }

    [Fact]
    public void A_probability_above_1_is_refused_unless_all_are_scores()
    {
        Slides();
        Mask("masks/Test_001.png", 8, (255, 0, 40));
        var path = Write("detections/Test_002.csv", "0.9,5,5\n1.5,2040,2040\n");
        Assert.Contains(
            $"{path}: row 2: the probability is 1.5, above 1; where all are scores of another scale, say so (evaluate froc --scores)",
            VerbCall.Run(1, Froc()).Errors
        );
        VerbCall.Run(0, Froc("--scores"));
    }

    [Fact]
    public void A_score_per_slide_and_a_stage_per_patient_are_judged()
    {
        var truth = Write("reference.csv", "Test_001,Tumor,IDC,Macro\nTest_002,Normal,None,None\nTest_049,Tumor\n");
        var scores = Write("predictions.csv", "image,p_tumor\nTest_001.tif,0.9\nTest_002.tif,0.4\n");
        string[] roc = ["evaluate", "roc", scores, "--truth", truth];
        var judged = VerbCall.Run(0, [.. roc, "--exclude", "Test_049,Test_114", "--json"]);
        Assert.Equal("note: --exclude names no slide here: Test_114\n", judged.Errors);
        Assert.True(Json(judged.Output).TryGetProperty("average_precision", out _));
        var auc = Json(judged.Output).GetProperty("auc");
        // One patient of the smaller class: 0.025 to the first.
        Assert.Equal([1, 0.025, 1], Rounded("value", "low", "high"));
        IEnumerable<double> Rounded(params string[] keys) =>
            keys.Select(k => Math.Round(auc.GetProperty(k).GetDouble(), 9));
        Assert.Contains("no prediction for 1 slides", VerbCall.Run(1, roc).Errors);
        Assert.Contains("AUC, DeLong", VerbCall.Run(0, [.. roc, "--exclude", "Test_049"]).Output);

        var british = Write("british.csv", "image,label\nTest_001,Tumour\nTest_002,Normal\n");
        var told = VerbCall.Run(0, "evaluate", "roc", scores, "--truth", british);
        Assert.Contains("1 positive: Tumour; negative: Normal (1)", told.Output);
        var mixed = Write("mixed.csv", "image,label\nTest_001,Tumour\nTest_002,tumor \nTest_003,Normal\n");
        Assert.Contains(
            $"{mixed}: labels that differ in case, blanks or spelling only: 'Tumour' (1) and 'tumor' (1); write each in one way",
            VerbCall.Run(1, "evaluate", "roc", scores, "--truth", mixed, "--exclude", "Test_003").Errors
        );

        var stages = Write("stages.csv", "patient,stage\na.zip,pN0\nb.zip,pN2\nc.zip,pN1\nc_node_0.tif,macro\n");
        var predicted = Write("predicted.csv", "patient,stage\na.zip,pN0\nb.zip,pN2\nc.zip,pN2\nd,pN1\n");
        var kappa = VerbCall.Run(0, "evaluate", "kappa", predicted, "--truth", stages, "--json");
        // Observed 1; expected (16 · 2 + 9 · 1 + 1 · 2 + 16 · 1) / 3 of the margins 1, 0, 0, 1, 1 and 1, 0, 0, 0, 2.
        Assert.Equal(1 - 3 / 59.0, Json(kappa.Output).GetProperty("kappa").GetProperty("value").GetDouble(), 1e-12);
        Assert.Equal($"{predicted}: row 5: 'd,pN1' names no patient (.zip) and is not used\n", kappa.Errors);
        Assert.Contains(
            "quadratic weighted kappa",
            VerbCall.Run(0, "evaluate", "kappa", predicted, "--truth", stages).Output
        );
    }

    [Theory]
    [InlineData(2, "froc", "d")]
    [InlineData(2, "froc", "d", "--masks", "m", "--level", "-1")]
    [InlineData(2, "froc", "d", "--masks", "m", "--slide-mpp", "0")]
    [InlineData(2, "froc", "d", "--masks", "m", "--tumor-value", "0")]
    [InlineData(2, "froc", "d", "--masks", "m", "--false-positives", "some")]
    [InlineData(2, "froc", "d", "--masks", "m", "--bootstrap", "-1")]
    [InlineData(1, "froc", "nowhere", "--masks", "nowhere")]
    [InlineData(2, "roc", "p.csv")]
    [InlineData(1, "roc", "nowhere.csv", "--truth", "nowhere.csv")]
    [InlineData(2, "kappa", "p.csv")]
    [InlineData(1, "kappa", "nowhere.csv", "--truth", "nowhere.csv")]
    public void Wrong_usage_is_2_and_failure_is_1(int code, params string[] args) =>
        VerbCall.Run(code, ["evaluate", .. args]);

    private string[] Froc(params string[] more) =>
        ["evaluate", "froc", Path.Combine(folder, "detections"), "--masks", Path.Combine(folder, "masks"), .. more];

    // One slide with a hit after a false positive, one with a false positive, one with nothing.
    private void Slides()
    {
        Write("detections/Test_001.csv", "0.8,640,1000\n0.1,640,1000\n");
        Write("detections/Test_002.csv", "0.9,5,5\n0.05,2040,2040\n");
        Write("detections/Test_049.csv", "");
    }

    // Columns of a mask from a row's start to its end with a value; the rows above 24 and below 40 are empty.
    private void Mask(string name, int depth, params (int Value, int From, int To)[] stripes)
    {
        using var mask = new Image(Side, Side, channels: 1, depth);
        mask.WritablePixels.Clear();
        for (var y = 24; y < 40; y++)
        {
            foreach (var (value, from, to) in stripes)
            {
                if (depth == 16)
                    mask.WritablePixels16[(y * Side + from)..(y * Side + to)].Fill((ushort)value);
                else
                    mask.WritablePixels[(y * Side + from)..(y * Side + to)].Fill((byte)value);
            }
        }
        ImageFile.Write(Path.Combine(folder, name), mask);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
