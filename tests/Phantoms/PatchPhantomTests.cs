using System.Security.Cryptography;

namespace Coverslip.Phantoms.Tests;

public sealed class PatchPhantomTests
{
    // Golden: a change of one bit in a patch, on any machine, changes these.
    [Theory]
    [InlineData(TumorPattern.Sheets, "F376039CE24B2DFB")]
    [InlineData(TumorPattern.Rosettes, "F13C7A3B60A43BCA")]
    public void The_same_seed_gives_the_same_bytes_on_every_machine(TumorPattern pattern, string expected)
    {
        var options = new PatchPhantomOptions
        {
            Pattern = pattern,
            Size = 96,
            StainSeed = 3,
        };
        using var patch = PatchPhantom.Paint(options, seed: 7);
        Assert.Equal(expected, Convert.ToHexString(SHA256.HashData(patch.Image.Pixels))[..16]);
    }

    [Fact]
    public void Seeds_differ_in_their_pixels()
    {
        using var first = PatchPhantom.Paint(new PatchPhantomOptions { Size = 64 }, seed: 1);
        using var other = PatchPhantom.Paint(new PatchPhantomOptions { Size = 64 }, seed: 2);
        Assert.False(first.Image.Pixels.SequenceEqual(other.Image.Pixels));
        Assert.NotEqual(first.Mask, other.Mask);
    }

    [Theory]
    [InlineData(48)]
    [InlineData(256)]
    [InlineData(768)]
    public void Every_size_holds_tumor_and_something_else(int size)
    {
        var options = new PatchPhantomOptions { Size = size, Pattern = TumorPattern.Rosettes };
        using var patch = PatchPhantom.Paint(options, seed: 5);
        Assert.Equal((size, size), (patch.Image.Width, patch.Image.Height));
        Assert.Equal(size * size, patch.Mask.Length);
        Assert.InRange(patch.Mask.Count(value => value == 255) / (double)(size * size), 0.25, 0.66);
        for (var i = 0; i < patch.Mask.Length; i++)
            Assert.Equal(patch.Regions[i] == TissueKind.Tumor ? 255 : 0, patch.Mask[i]);
    }

    [Fact]
    public void Tumor_passes_the_published_rules_and_nothing_else_does()
    {
        var passed = Enum.GetValues<TissueKind>().ToDictionary(kind => kind, _ => 0);
        var judged = Enum.GetValues<TissueKind>().ToDictionary(kind => kind, _ => 0);
        var red = 0;
        var smooth = 0;
        foreach (var patch in Cohort(seed: 1).Where((_, i) => i % 3 == 0))
        {
            using var painted = PatchPhantom.Paint(patch.Options, patch.Seed);
            foreach (var kind in judged.Keys)
            {
                var area = AreaColor.Of(painted, kind);
                if (area is null)
                    continue;
                judged[kind]++;
                if (area.Passes)
                    passed[kind]++;
                if (kind == TissueKind.Blood && area.Redness > 37)
                    red++;
                if (kind == TissueKind.Stroma && area.Deviation <= 35)
                    smooth++;
            }
        }
        Assert.All(judged.Values, count => Assert.True(count >= 40, $"only {count} areas"));
        var (pass, all) = (passed[TissueKind.Tumor], judged[TissueKind.Tumor]);
        Assert.True(pass >= 0.9 * all, $"{pass} of {all} tumors pass");
        Assert.Equal(judged[TissueKind.Blood], red);
        Assert.Equal(judged[TissueKind.Stroma], smooth);
        foreach (var kind in judged.Keys.Where(kind => kind != TissueKind.Tumor))
            Assert.Equal(0, passed[kind]);
    }

    [Fact]
    public void Both_patterns_have_the_same_colors_in_the_mean()
    {
        // The same seed paints the same layout and stain for both patterns; only the nuclei move.
        double[] difference = [0, 0, 0, 0];
        const int pairs = 40;
        for (var seed = 0; seed < pairs; seed++)
        {
            var options = new PatchPhantomOptions { StainSeed = seed };
            using var sheets = PatchPhantom.Paint(options, seed);
            using var rosettes = PatchPhantom.Paint(options with { Pattern = TumorPattern.Rosettes }, seed);
            Assert.Equal(sheets.Mask, rosettes.Mask);
            var (a, b) = (AreaColor.Of(sheets, TissueKind.Tumor)!, AreaColor.Of(rosettes, TissueKind.Tumor)!);
            difference[0] += (a.R - b.R) / pairs;
            difference[1] += (a.G - b.G) / pairs;
            difference[2] += (a.B - b.B) / pairs;
            difference[3] += (a.Deviation - b.Deviation) / pairs;
        }
        Assert.All(difference, value => Assert.InRange(value, -2.0, 2.0)); // patients differ by 30 and more
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Contains("Size is 20; it goes from 48 to 4096", Refused(new PatchPhantomOptions { Size = 20 }));
        Assert.Contains("NucleusRadius is 1", Refused(new PatchPhantomOptions { NucleusRadius = 1 }));
        Assert.Contains("StainLevel is NaN", Refused(new PatchPhantomOptions { StainLevel = double.NaN }));
        Assert.Contains("MostTumor is 0.2; it goes from 0.4", Refused(new PatchPhantomOptions { MostTumor = 0.2 }));
    }

    private static string Refused(PatchPhantomOptions options) =>
        Assert.Throws<ArgumentException>(() => PatchPhantom.Paint(options, 1)).Message;

    private static IReadOnlyList<PhantomCohortPatch> Cohort(int seed) =>
        PhantomCohort.Describe(new PhantomCohortOptions { Seed = seed });
}
