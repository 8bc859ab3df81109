using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Progress;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.Tests;
using Coverslip.Methods.TumorDetection;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.TumorDetection;

/// <summary>Whole runs on tiny slides: what they leave, that they resume to the same numbers, ensembles of them.</summary>
[NoTensorLeaks]
public sealed class SlideTrainingTests(TinySlides tiny) : IClassFixture<TinySlides>, ITrainingProgress, IWorkProgress
{
    private const string Recipe = """
        method: tumor-detection
        input: {width: 32, height: 32}
        patches: {mpp: 1, center: 16, stride: 16, examples: 64, validation_examples: 32}
        network: {name: mobilenet-v1, width: 0.25, dropout: 0.1}
        training: {epochs: 2, batch: 16, optimizer: adam-w, rate: 3e-3, schedule: constant, patience: 0}
        test: {stride: 32, orientations: false}
        """;
    private Action<int, int>? onStep;
    private int slidesTested;

    [Fact]
    public void A_run_leaves_heatmaps_detections_and_figures_and_stopped_comes_to_the_same_numbers()
    {
        var whole = Train("whole", Recipe);
        Assert.Equal(2, slidesTested);
        foreach (var name in (string[])["predictions.csv", "figures.json", "run.json", "slides/slide_scores.csv"])
            Assert.True(File.Exists(Path.Combine(whole, name)), name);
        var tested = Predictions.Read(Path.Combine(whole, "predictions.csv"));
        Assert.Equal(2, tested.Rows.Count);
        foreach (var row in tested.Rows)
        {
            var name = Path.GetFileNameWithoutExtension(row.Image);
            Assert.True(File.Exists(Path.Combine(whole, "slides", $"{name}-heatmap.npy")));
            Assert.True(File.Exists(Path.Combine(whole, "slides", "detections", $"{name}.csv")));
            Assert.Equal(row.Label == "tumor", File.Exists(Path.Combine(whole, "truth", $"{name}.png")));
        }
        var description = RunDescription.Read(Path.Combine(whole, "run.json"));
        Assert.Equal(
            (1.0, 1.0, 1.0, 8),
            (description.Mpp, description.ScaleLow, description.ScaleHigh, description.Images)
        );
        Assert.InRange(description.WaitingShare!.Value, 0, 1);
        var figures = RunFigures.Read(whole)!;
        Assert.Equal(
            ["slide_auc", "froc", "froc_of_random_places", "sensitivity_at_8", "heatmap_roughness"],
            figures.Figures.Select(f => f.Key)
        );
        Assert.Equal([("slides", 2), ("patients", 2), ("lesions", 0)], figures.Counts); // 120 µm are isolated cells

        using var source = new CancellationTokenSource();
        onStep = (epoch, step) =>
        {
            if ((epoch, step) == (1, 2))
                source.Cancel();
        };
        Assert.Throws<OperationCanceledException>(() => Train("stopped", Recipe, stop: source.Token));
        onStep = null;
        var resumed = Train("stopped", Recipe);
        Assert.Equal(Losses(whole), Losses(resumed));
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole, "predictions.csv")),
            File.ReadAllText(Path.Combine(resumed, "predictions.csv"))
        );

        using var model = TrainedModel.Load(whole, Known.Methods, Device.Cpu);
        var slide = SlideModel.Of(model, null, orientations: false);
        Assert.Equal((1.0, 32), (slide.Window.Mpp.X, slide.Window.Side.Width));
        Assert.Equal("tumor", slide.Positive);
    }

    [Fact]
    public void A_threshold_for_slides_comes_from_whole_slides_of_the_validation_patients()
    {
        var run = Train("threshold", Recipe + "\ndecision: {threshold_from_validation: true}");
        var validated = Predictions.Read(Path.Combine(run, "validation.csv"));
        Assert.Equal(2, validated.Rows.Count);
        Assert.All(
            validated.Rows,
            r => Assert.True(File.Exists(Path.Combine(run, "validation", "slides", $"{NameOf(r)}-heatmap.npy")))
        );
        var threshold = RunDescription.Read(Path.Combine(run, "run.json")).Threshold;
        double[] scores = [.. validated.Rows.Select(r => r.Probabilities[1])];
        bool[] tumor = [.. validated.Rows.Select(r => r.Label == "tumor")];
        Assert.Equal(DecisionThreshold.Choose(scores, tumor), threshold);
        foreach (var row in Predictions.Read(Path.Combine(run, "predictions.csv")).Rows)
            Assert.Equal(row.Probabilities[1] >= threshold ? "tumor" : "normal", row.Predicted);
    }

    [Fact]
    public void Tumor_that_nobody_outlined_counts_for_the_slides_alone()
    {
        var rows = tiny
            .Cohort.Rows.Select(r => r with { Further = [r.Image == "s2.tif" ? "" : r.Further[0]] })
            .ToArray();
        var cohort = tiny.Write("unoutlined.csv", rows);
        var all = KFoldSplits.Draw(cohort.PatientImages, 4, 0.34, 1);
        var part = all.ToList().FindIndex(p => p.Test.Contains(rows[1].Patient));
        Assert.Throws<InvalidDataException>(() => Train("refused", Recipe, part: part, of: cohort));
        var text = Recipe.Replace(
            "center: 16,",
            "center: 16, tumor_without_annotation: no-label,",
            StringComparison.Ordinal
        );
        var run = Train("unoutlined", text, part: part, of: cohort);
        Assert.Contains("\"outlined\": false", File.ReadAllText(Path.Combine(run, "truth", "s2.json")));
        var figures = RunFigures.Read(run)!;
        Assert.Equal(
            [("slides", 2), ("patients", 2), ("lesions", 0), (DetectionFigures.WithoutOutline, 1)],
            figures.Counts
        );
        // Both slides have a score: one of them is the tumor that nobody outlined.
        Assert.NotNull(figures.Figures.Single(f => f.Key == "slide_auc").Figure.Value);
        Assert.Equal(figures.Counts, DetectionFigures.OfRun(run, cohort, 1)!.Counts);
        var curve = DetectionFigures.CurveOfRun(run, cohort, 1)!;
        Assert.DoesNotContain("s2", curve.Slides.Select(s => s.Name));
    }

    private static string NameOf(Prediction row) => Path.GetFileNameWithoutExtension(row.Image);

    [Fact]
    public void Two_towers_train_and_predict_slides()
    {
        var run = Train("towers", Recipe + "\nseed: 3", "context: 2");
        Assert.Equal(2, Predictions.Read(Path.Combine(run, "predictions.csv")).Rows.Count);
        using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
        Assert.Equal(2, SlideModel.Of(model, null, orientations: false).Window.Context);
    }

    [Fact]
    public void An_ensemble_is_the_mean_of_its_members_on_the_same_split_alone()
    {
        string[] members = [Train("a", Recipe + "\nseed: 5"), Train("b", Recipe + "\nseed: 6")];
        var text = $"{Recipe}\nensemble: [\"{members[0]}\", \"{members[1]}\"]";
        slidesTested = 0;
        var run = Train("both", text);
        var (both, each) = (Scores(run), members.Select(Scores).ToArray());
        // Heatmaps are averaged cell by cell: the maximum of the mean is at most the mean of the maxima.
        foreach (var name in both.Keys)
            Assert.InRange(both[name], each.Min(e => e[name]) - 1, each.Average(e => e[name]) + 1e-6);
        foreach (var file in Directory.GetFiles(Path.Combine(run, "slides"), "*-heatmap.npy"))
        {
            var (mean, a, b) = (Cells(file), Cells(In(members[0], file)), Cells(In(members[1], file)));
            for (var i = 0; i < mean.Length; i++)
                Assert.Equal((a[i] + b[i]) / 2, mean[i], 1e-6);
        }
        // Its weights are its members': it predicts without them.
        Directory.Move(members[0], members[0] + "-moved");
        using (var model = TrainedModel.Load(run, Known.Methods, Device.Cpu))
            Assert.Equal(2 * 218_000.0, model.Description.Parameters, 30_000.0);
        Directory.Move(members[0] + "-moved", members[0]);

        var error = Assert.Throws<RecipeException>(() => Train("other split", text, part: 1));
        Assert.Contains("tests other patients", error.Message);
    }

    private static Dictionary<string, double> Scores(string run) =>
        Predictions.Read(Path.Combine(run, "predictions.csv")).Rows.ToDictionary(r => r.Image, r => r.Probabilities[1]);

    private static string In(string member, string file) => Path.Combine(member, "slides", Path.GetFileName(file));

    /// <summary>The cells of an .npy file that have a probability.</summary>
    private static float[] Cells(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        var values = new float[(bytes.Length - start) / 4];
        Buffer.BlockCopy(bytes, start, values, 0, values.Length * 4);
        return [.. values.Where(v => !float.IsNaN(v))];
    }

    /// <summary>Trains a part of four folds into a folder of its own; returns the folder.</summary>
    private string Train(
        string name,
        string text,
        string network = "",
        int part = 0,
        Cohort? of = null,
        CancellationToken stop = default
    )
    {
        var cohort = of ?? tiny.Cohort;
        if (network.Length > 0)
            text = text.Replace("dropout: 0.1", $"dropout: 0.1, {network}", StringComparison.Ordinal);
        var folder = Path.Combine(tiny.Folder, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), text);
        var recipe = (TumorDetectionRecipe)Known.Methods.Parse(text, name);
        var all = KFoldSplits.Draw(cohort.PatientImages, 4, 0.34, 1);
        var split = new Split(SplitKind.Random, cohort.Hash, 1, [all[part]]);
        split.Save(Path.Combine(folder, "split.json"));
        using var data = recipe.Prepare(new Preparation(cohort, Device.Cpu) { Progress = this });
        var input = new SessionInput(recipe, data, split, Device.Cpu);
        new TrainingSession(input, folder, _ => this).Run(stop: stop);
        return folder;
    }

    private static string[] Losses(string run) =>
        [
            .. File.ReadAllLines(Path.Combine(run, "metrics.csv"))
                .Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1))),
        ];

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) => onStep?.Invoke(epoch, step);

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }

    IWorkSteps IWorkProgress.Begin(string what, long total, string unit) => SilentProgress.Instance;

    void IWorkProgress.Note(string line)
    {
        if (line.StartsWith("tested ", StringComparison.Ordinal))
            slidesTested++;
    }
}
