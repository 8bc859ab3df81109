using Coverslip.Learning.Shards;

namespace Coverslip.Learning.Tests.Shards;

/// <summary>How slides are divided among calls.</summary>
public sealed class ShardPlanTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Shares_cost_the_same_and_not_only_hold_as_many_slides()
    {
        // By count a.tif and b.tif, the two large ones, would be one share of three.
        var plan = ShardPlan.Balance([("a", 90), ("b", 80), ("c", 1), ("d", 40), ("e", 30), ("f", 20)], 3);
        Assert.Equal([1, 2, 2, 3, 3, 3], plan.Slides.Select(s => s.Shard));
        double[] loads = [.. plan.Slides.GroupBy(s => s.Shard).Select(g => g.Sum(s => s.Cost)).Order()];
        Assert.Equal([81, 90, 90], loads);
    }

    [Fact]
    public void The_order_of_the_slides_decides_nothing()
    {
        (string, double)[] slides = [.. Enumerable.Range(0, 50).Select(i => ($"{i}", (double)(i * 7 % 10)))];
        var (there, back) = (ShardPlan.Balance(slides, 4), ShardPlan.Balance([.. slides.Reverse()], 4));
        Assert.Equal(there.Slides, back.Slides.Reverse());
    }

    [Fact]
    public void The_first_call_makes_the_plan_and_all_others_read_it()
    {
        string[] slides = ["c", "a", "b"];
        var first = Of(slides, 2, [1, 2.5, 3]);
        Assert.Equal(first.Slides, Of(["a", "b", "c"], 2, null).Slides);
        Assert.Equal(["c", "a"], first.Of(new Shard(2, 2)));
        Assert.Equal(["b"], first.Of(new Shard(1, 2)));
    }

    [Theory]
    [InlineData("a,b,c", 3, "into 2 shares, and 3 are asked for")]
    [InlineData("a,b,c,d", 2, "without d, which is given now")]
    [InlineData("a,b", 2, "with c, which is not given now")]
    public void A_folder_that_was_divided_otherwise_is_refused(string slides, int count, string message)
    {
        _ = Of(["a", "b", "c"], 2, [1, 1, 1]);
        var error = Assert.Throws<InvalidDataException>(() => Of(slides.Split(','), count, null));
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("1/1", true)]
    [InlineData("8/8", true)]
    [InlineData("9/8", false)]
    [InlineData("0/8", false)]
    [InlineData("1/0", false)]
    [InlineData("-1/8", false)]
    [InlineData("1", false)]
    [InlineData("1/2/3", false)]
    [InlineData("1/100001", false)]
    public void A_share_is_one_of_those_there_are(string text, bool valid) =>
        Assert.Equal(valid ? text : null, Shard.Parse(text)?.ToString());

    private ShardPlan Of(string[] slides, int count, double[]? costs) =>
        ShardPlan.Of(folder, slides, count, () => costs!, TestContext.Current.CancellationToken);
}
