using Coverslip.Learning.Tests;
using Coverslip.Methods.MultiStage;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>The stages after the extractor by several ranks against one process.</summary>
[NoTensorLeaks]
public sealed class StageRanksTests : IDisposable
{
    private const int Side = 32;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Maps of different numbers of labeled cells, three to a step and one more.</summary>
    [Theory]
    [InlineData(nameof(MapLossKind.CrossEntropy), 2)]
    [InlineData(nameof(MapLossKind.Focal), 3)]
    public void Maps_give_the_losses_and_weights_of_one_process(string loss, int ranks)
    {
        var slides = Enumerable.Range(0, 7).Select(LearningTests.Pattern).ToArray();
        var maps = new FeatureMapOptions { Side = 8 };
        var options = new MapTrainingOptions
        {
            Epochs = 5,
            Batch = 3,
            Rate = 1e-3,
        };
        var steps = SeveralRanks.EqualOne(
            folder,
            ranks,
            run =>
            {
                using var model = SeveralRanks.Alike(() =>
                    new SegmentationModel(LearningTests.Shape)
                    {
                        Loss = new MapLoss { Kind = Enum.Parse<MapLossKind>(loss), TumorWeight = ranks },
                    }
                );
                var sets = (new MapSet(slides, maps), new MapSet(slides[..2], maps));
                return new MapTraining(model, options, sets, seed: 9).Run(run, new LearningTests.Silent());
            },
            share: 1e-4 // Adam divides small gradients by their own size
        );
        Assert.Equal(15, steps);
    }

    /// <summary>A slide of six patches in mini-batches of four: the third rank has none.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void End_to_end_gives_the_losses_and_weights_of_one_process(int ranks)
    {
        ISlidePatches[] slides =
        [
            .. Enumerable.Range(0, 2).Select(n => MemoryPatches.Rectangle(3, 2, Side, (x, y) => (x + n) % 2)),
        ];
        var how = new EndToEndOptions
        {
            Epochs = 3,
            ExtractorRate = 1e-4,
            SegmentationRate = 1e-4,
            Gradients = new RetainedGradientOptions { MiniBatch = 4 },
        };
        var steps = SeveralRanks.EqualOne(
            folder,
            ranks,
            run =>
            {
                var (extractor, segmentation) = SeveralRanks.Alike(() =>
                    (
                        new FeatureExtractor(LearningTests.Small with { Dropout = 0 }, 0),
                        new SegmentationModel(LearningTests.Shape)
                    )
                );
                using (extractor)
                using (segmentation)
                {
                    var task = new EndToEndTask(
                        extractor,
                        segmentation,
                        slides,
                        Side,
                        new FeatureMapOptions { Side = 8 }
                    )
                    {
                        Validation = slides[..1],
                    };
                    return new EndToEndLearning(task, how, seed: 2).Run(run, new LearningTests.Silent());
                }
            },
            share: 1e-4
        );
        Assert.Equal(6, steps);
    }
}
