using Coverslip.Files;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>How often is drawn what, of sources that are only counts.</summary>
public sealed class BalancedSamplerTests
{
    private const int Draws = 40_000;

    [Fact]
    public void Classes_then_slides_then_patches_are_drawn_alike()
    {
        // Patches lie unevenly; the third slide has no tumor.
        Counted[] slides = [new("a", 5, 2), new("b", 400, 30), new("c", 60, 0)];
        var sampler = new BalancedSampler(slides, ["normal", "tumor"], "training");
        var counts = new Dictionary<(string, int, int), int>();
        var random = new SeededRandom(5);
        for (var i = 0; i < Draws; i++)
        {
            var drawn = sampler.Draw(random);
            var key = (drawn.Source.Name, drawn.Label, drawn.Index);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        double Sum(Func<(string Name, int Label, int Index), bool> of) =>
            counts.Where(c => of((c.Key.Item1, c.Key.Item2, c.Key.Item3))).Sum(c => c.Value);
        Near(Draws / 2.0, Sum(d => d.Label == 1));
        foreach (var slide in slides)
            Near(Draws / 6.0, Sum(d => d.Label == 0 && d.Name == slide.Name));
        Near(Draws / 4.0, Sum(d => d.Label == 1 && d.Name == "a"));
        Near(Draws / 4.0, Sum(d => d.Label == 1 && d.Name == "b"));
        Assert.Equal(0, Sum(d => d.Label == 1 && d.Name == "c"));
        // Within a slide: chi square of 400 places, mean 399, deviation 28.
        var expected = Draws / 6.0 / 400;
        var chi = Enumerable
            .Range(0, 400)
            .Sum(i => Math.Pow(counts.GetValueOrDefault(("b", 0, i)) - expected, 2) / expected);
        Assert.InRange(chi, 399 - 120, 399 + 120);
    }

    [Fact]
    public void A_class_without_any_patch_is_an_error_that_names_class_and_side()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            new BalancedSampler([new Counted("a", 5, 0), new Counted("b", 7, 0)], ["normal", "tumor"], "validation")
        );
        Assert.Contains("the validation patients have no patch of class tumor on 2 slides", error.Message);
    }

    /// <summary>Within four deviations of a binomial count.</summary>
    private static void Near(double expected, double actual) =>
        Assert.InRange(actual, expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
}
