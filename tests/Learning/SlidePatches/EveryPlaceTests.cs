using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>An epoch of all places, of sources that are only counts.</summary>
public sealed class EveryPlaceTests
{
    // A source without any place, and one without places of the first class, stand between others.
    private static readonly PatchSource[] Slides =
    [
        new Counted("a", 5, 2),
        new Counted("none", 0, 0),
        new Counted("b", 0, 3),
        new Counted("c", 7, 0),
    ];

    [Fact]
    public void Every_place_comes_once_an_epoch_in_an_order_of_its_own()
    {
        var all = new EveryPlace(Slides, classes: 2, batch: 4, seed: 1);
        Assert.Equal(16, all.PerEpoch); // 17 places in batches of 4: one would be alone
        Assert.Equal([12, 5], all.ClassShares);

        var (first, second) = (Epoch(all, 0), Epoch(all, 1));
        Assert.Equal(16, first.Distinct().Count());
        Assert.All(first, p => Assert.InRange(p.Index, 0, p.Source.Count(p.Label) - 1));
        Assert.NotEqual(first, second);
        Assert.Equal(first, Epoch(all, 0));
        Assert.NotEqual(first, Epoch(new EveryPlace(Slides, 2, 4, seed: 2), 0));

        var whole = new EveryPlace(Slides, classes: 2, batch: 5, seed: 1); // three batches of five and one of two
        Assert.Equal(17, Epoch(whole, 3).Distinct().Count());
    }

    [Fact]
    public void Too_many_and_too_few_places_are_refused_with_the_way_out()
    {
        var many = Assert.Throws<InvalidDataException>(() =>
            new EveryPlace([new Counted("a", int.MaxValue, 1)], 2, 4, seed: 1)
        );
        Assert.Contains(
            "have 2,147,483,648 places; an epoch takes 2 to 500,000,000: write how many are drawn",
            many.Message
        );
        Assert.Throws<InvalidDataException>(() => new EveryPlace([new Counted("a", 1, 0)], 2, 4, seed: 1));
    }

    private static DrawnPatch[] Epoch(EveryPlace all, int epoch) =>
        [.. Enumerable.Range(0, (int)all.PerEpoch).Select(n => all.Draw(epoch, n, new SeededRandom(n)))];

    private sealed class Counted(string name, params int[] counts) : PatchSource(name, name)
    {
        public override int Count(int label) => counts[label];

        public override void Read(int label, int index, ImageChange change, PatchTarget target) =>
            throw new NotSupportedException();
    }
}
