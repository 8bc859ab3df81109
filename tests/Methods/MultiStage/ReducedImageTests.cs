using Coverslip.Learning.Backbones;
using Coverslip.Learning.Loop;
using Coverslip.Methods.MultiStage;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>The slide's reduced image, and the segmentation model alone over it.</summary>
[NoTensorLeaks]
public sealed class ReducedImageTests
{
    private const int Cell = 4;

    [Fact]
    public void Pixels_of_patches_become_the_picture_again_patch_beside_patch()
    {
        var slide = MemoryPatches.Rectangle(3, 2, Cell, (x, _) => x % 2);
        var reduced = ReducedImage.Of(slide, (Cell, 4));
        Assert.Equal((6, 3 * Cell * Cell), (reduced.Patches.Count, reduced.Length));
        var layout = MapLayout.Of(slide.Patches, new FeatureMapOptions { Side = 4 });
        using var scope = new TensorScope();
        var picture = ReducedImage.Unfold(FeatureMap.Of(reduced.Placed(layout), layout), Cell);
        Assert.Equal([1, 3, 16, 16], picture.Shape);
        var values = picture.Contiguous().ToArray<float>();
        var pixels = slide
            .Read([
                [.. Enumerable.Range(0, 6)],
            ])
            .Single()
            .Pixels;
        for (var i = 0; i < layout.Placed.Count; i++)
        {
            var (row, column) = ((int)layout.Cells[i] / 4 * Cell, (int)layout.Cells[i] % 4 * Cell);
            for (var color = 0; color < 3; color++)
            for (var y = 0; y < Cell; y++)
            for (var x = 0; x < Cell; x++)
                Assert.Equal(
                    1 - (pixels[(((layout.Placed[i] * Cell * Cell) + (y * Cell) + x) * 4) + color] / 255f),
                    values[(color * 256) + ((row + y) * 16) + column + x],
                    1e-3f
                );
        }
        // Beyond the tissue it is as glass: the first row of patches is empty.
        Assert.All(values[..(Cell * 16)], v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_patch_is_as_probable_as_its_pixels_on_average()
    {
        using var scope = new TensorScope();
        var scores = Tensor.Rand([2, 2, 8, 12]) * 4.0;
        var patches = ReducedImage.OfPatches(scores, Cell).Softmax(1).ToArray<float>();
        var pixels = scores.Softmax(1).ToArray<float>();
        for (var map = 0; map < 2; map++)
        for (var row = 0; row < 2; row++)
        for (var column = 0; column < 3; column++)
        {
            var mean = 0.0;
            for (var i = 0; i < 16; i++)
                mean += pixels[(((map * 2) + 1) * 96) + (((row * 4) + (i / 4)) * 12) + (column * 4) + (i % 4)] / 16;
            Assert.Equal(mean, patches[(((map * 2) + 1) * 6) + (row * 3) + column], 1e-5);
        }
    }

    [Fact]
    public void The_segmentation_model_alone_learns_colors()
    {
        TorchRuntime.Seed(1);
        using var model = new SegmentationModel(
            new UNetOptions
            {
                Input = 3,
                Width = 4,
                Depth = 2,
            },
            cell: Cell
        );
        var slides = Enumerable
            .Range(0, 6)
            .Select(n => MemoryPatches.Rectangle(4, 4, Cell, (x, y) => (x + y + n) % 3 == 0 ? 1 : 0))
            .Select(s => ReducedImage.Of(s, (Cell, 8)))
            .ToArray();
        var folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
        var options = new MapTrainingOptions
        {
            Epochs = 40,
            Batch = 3,
            Rate = 1e-2,
        };
        var maps = new FeatureMapOptions { Side = 4 };
        var sets = (new MapSet(slides[..5], maps), new MapSet(slides[5..], maps));
        new MapTraining(model, options, sets, seed: 1).Run(new RunFolder(folder), new LearningTests.Silent());
        Directory.Delete(folder, recursive: true);
        var figures = PatchFigures.Of([SlidePrediction.Of(model, slides[5], maps, 4)]);
        Assert.True(figures.Accuracy > 0.9, $"{figures}");
    }
}
