using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Learning.Tests;
using Coverslip.Methods.Bags;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>Slides with a label each: features computed when training begins, heatmaps of new slides.</summary>
[NoTensorLeaks]
public sealed class SlideBagsTests(TinySlides slides) : IClassFixture<TinySlides>, ITrainingProgress, ISlideProgress
{
    private const string Text = """
        method: bags
        input: {height: 32, width: 32}
        features: {mpp: 2, layers: [layer1]}
        bags: {kind: mean, c: [1]}
        """;

    private readonly List<SlideOutcome> outcomes = [];

    [Fact]
    public void Slides_are_encoded_once_and_a_heatmap_shows_where_the_tumor_is()
    {
        var folder = slides.At("run");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), Text);
        var recipe = Known.Methods.Parse(Text, "r.yaml");
        SplitPart[] parts = [.. KFoldSplits.Draw(slides.Cohort.PatientImages, 4, 0, 1).Take(1)];
        var split = new Split(SplitKind.Random, slides.Cohort.Hash, 1, parts);
        var given = new Preparation(slides.Cohort, Device.Cpu) { RunFolder = folder };
        using (var data = recipe.Prepare(given))
            new TrainingSession(new SessionInput(recipe, data, split, Device.Cpu), folder, _ => this).Run();
        Assert.Equal(8, Directory.GetFiles(Path.Combine(folder, "features"), "*.h5").Length);

        var features = Path.Combine(folder, "features", "s1.h5");
        FeatureFile.CheckSlide(features, slides.At("s1.tif"));
        Assert.Contains(
            "holds features of another slide than",
            Assert.Throws<InvalidDataException>(() => FeatureFile.CheckSlide(features, slides.At("s2.tif"))).Message
        );

        // Outlines taught nothing, and judge the heatmaps of the test slides.
        var figures = RunFigures.Read(folder)!;
        Assert.Contains(figures.Figures, f => f is { Key: "slide_auc", Figure.Value: 1 });
        Assert.Equal(2, figures.Counts.Single(c => c.Key == "slides").Count);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder, "slides"), "*-tiles.png").Length);

        using var model = TrainedModel.Load(folder, Known.Methods, Device.Cpu);
        var asked = new PredictionRequest();
        var walk = new SlideWalk(((IPredictsSlides)model.Recipe).OpenSlides(model, asked), slides.At("out"));
        walk.Run([slides.At("s2.tif"), slides.At("s3.tif")], this, CancellationToken.None);
        Assert.All(outcomes, o => Assert.NotNull(o.Score));
        Assert.True(outcomes[0].Score > 0.5 && outcomes[1].Score < 0.5, $"{outcomes[0].Score}, {outcomes[1].Score}");
        // A square of 32 pixels at 2 µm; its middle says whether it is tumor.
        var patches = File.ReadLines(slides.At("out/s2-patches.csv"))
            .Skip(1)
            .Select(l => l.Split(',').Select(double.Parse).ToArray())
            .Select(p => (IsTumor: Holds(TinySlides.Tumor, p[0] + 32, p[1] + 32), Weight: p[2]))
            .ToArray();
        var auc = RankedScores.Auc([.. patches.Select(p => p.Weight)], [.. patches.Select(p => p.IsTumor)]);
        Assert.True(auc > 0.8, $"the AUC of the heatmap over patches is {auc}");
        foreach (var name in (string[])["s2-heatmap.npy", "s2-heatmap.tif", "s2-overlay.png", "s2.geojson"])
            Assert.True(File.Exists(slides.At($"out/{name}")), name);
        using (var tiles = ImageFile.Read(slides.At("out/s2-tiles.png")))
            Assert.Equal((8 * 116 + 4, 2 * 116 + 4), (tiles.Width, tiles.Height));

        outcomes.Clear();
        walk.Run([slides.At("s2.tif")], this, CancellationToken.None);
        Assert.EndsWith("finished before", Assert.Single(outcomes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_of_another_slide_are_not_laid_over_one()
    {
        using var slide = SlideFile.Open(slides.At("s1.tif"), new SlideOptions());
        PatchFeatures Of(double x, (long, long)? size) =>
            new()
            {
                Name = "s1",
                Values = [Half.One],
                Numbers = 1,
                Places = [x, 64],
                Facts = new PatchFacts { Level0Side = 64, Level0Size = size },
            };
        var map = PatchGrid.Map(slide, Of(128, (TinySlides.Width, TinySlides.Height)), [0.5f]);
        Assert.Equal((12, 10, 0.5f), (map.Grid.Columns, map.Grid.Rows, map[2, 1]));
        Assert.Equal(1, map.TissueCells);
        Assert.Contains(
            "are of a slide of 700 × 640 pixels",
            Assert.Throws<InvalidDataException>(() => PatchGrid.Map(slide, Of(128, (700, 640)), [0.5f])).Message
        );
        Assert.Contains(
            "patch 1 begins at 1280, 64, and ",
            Assert.Throws<InvalidDataException>(() => PatchGrid.Map(slide, Of(1280, null), [0.5f])).Message
        );
    }

    private static bool Holds(SlideRectangle area, double x, double y) =>
        x >= area.At.X && y >= area.At.Y && x < area.At.X + area.Width && y < area.At.Y + area.Height;

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state) { }

    void ISlideProgress.Predicted(string slide, int done, int all) { }

    void ISlideProgress.Finished(SlideOutcome outcome) => outcomes.Add(outcome);

    void ISlideProgress.Failed(FailedFile slide) => Assert.Fail($"{slide.Name}: {slide.Reason}");
}
