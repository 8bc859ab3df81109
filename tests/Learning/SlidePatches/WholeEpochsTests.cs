using Coverslip.Files;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>Epochs of all patches, of sources that are only counts.</summary>
public sealed class WholeEpochsTests
{
    // A source without any patch, and ones without patches of a class, stand between others.
    private static readonly PatchSource[] Slides =
    [
        new Counted("a", 5, 2),
        new Counted("none", 0, 0),
        new Counted("b", 40, 0),
        new Counted("c", 0, 7),
    ];

    [Fact]
    public void Every_patch_comes_once_an_epoch_in_an_order_of_the_epochs_own()
    {
        var whole = new WholeEpochs(Slides, equal: false, batch: 9, seed: 3);
        Assert.Equal(54, whole.PerEpoch);
        Assert.Equal([45, 9], whole.ClassShares);
        var first = Epoch(whole, 0);
        Assert.Equal(54, first.Distinct().Count());
        Assert.Equal(whole.All.Select(Name).Order(), first.Order());
        Assert.NotEqual(first, Epoch(whole, 1));
        Assert.Equal(first, Epoch(whole, 0));
        Assert.Equal(first, Epoch(new WholeEpochs(Slides, equal: false, batch: 9, seed: 3), 0));
        Assert.NotEqual(first, Epoch(new WholeEpochs(Slides, equal: false, batch: 9, seed: 4), 0));
    }

    [Fact]
    public void A_single_patch_that_is_left_over_waits_for_another_epoch()
    {
        var whole = new WholeEpochs(Slides, equal: false, batch: 53, seed: 3);
        Assert.Equal(53, whole.PerEpoch);
        Assert.Equal(53, Epoch(whole, 0).Distinct().Count());
    }

    [Fact]
    public void Equal_epochs_hold_the_rarer_class_whole_and_as_many_of_the_other_drawn_anew()
    {
        var equal = new WholeEpochs(Slides, equal: true, batch: 9, seed: 3);
        Assert.Equal(18, equal.PerEpoch);
        Assert.Equal([0.5, 0.5], equal.ClassShares);
        var (first, second) = (Epoch(equal, 0), Epoch(equal, 1));
        foreach (var epoch in (string[][])[first, second])
        {
            Assert.Equal(9, epoch.Where(p => p.Contains(" 1 ")).Distinct().Count());
            Assert.Equal(9, epoch.Where(p => p.Contains(" 0 ")).Distinct().Count());
        }
        Assert.NotEqual(first.Order(), second.Order());
    }

    [Fact]
    public void Too_many_and_too_few_patches_are_refused_with_the_way_out()
    {
        var many = Assert.Throws<InvalidDataException>(() =>
            new WholeEpochs([new Counted("a", int.MaxValue, 1)], equal: false, batch: 4, seed: 1)
        );
        Assert.Contains("have 2,147,483,648; it takes 2 to 500,000,000: have them drawn", many.Message);
        Assert.Throws<InvalidDataException>(() =>
            new WholeEpochs([new Counted("a", 1, 0)], equal: false, batch: 4, seed: 1)
        );
    }

    private static string[] Epoch(WholeEpochs whole, int epoch) =>
        [.. Enumerable.Range(0, (int)whole.PerEpoch).Select(n => Name(whole.Draw(epoch, n, new SeededRandom(n))))];

    private static string Name(DrawnPatch patch) => $"{patch.Source.Name} {patch.Label} {patch.Index}";
}
