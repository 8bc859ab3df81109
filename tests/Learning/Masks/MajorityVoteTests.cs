using Coverslip.Learning.Masks;
using Coverslip.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace Coverslip.Learning.Tests.Masks;

[Collection("tensors of masks")]
public sealed class MajorityVoteTests
{
    [Fact]
    public void One_scatter_equals_a_loop_over_superpixels()
    {
        var cases =
            from superpixels in Gen.Choose(1, 12)
            from labels in Gen.Choose(1, 9)
            from pixels in Gen.ListOf(
                Gen.Choose(0, superpixels - 1).SelectMany(s => Gen.Choose(0, labels - 1).Select(l => (S: s, L: l)))
            )
            where pixels.Count > 0
            select (superpixels, labels, pixels);
        Prop.ForAll(
                cases.ToArbitrary(),
                c =>
                {
                    var before = Tensor.Live;
                    using (new TensorScope())
                    {
                        var vote = new MajorityVote(Tensor.From([.. c.pixels.Select(p => (long)p.S)]), c.superpixels);
                        var result = vote.Count(Tensor.From([.. c.pixels.Select(p => (long)p.L)]), c.labels);
                        var winners = Enumerable.Range(0, c.superpixels).Select(s => Winner(c.pixels, s)).ToArray();
                        Assert.Equal(c.pixels.Select(p => (long)winners[p.S]), result.Target.ToArray<long>());
                        Assert.Equal(
                            Enumerable.Range(0, c.labels).Select(l => (long)winners.Count(w => w == l)),
                            result.Superpixels.ToArray<long>()
                        );
                        Assert.Equal(
                            Enumerable.Range(0, c.labels).Select(l => (long)c.pixels.Count(p => p.L == l)),
                            result.Pixels.ToArray<long>()
                        );
                    }
                    Assert.Equal(before, Tensor.Live);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static int Winner(IList<(int S, int L)> pixels, int superpixel)
    {
        var counts = new SortedDictionary<int, int>();
        foreach (var (s, label) in pixels)
            if (s == superpixel)
                counts[label] = counts.GetValueOrDefault(label) + 1;
        return counts.Count == 0 ? 0 : counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).First().Key;
    }
}
