using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Methods;
using Coverslip.Tests;

namespace Coverslip.Learning.Tests.Loop;

/// <summary>Patience in examples, whatever the length of an epoch.</summary>
public sealed class PatienceTests
{
    [Theory]
    [InlineData(0, 7, 1000L, 7)] // in epochs
    [InlineData(0, 7, null, 7)]
    [InlineData(4000, 7, 1000L, 4)] // in examples, which epochs are not to fall short of
    [InlineData(4001, 7, 1000L, 5)]
    [InlineData(10, 7, 1000L, 1)]
    [InlineData(4000, 7, null, 0)] // nobody knows yet how long an epoch is
    public void Examples_become_whole_epochs(int examples, int epochs, long? perEpoch, int expected) =>
        Assert.Equal(
            expected,
            new TrainingOptions { Patience = epochs, PatienceExamples = examples }.PatienceIn(perEpoch)
        );

    [Theory]
    [InlineData(null)]
    [InlineData("100000")]
    [InlineData("1000")]
    public void Published_tumor_detection_waits_for_two_halvings_of_its_rate(string? examples)
    {
        var text = File.ReadAllText(Path.Combine(TestData.Root, "recipes", "tumor-detection.yaml"));
        if (examples is not null)
            text = text.Replace("examples: 65536", $"examples: {examples}", StringComparison.Ordinal);
        var recipe = (INetworkRecipe)Known.Methods.Parse(text, "tumor-detection.yaml");
        var (training, perEpoch) = (recipe.Training, recipe.KnownEpoch!.Value);
        Assert.Equal((2_000_000, 4_000_000), (training.EveryExamples, training.PatienceExamples));
        var patience = training.PatienceIn(perEpoch);
        Assert.InRange(patience * perEpoch, 2L * training.EveryExamples, (2L * training.EveryExamples) + perEpoch - 1);
        // From whichever epoch is the best, the rate is halved twice before training ends without a better one.
        var rate = new LearningRate(training, perEpoch);
        for (var best = 0; best < patience; best += 1 + (patience / 50))
            Assert.True(
                rate.At(training.Rate, best + patience) <= rate.At(training.Rate, best) / 4,
                $"after epoch {best}"
            );
    }
}
