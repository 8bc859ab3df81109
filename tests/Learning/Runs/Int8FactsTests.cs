using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>What is said of a network over eight bits.</summary>
public sealed class Int8FactsTests
{
    [Theory]
    [InlineData(
        1.5,
        "1.50 times as fast as without --int8 on the machine that made it (8 images at a time, 2 threads)"
    )]
    [InlineData(
        0.74,
        "0.74 times as fast as without --int8 on the machine that made it (8 images at a time, 2 threads): slower, so that there only the smaller file speaks for it"
    )]
    [InlineData(null, null)]
    public void How_fast_it_is_is_said_where_it_was_measured(double? gain, string? words) =>
        Assert.Equal(words, Facts(gain, 6).SpeedWords);

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void More_than_one_in_a_hundred_of_another_class_do_not_agree(int changed, bool agrees) =>
        Assert.Equal(agrees, Facts(null, 1000, changed).Agrees);

    [Theory]
    [InlineData(1, "none of 1 leaves up to 95% possible")]
    [InlineData(2, "none of 2 leaves up to 78% possible")]
    [InlineData(99, "none of 99 leaves up to 3% possible")]
    public void None_of_few_leaves_a_share_possible_that_is_one(int examples, string words) =>
        Assert.Contains(words, Facts(null, examples).Words);

    private static Int8Facts Facts(double? gain, int examples, int changed = 0) =>
        new()
        {
            WeightsHash = "",
            FileHash = "",
            Convolutions = 1,
            InFloat32 = 0,
            Calibrated = examples,
            Ranges = "",
            Examples = examples,
            Changed = changed,
            MeanDifference = 0,
            TimesAsFast = gain,
            TimedImages = 8,
            TimedThreads = 2,
        };
}
