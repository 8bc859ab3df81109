using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Methods.MultiStage;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>Separate learning's second half and end-to-end learning on slides drawn by a formula.</summary>
[NoTensorLeaks]
public sealed class LearningTests : IDisposable
{
    private const int Side = 32;
    internal static readonly UNetOptions Shape = new()
    {
        Input = 4,
        Width = 8,
        Depth = 2,
    };
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"coverslip-{Guid.NewGuid():n}");

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Features_are_stored_once_read_back_and_refused_for_another_extractor()
    {
        using var extractor = Extractor();
        var slide = MemoryPatches.Rectangle(3, 2, Side, (x, _) => x - 1);
        SlideFeatures Compute(ISlidePatches s) => SlideFeatures.Compute(extractor, s, (Side, 4));
        var first = SlideFeatures.OfAll(folder, _ => "weights 1", [slide], Compute).Single();
        Assert.Equal((6, 4, "slide"), (first.Patches.Count, first.Length, first.Name));
        Assert.Equal(slide.Patches, first.Patches);
        var reads = slide.Reads;
        var again = SlideFeatures.OfAll(folder, _ => "weights 1", [slide], Compute).Single();
        Assert.Equal(reads, slide.Reads);
        Assert.Equal(first.Vectors, again.Vectors);

        using (var scope = new TensorScope())
        {
            extractor.Store.Training = false;
            using var off = new NoGradient();
            var batch = slide
                .Read([
                    [0, 1, 2, 3, 4, 5],
                ])
                .Single();
            var wanted = extractor.Features(extractor.Images(batch, Side)).ToArray<float>();
            Assert.All(
                wanted.Zip(first.Vectors),
                p => Assert.Equal(p.First, (float)p.Second, 2e-3f * (1 + Math.Abs(p.First)))
            );
        }
        var error = Assert.Throws<InvalidDataException>(() =>
            SlideFeatures.OfAll(folder, _ => "weights 2", [slide], Compute).ToList()
        );
        Assert.Contains("contents was weights 1, is weights 2", error.Message, StringComparison.Ordinal);

        // Another annotation since then: the same places, other labels.
        var relabeled = MemoryPatches.Rectangle(3, 2, Side, (_, _) => 0);
        error = Assert.Throws<InvalidDataException>(() =>
            SlideFeatures.OfAll(folder, _ => "weights 1", [relabeled], Compute).ToList()
        );
        Assert.Contains("of other places or labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slide_without_patches_is_stored_and_has_no_map()
    {
        using var extractor = Extractor();
        var slide = MemoryPatches.Rectangle(0, 0, Side, (_, _) => 0);
        var empty = SlideFeatures
            .OfAll(folder, _ => "weights", [slide], s => SlideFeatures.Compute(extractor, s, (Side, 4)))
            .Single();
        Assert.Equal((0, 0), (empty.Patches.Count, empty.Length));
        Assert.Equal(0, new MapSet([empty], new FeatureMapOptions { Side = 8 }).Count);
    }

    [Fact]
    public void A_segmentation_model_learns_a_pattern_of_neighbors_and_resumes_to_the_same_losses()
    {
        // A cell is tumor where the cell to its left is bright: nothing in its own vector says so.
        var slides = Enumerable.Range(0, 24).Select(Pattern).ToArray();
        var maps = new FeatureMapOptions { Side = 8 };
        MapSet training = new(slides[..18], maps),
            validation = new(slides[18..], maps);
        var options = new MapTrainingOptions
        {
            Epochs = 40,
            Batch = 6,
            Rate = 1e-2,
        };
        var (losses, figures) = Train("whole", options);
        Assert.True(figures.Accuracy > 0.95, $"accuracy {figures.Accuracy}, losses {losses[0]} to {losses[^1]}");
        _ = Train("parts", options with { Epochs = 3 });
        var (resumed, _) = Train("parts", options with { Epochs = 5 });
        Assert.Equal(losses[..5], resumed);

        (string[] Losses, PatchFigures Figures) Train(string name, MapTrainingOptions how)
        {
            TorchRuntime.Seed(5);
            using var model = new SegmentationModel(Shape);
            var run = new RunFolder(Path.Combine(folder, name));
            var outcome = new MapTraining(model, how, (training, validation), seed: 9).Run(run, new Silent());
            Assert.True(outcome.WeightsMoved > 0);
            var predicted = slides[18..].Select(s => SlidePrediction.Of(model, s, maps, batch: 4));
            return (
                [.. File.ReadLines(run.Metrics).Skip(1).Select(l => l.Split(',')[3])],
                PatchFigures.Of([.. predicted])
            );
        }
    }

    [Fact]
    public void Every_epoch_is_judged_by_the_validation_slides_patches_and_the_best_by_the_figure_asked_for_is_kept()
    {
        var slides = Enumerable.Range(0, 12).Select(Pattern).ToArray();
        var maps = new FeatureMapOptions { Side = 8 };
        var options = new MapTrainingOptions
        {
            Epochs = 6,
            Batch = 3,
            Rate = 3e-2,
            BestBy = MapFigure.PrAuc,
        };
        TorchRuntime.Seed(5);
        using var model = new SegmentationModel(Shape);
        var run = new RunFolder(Path.Combine(folder, "judged-maps"));
        var sets = (new MapSet(slides[..9], maps), new MapSet(slides[9..], maps));
        var outcome = new MapTraining(model, options, sets, seed: 9).Run(run, new Silent());
        var table = CsvTable.Read(run.Metrics);
        double[] Column(string name) => [.. table.Rows.Select(r => table.Number(r, table.Require(name))!.Value)];
        var areas = Column("validation_pr_auc");
        Assert.Equal(Array.IndexOf(areas, areas.Max()), outcome.BestEpoch);
        // What is kept predicts what its epoch was judged by.
        var kept = PatchFigures.Of([.. slides[9..].Select(s => SlidePrediction.Of(model, s, maps, batch: 3))]);
        Assert.Equal(areas[outcome.BestEpoch], kept.PrecisionRecallArea, 9);
        Assert.Equal(Column("validation_accuracy")[outcome.BestEpoch], kept.Accuracy, 9);
    }

    [Fact]
    public void End_to_end_learning_moves_both_models_lowers_the_loss_and_resumes_to_the_same_numbers()
    {
        var options = new EndToEndOptions
        {
            Epochs = 4,
            ExtractorRate = 1e-3,
            SegmentationRate = 1e-3,
            Gradients = new RetainedGradientOptions { MiniBatch = 4 },
        };
        var (whole, ended) = EndToEnd("whole", options);
        Assert.All(whole, e => Assert.Equal(2, e.Training.Examples)); // the third slide has no label
        Assert.True(Loss(whole[^1]) < Loss(whole[0]), $"{Loss(whole[0])} to {Loss(whole[^1])}");
        Assert.All(whole, e => Assert.True(Moved(e, "extractor") > 0 && Moved(e, "segmentation") > 0));
        Assert.True(Moved(whole[^1], "extractor") > Moved(whole[0], "extractor"));
        Assert.Equal((4, 3), (ended.Epochs, ended.BestEpoch)); // nothing validates: the last one is kept
        _ = EndToEnd("parts", options with { Epochs = 2 });
        var (resumed, _) = EndToEnd("parts", options);
        Assert.Equal(whole[2..].Select(Figures), resumed.Select(Figures));
        Assert.Equal(5, File.ReadLines(Path.Combine(folder, "parts", "metrics.csv")).Count());

        static double Loss(EpochRow row) => row.Training.Value.Total;
        static double Moved(EpochRow row, string model) => row.Further.Single(f => f.Name == $"{model}_moved").Value;
        static (double, double, double) Figures(EpochRow row) =>
            (Loss(row), Moved(row, "extractor"), Moved(row, "segmentation"));
    }

    [Fact]
    public void End_to_end_learning_judges_validation_maps_and_keeps_the_epoch_that_was_best()
    {
        // What validates is labeled the other way round: the better the training goes, the worse it becomes.
        var options = new EndToEndOptions
        {
            Epochs = 12,
            ExtractorRate = 1e-3,
            SegmentationRate = 1e-2,
            Gradients = new RetainedGradientOptions { MiniBatch = 4 },
        };
        var against = new Mislabeled(MemoryPatches.Rectangle(3, 2, Side, (x, _) => x % 2));
        var (rows, outcome) = EndToEnd("judged", options, against);
        Assert.All(rows, r => Assert.True(r.Validation!.Loss.Total > 0));
        Assert.Equal(12, outcome.Epochs);
        Assert.Equal(rows.MinBy(r => r.Validation!.Loss.Total)!.Epoch, outcome.BestEpoch);
        Assert.True(
            outcome.BestEpoch < 11,
            string.Join(' ', rows.Select(r => (r.Training.Value.Total, r.Validation!.Loss.Total)))
        );
        // As an earlier end of the same training leaves it.
        _ = EndToEnd("stopped", options with { Epochs = outcome.BestEpoch + 1 });
        byte[] Best(string name) => File.ReadAllBytes(Path.Combine(folder, name, "best.safetensors"));
        Assert.Equal(Best("stopped"), Best("judged"));
    }

    /// <summary>On three slides, the last without a label.</summary>
    private (List<EpochRow> Rows, FitOutcome Outcome) EndToEnd(
        string name,
        EndToEndOptions how,
        params ISlidePatches[] validation
    )
    {
        MemoryPatches[] slides =
        [
            .. new[] { 0, 1, 2 }.Select(n =>
                MemoryPatches.Rectangle(3, 2, Side, (x, y) => n == 2 ? GridPatch.NoLabel : (x + n) % 2)
            ),
        ];
        TorchRuntime.Seed(5);
        using var extractor = Extractor();
        using var segmentation = new SegmentationModel(Shape);
        var task = new EndToEndTask(extractor, segmentation, slides, Side, new FeatureMapOptions { Side = 8 })
        {
            Validation = validation,
        };
        var told = new Silent();
        var outcome = new EndToEndLearning(task, how, seed: 2).Run(new RunFolder(Path.Combine(folder, name)), told);
        return (told.Rows, outcome);
    }

    internal static FeatureExtractorOptions Small =>
        new()
        {
            Kind = MobileNetV1.Kind,
            Width = 0.25,
            Features = 4,
        };

    private static FeatureExtractor Extractor() => new(Small, 0);

    internal static SlideFeatures Pattern(int number)
    {
        var random = new Random(number);
        var bright = Enumerable.Range(0, 36).Select(_ => random.Next(2)).ToArray();
        GridPatch[] patches =
        [
            .. bright.Select((_, i) => new GridPatch(i % 6, i / 6, i % 6 == 0 ? GridPatch.NoLabel : bright[i - 1])),
        ];
        Half[] vectors =
        [
            .. bright.SelectMany(b => (Half[])[(Half)b, (Half)(1 - b), (Half)0.5, (Half)random.NextDouble()]),
        ];
        return new SlideFeatures($"slide {number}", patches, vectors);
    }

    /// <summary>A slide whose tumor is labeled normal, and the other way round.</summary>
    private sealed class Mislabeled(MemoryPatches slide) : ISlidePatches
    {
        public string Name => slide.Name;

        public IReadOnlyList<GridPatch> Patches { get; } =
        [.. slide.Patches.Select(p => p with { Label = 1 - p.Label })];

        public IEnumerable<WindowBatch> Read(IReadOnlyList<int[]> miniBatches) => slide.Read(miniBatches);
    }

    internal sealed class Silent : ITrainingProgress
    {
        internal List<EpochRow> Rows { get; } = [];

        public void Step(int epoch, int step, int steps, MeanLoss soFar) { }

        public void Epoch(EpochRow row, RunState state) => Rows.Add(row);
    }
}
