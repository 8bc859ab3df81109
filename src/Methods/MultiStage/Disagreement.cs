using Coverslip.Slides.Geometry;

namespace Coverslip.Methods.MultiStage;

/// <summary>Where models say different things of a slide's patches.</summary>
internal static class Disagreement
{
    /// <summary>Patches to a side of what is enlarged.</summary>
    private const int Side = 7;
    private const int Most = 2;

    /// <summary>Probabilities this near are no disagreement.</summary>
    private const double Least = 0.25;

    /// <summary>
    /// Squares in pixels of level 0 around the patches of which the highest and the lowest probability lie furthest apart, of
    /// equal ones the first; apart from each other, two at most. None of a single model, or where all agree.
    /// </summary>
    internal static IReadOnlyList<Rectangle> Places(IReadOnlyList<TabledPatches> models)
    {
        var said = new Dictionary<(double X, double Y), (double Low, double High)>();
        foreach (var model in models)
        foreach (var (patch, probability) in model.Patches)
        {
            var (x, y) = model.Middle(patch);
            var at = (Math.Round(x), Math.Round(y)); // tables of other models begin at other patches
            var (low, high) = said.GetValueOrDefault(at, (probability, probability));
            said[at] = (Math.Min(low, probability), Math.Max(high, probability));
        }
        if (said.Count == 0)
            return [];
        var patchSize = models.First(m => m.Patches.Count > 0).First;
        var (width, height) = (Side * patchSize.Width, Side * patchSize.Height);
        var chosen = new List<Rectangle>();
        foreach (var ((x, y), (lowest, highest)) in said.OrderByDescending(s => s.Value.High - s.Value.Low))
        {
            if (highest - lowest < Least || chosen.Count == Most)
                break;
            var place = new Rectangle(x - (width / 2), y - (height / 2), width, height);
            if (!chosen.Exists(c => Math.Abs(c.X - place.X) < width && Math.Abs(c.Y - place.Y) < height))
                chosen.Add(place);
        }
        return chosen;
    }
}
