using System.Text.Json;
using System.Xml.Linq;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Tests.Commands;

/// <summary>Two runs on phantom radiographs that the verbs' tests share: a curriculum and its baseline.</summary>
public sealed class ChestRuns : IDisposable
{
    internal const string Recipe = """
        method: curriculum
        findings: [nodule, consolidation, interstitial opacity, pleural effusion, pneumothorax]
        network: {name: mobilenet-v2, width: 0.25}
        input: {height: 64, width: 64}
        patches: {side: 32, per_lesion: 1, epochs: 1, batch: 8}
        training: {epochs: 2, batch: 8, rate: 1e-3, patience: 0}
        split: {folds: 3, validation_share: 0.3}
        decision: {threshold_from_validation: true}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-chests-").FullName;

    public ChestRuns()
    {
        PhantomRuns.Call(0, "radiographs", "--out", At("chests"), "--patients", "24", "--size", "96");
        File.WriteAllText(At("recipe.yaml"), Recipe);
        Output = Train("curriculum");
        Train("baseline", "--set", "patches.epochs=0");
    }

    public string Output { get; }

    public string Cohort => At("chests/cohort.csv");

    public string Boxes => At("chests/boxes.csv");

    public string At(string name) => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Train(string name, params string[] more) =>
        PhantomRuns.Call(0, ["train", At("recipe.yaml"), "--cohort", Cohort, "--out", At(name), .. more]);
}

/// <summary>Curriculum learning as a user calls it.</summary>
[Collection("console")]
public sealed class CurriculumVerbsTests(ChestRuns runs) : IClassFixture<ChestRuns>
{
    [Fact]
    public void Train_tells_every_finding_and_writes_a_report()
    {
        Assert.Contains("pneumothorax", runs.Output);
        Assert.Contains("mean", runs.Output);
        var pooled = Predictions.Read(runs.At("curriculum/predictions.csv"));
        Assert.True(pooled.MultiLabel);
        Assert.Equal(File.ReadAllLines(runs.Cohort).Length - 1, pooled.Rows.Count);
        var report = File.ReadAllText(runs.At("curriculum/report.html"));
        string[] words =
        [
            "AUC by site",
            "hospital 1",
            "Where findings are seen",
            "Training of part 1",
            "On patches",
            "ROC curves",
            "the mean sensitivity is",
            "Fewer than 10 patients show",
            "without finding",
            "named wrongly",
        ];
        foreach (var word in words)
            Assert.Contains(word, report);
        // At most two pictures of a kind, each beside its map.
        var pictures = XDocument
            .Parse(report.Replace("<!DOCTYPE html>", ""))
            .Descendants()
            .Count(e => e.Name.LocalName == "img");
        Assert.InRange(pictures, 4, 5 * 3 * 2 * 2);
        Assert.True(report.Length < 2_000_000, $"{report.Length} characters");
        Assert.NotNull(RunFigures.Read(runs.At("curriculum")));
    }

    [Fact]
    public void A_study_sets_a_curriculum_beside_controls_of_its_steps_and_of_its_time()
    {
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: s
            metric: auc
            also: [mean-sensitivity, mean-specificity]
            baselines: false
            split: {folds: 0, repeats: 1, images: 5-9}
            models:
              curriculum: {recipe: recipe.yaml}
              same steps: {recipe: recipe.yaml, with: {patches: {order: none}}}
              same time: {recipe: recipe.yaml, same_time_as: curriculum, with: {patches: {epochs: 0}}}
            """
        );
        string[] call = ["study", runs.At("study.yaml"), "--cohort", runs.Cohort, "--out", runs.At("study"), "--jobs"];
        PhantomRuns.Call(0, [.. call, "0"]);
        var table = CsvTable.Read(runs.At("study/table.csv"));
        string[] Column(string name) => [.. table.Rows.Select(r => r.Fields[table.Require(name)])];
        Assert.Equal(Column("steps")[0], Column("steps")[1]);
        Assert.NotEqual("", Column("steps")[2]);
        var text = File.ReadAllText(runs.At("study/table.md"));
        foreach (var word in new[] { "mean sensitivity", "auc pleural effusion", "auc at hospital 1" })
            Assert.Contains(word, text);
        Assert.Contains("No row is chance: that is an AUC of 0.5", text);
        Assert.Contains("Validation AUC", File.ReadAllText(runs.At("study/study.html")));
        // With nothing left to train, what waits for another cell does not wait.
        PhantomRuns.Call(0, [.. call, "2"]);
    }

    [Fact]
    public void Evaluate_gives_figures_by_finding_site_and_place()
    {
        string[] call =
        [
            "evaluate",
            "findings",
            runs.At("curriculum/part-1/predictions.csv"),
            "--cohort",
            runs.Cohort,
            "--bootstrap",
            "50",
        ];
        var text = PhantomRuns.Call(0, [.. call, "--boxes", runs.Boxes]);
        foreach (var word in new[] { "sensitivity", "site hospital", "hit rate", "all" })
            Assert.Contains(word, text);
        using var json = JsonDocument.Parse(PhantomRuns.Call(0, [.. call, "--boxes", runs.Boxes, "--json"]));
        Assert.Equal(5, json.RootElement.GetProperty("findings").EnumerateObject().Count());
        Assert.True(json.RootElement.TryGetProperty("mean_specificity", out _));
        Assert.True(json.RootElement.GetProperty("localisation").TryGetProperty("all", out _));
        PhantomRuns.Call(
            0,
            [.. call[..2], runs.At("curriculum/predictions.csv"), .. call[3..], "--roc", runs.At("roc.svg")]
        );
        var roc = XDocument.Load(runs.At("roc.svg")).ToString();
        foreach (var word in new[] { "ROC of nodule", "hospital 3", "as decided: sensitivity", "from probability" })
            Assert.Contains(word, roc);
        var error = PhantomRuns.Call(
            1,
            "evaluate",
            "classification",
            runs.At("curriculum/predictions.csv"),
            "--cohort",
            runs.Cohort
        );
        Assert.Contains("evaluate findings", error);
    }

    [Fact]
    public void Predict_writes_probabilities_places_and_overlays()
    {
        PhantomRuns.Call(0, "predict", runs.At("curriculum"), "--cohort", runs.Cohort, "--out", runs.At("predicted"));
        var predictions = Predictions.Read(runs.At("predicted/predictions.csv"));
        Assert.True(predictions.MultiLabel);
        var named = predictions.Rows.Sum(r => r.Predicted.Split(';', StringSplitOptions.RemoveEmptyEntries).Length);
        var overlays = runs.At("predicted/overlays");
        Assert.Equal(named, Directory.Exists(overlays) ? Directory.GetFiles(overlays).Length : 0);
        Assert.Equal(5 * predictions.Rows.Count + 1, File.ReadAllLines(runs.At("predicted/activations.csv")).Length);
        Assert.Contains("box of the truth", File.ReadAllText(runs.At("predicted/report.html")));

        // Files of their own, of another size, without known findings; a DICOM file is an image like any other.
        var dicom = Path.Combine(Coverslip.Tests.TestData.Root, "tests/Slides/Images/dicom/lossless12.dcm");
        PhantomRuns.Call(0, "predict", runs.At("curriculum"), dicom, "--out", runs.At("one"));
        Assert.Equal(Predictions.Unknown, Predictions.Read(runs.At("one/predictions.csv")).Rows[0].Label);
    }

    [Fact]
    public void A_packed_model_says_the_same()
    {
        PhantomRuns.Call(0, "pack", runs.At("curriculum"), "--out", runs.At("chest.coverslip"));
        string Predict(string model, string name)
        {
            PhantomRuns.Call(0, "predict", model, "--cohort", runs.Cohort, "--out", runs.At(name));
            return File.ReadAllText(runs.At($"{name}/predictions.csv"));
        }
        Assert.Equal(Predict(runs.At("curriculum"), "a"), Predict(runs.At("chest.coverslip"), "b"));
    }

    [Fact]
    public void Curves_put_both_runs_on_one_plot_and_count_epochs()
    {
        var text = PhantomRuns.Call(
            0,
            "evaluate",
            "curves",
            runs.At("curriculum/part-1"),
            runs.At("baseline/part-1"),
            "--out",
            runs.At("curves.svg")
        );
        Assert.Contains("1 epochs on patches", text);
        Assert.Contains("baseline part-1", text);
        var plot = XDocument.Load(runs.At("curves.svg"));
        // Losses of training and validation and the level, accuracies, AUCs.
        Assert.Equal(
            5 + 2 + 2,
            plot.Descendants()
                .Count(e =>
                    e.Name.LocalName == "path"
                    && $"{e.Attribute("class")?.Value}".StartsWith("line")
                    && e.Parent!.Attribute("class") is null
                )
        );
        var several = PhantomRuns.Call(1, "evaluate", "curves", runs.At("curriculum"), runs.At("baseline"));
        Assert.Contains("part-1", several);
    }

    [Fact]
    public void Cohort_check_tells_unknown_labels_and_wrong_boxes()
    {
        var text = PhantomRuns.Call(0, "cohort", "check", runs.Cohort, "--boxes", runs.Boxes);
        Assert.Contains("finding   nodule", text);
        Assert.Contains("boxes     nodule", text);
        Assert.Contains(
            "none of the findings nodule",
            PhantomRuns.Call(1, "cohort", "check", runs.Cohort, "--findings", "nodule")
        );
        var wrong = runs.At("wrong.csv");
        var lines = File.ReadAllLines(runs.Boxes);
        File.WriteAllText(wrong, $"{lines[0]}\n{string.Join(',', lines[1].Split(',')[..2])},90,0,50,5\n");
        Assert.Contains(
            "row 2: the box 90,0,50,5 reaches beyond",
            PhantomRuns.Call(1, "cohort", "check", runs.Cohort, "--boxes", wrong)
        );
    }
}
