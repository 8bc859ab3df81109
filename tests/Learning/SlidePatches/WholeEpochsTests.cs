using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>Epochs of all patches, of sources that are only counts.</summary>
public sealed class WholeEpochsTests
{
    private static readonly PatchSource[] Slides =
    [
        new Counted("a", 5, 2),
        new Counted("b", 40, 0),
        new Counted("c", 0, 7),
    ];

    [Fact]
    public void Every_patch_comes_once_an_epoch_in_an_order_of_the_epochs_own()
    {
        var whole = new WholeEpochs(Slides, equal: false, seed: 3);
        Assert.Equal((54, 45, 9), (whole.Count, whole.Patches[0], whole.Patches[1]));
        var first = Epoch(whole, 0);
        Assert.Equal(54, first.Distinct().Count());
        Assert.Equal(whole.All.Select(Name).Order(), first.Order());
        Assert.NotEqual(first, Epoch(whole, 1));
        Assert.Equal(first, Epoch(new WholeEpochs(Slides, equal: false, seed: 3), 0));
        Assert.NotEqual(first, Epoch(new WholeEpochs(Slides, equal: false, seed: 4), 0));
    }

    [Fact]
    public void Equal_epochs_hold_the_rarer_class_whole_and_as_many_of_the_other_drawn_anew()
    {
        var equal = new WholeEpochs(Slides, equal: true, seed: 3);
        Assert.Equal(18, equal.Count);
        var (first, second) = (Epoch(equal, 0), Epoch(equal, 1));
        foreach (var epoch in (string[][])[first, second])
        {
            Assert.Equal(9, epoch.Where(p => p.Contains(" 1 ")).Distinct().Count());
            Assert.Equal(9, epoch.Where(p => p.Contains(" 0 ")).Distinct().Count());
        }
        Assert.NotEqual(first.Order(), second.Order());
    }

    private static string[] Epoch(WholeEpochs whole, int epoch)
    {
        var of = whole.Epoch(epoch);
        return [.. Enumerable.Range(0, whole.Count).Select(n => Name(of(n)))];
    }

    private static string Name(DrawnPatch patch) => $"{patch.Source.Name} {patch.Label} {patch.Index}";
}
