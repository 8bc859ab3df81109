using Coverslip.Learning.Backbones;
using Coverslip.Methods.MultiStage;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>
/// Retained gradients against plain backpropagation through both models at once, over the same mini-batches from the
/// same random state, which knows of no second pass.
/// </summary>
[NoTensorLeaks]
public sealed class RetainedGradientsTests
{
    private const int Side = 32;

    [Theory]
    [InlineData(DType.Float64, nameof(EndToEndStatistics.Batch), 0.4, 1e-9)]
    [InlineData(DType.Float64, nameof(EndToEndStatistics.Running), 0.4, 1e-9)]
    [InlineData(DType.Float32, nameof(EndToEndStatistics.Running), 0.4, 1e-4)]
    [InlineData(DType.Float32, nameof(EndToEndStatistics.Batch), 0.4, 1e-4)]
    public void Gradients_and_statistics_equal_plain_backpropagation(
        DType type,
        string words,
        double dropout,
        double share
    )
    {
        var statistics = Enum.Parse<EndToEndStatistics>(words);
        using var scope = new TensorScope();
        var slide = Slide();
        var layout = MapLayout.Of(slide.Patches, new FeatureMapOptions { Side = 8 });
        Assert.Equal((2, 0), (layout.Maps, layout.Protruding));
        var options = new RetainedGradientOptions { MiniBatch = 5, Statistics = statistics };
        int[] shuffled = [.. Enumerable.Range(0, slide.Patches.Count).OrderBy(i => i * 7 % slide.Patches.Count)];
        var batches = layout.MiniBatches(options.MiniBatch, shuffled);

        using var plain = new Models(type, dropout);
        TorchRuntime.Seed(11);
        var plainLoss = Backpropagate(plain, slide, layout, batches, statistics);
        var plainState = TorchRuntime.RandomState();

        using var retained = new Models(type, dropout);
        TorchRuntime.Seed(11);
        var outcome = new RetainedGradients(retained.Extractor, retained.Segmentation, options).Compute(
            slide,
            Side,
            layout,
            batches
        );
        Assert.Equal(plainLoss, outcome.Loss, share);
        Assert.True(outcome.Drift <= 1e-6, $"the second pass drifted by {outcome.Drift:g3}");
        Assert.Equal(plainState, TorchRuntime.RandomState());
        Assert.Equal([2, 2, 8, 8], outcome.Probabilities.Shape);

        var (worst, checkedTensors) = (0.0, 0);
        foreach (var (a, b) in plain.Stores.Zip(retained.Stores))
        {
            foreach (var ((path, wanted), (_, given)) in a.Parameters.Zip(b.Parameters))
            {
                var off = RelativeOff(wanted.Gradient!, given.Gradient!);
                Assert.True(off < share, $"{path}: off by {off:g3}, not {share:g3}");
                Assert.True(wanted.Gradient!.Norm().Item() > 0, $"{path} has no gradient to compare");
                (worst, checkedTensors) = (Math.Max(worst, off), checkedTensors + 1);
            }
            foreach (var ((path, wanted), (_, given)) in a.Buffers.Zip(b.Buffers))
                Assert.True(RelativeOff(wanted.To(DType.Float64), given.To(DType.Float64)) < 1e-6, path);
        }
        Console.Error.WriteLine($"MEASURED {type} {statistics} worst {worst:g3} of {checkedTensors} tensors");
        var tracked = retained.Extractor.Store.All.First(p => p.Path.EndsWith("tracked", StringComparison.Ordinal));
        Assert.Equal(statistics == EndToEndStatistics.Batch ? batches.Count : 0, tracked.Value.Item());
    }

    [Fact]
    public void Other_pixels_the_second_time_are_an_error_that_names_the_slide()
    {
        using var scope = new TensorScope();
        using var models = new Models(DType.Float32, 0);
        var drifting = new MemoryPatches(Slide().Patches, Side, "turning.svs") { Drifts = true };
        var layout = MapLayout.Of(drifting.Patches, new FeatureMapOptions { Side = 8 });
        var options = new RetainedGradientOptions { Statistics = EndToEndStatistics.Batch };
        var step = new RetainedGradients(models.Extractor, models.Segmentation, options);
        var error = Assert.Throws<InvalidOperationException>(() => step.Compute(drifting, Side, layout));
        Assert.Contains("turning.svs: its patches gave other features", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slide_without_a_label_is_an_error_and_no_patch_is_read()
    {
        using var scope = new TensorScope();
        using var models = new Models(DType.Float32, 0);
        var slide = MemoryPatches.Rectangle(3, 2, Side, (_, _) => GridPatch.NoLabel);
        var layout = MapLayout.Of(slide.Patches, new FeatureMapOptions { Side = 8 });
        var step = new RetainedGradients(models.Extractor, models.Segmentation, new RetainedGradientOptions());
        var error = Assert.Throws<InvalidOperationException>(() => step.Compute(slide, Side, layout));
        Assert.Contains("no patch on its maps has a label", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, slide.Reads);
    }

    /// <summary>A lump of 3 × 3 and one of 3 × 1 apart from it; a third of the cells have no label.</summary>
    private static MemoryPatches Slide()
    {
        var patches = new List<GridPatch>();
        for (var i = 0; i < 9; i++)
            patches.Add(new GridPatch(10 + i % 3, 20 + i / 3, i % 3 - 1));
        for (var i = 0; i < 3; i++)
            patches.Add(new GridPatch(30 + i, 21, i % 2));
        return new MemoryPatches(patches, Side);
    }

    private static double Backpropagate(
        Models models,
        MemoryPatches slide,
        MapLayout layout,
        IReadOnlyList<int[]> batches,
        EndToEndStatistics statistics
    )
    {
        var (extractor, segmentation) = (models.Extractor, models.Segmentation);
        extractor.Store.FixedStatistics = statistics == EndToEndStatistics.Running;
        var vectors = new Tensor[layout.Placed.Count];
        foreach (var (batch, pixels) in batches.Zip(slide.Read([.. batches.Select(b => Numbers(b, layout))])))
        {
            var features = extractor.Features(extractor.Images(pixels, Side));
            for (var i = 0; i < batch.Length; i++)
                vectors[batch[i]] = features.Select(0, i);
        }
        var scores = segmentation.Forward(FeatureMap.Of(Tensor.Stack(vectors, 0), layout));
        var loss = new MapLoss().Of(scores, FeatureMap.Labels(slide.Patches, layout, default));
        loss.Backward();
        return loss.Item();
    }

    private static int[] Numbers(int[] places, MapLayout layout) => [.. places.Select(p => layout.Placed[p])];

    private static double RelativeOff(Tensor wanted, Tensor given)
    {
        var (off, length) = ((given - wanted).Norm().Item(), wanted.Norm().Item());
        return length == 0 ? off : off / length;
    }

    /// <summary>Both models with weights of a formula; the same each time.</summary>
    private sealed class Models : IDisposable
    {
        internal Models(DType type, double dropout)
        {
            TorchRuntime.Seed(3);
            Extractor = new FeatureExtractor(new FeatureExtractorOptions { Dropout = dropout }, 0, type: type);
            var shape = new UNetOptions
            {
                Input = 16,
                Width = 16,
                Depth = 2,
                Dropout = dropout,
            };
            Segmentation = new SegmentationModel(shape, type: type);
        }

        internal FeatureExtractor Extractor { get; }

        internal SegmentationModel Segmentation { get; }

        internal ParameterStore[] Stores => [Extractor.Store, Segmentation.Store];

        public void Dispose()
        {
            Extractor.Dispose();
            Segmentation.Dispose();
        }
    }
}
