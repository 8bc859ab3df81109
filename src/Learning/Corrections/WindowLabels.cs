using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Corrections;

/// <summary>
/// Which windows of a slide its regions say something of: a window is of the class that covers at least half of it. A region
/// too small or too thin for that gives its class to the window of which it covers most. A window that two classes claim so is
/// used for none.
/// </summary>
/// <param name="ClassOf">Place of the class, by the window's key.</param>
/// <param name="Contradicted">Windows that two classes claim.</param>
internal sealed record WindowLabels(IReadOnlyDictionary<long, int> ClassOf, int Contradicted)
{
    private const double Least = 0.5;

    internal static WindowLabels Of(TissuePatches windows, AnnotationSet regions, IReadOnlyList<string> classes)
    {
        var claims = new Dictionary<long, HashSet<int>>();
        foreach (var (place, name) in classes.Index())
        {
            Claim(windows, regions.Region(name), place, claims);
            foreach (var drawn in regions.Annotations.Where(a => a.IsArea && a.CutFrom is null && a.Class == name))
            {
                var region = PolygonRegion.Of(drawn.Areas);
                long[] touched = [.. windows.Touching(region.Box)];
                if (region.IsEmpty || touched.Any(key => IsOf(claims, key, place) && Share(windows, region, key) > 0))
                    continue;
                Add(claims, touched.MaxBy(key => Share(windows, region, key)), place);
            }
        }
        return new WindowLabels(
            claims.Where(c => c.Value.Count == 1).ToDictionary(c => c.Key, c => c.Value.First()),
            claims.Count(c => c.Value.Count > 1)
        );
    }

    /// <summary>The part of a window, as far as it lies on the slide, that a region covers.</summary>
    internal static double Share(TissuePatches windows, PolygonRegion region, long key) =>
        region.ShareOf(windows.Area(key));

    private static void Claim(
        TissuePatches windows,
        PolygonRegion region,
        int place,
        Dictionary<long, HashSet<int>> claims
    )
    {
        if (region.IsEmpty)
            return;
        foreach (var key in windows.Touching(region.Box))
            if (Share(windows, region, key) >= Least)
                Add(claims, key, place);
    }

    private static bool IsOf(Dictionary<long, HashSet<int>> claims, long key, int place) =>
        claims.TryGetValue(key, out var classes) && classes.Contains(place);

    private static void Add(Dictionary<long, HashSet<int>> claims, long key, int place)
    {
        if (!claims.TryGetValue(key, out var classes))
            claims[key] = classes = [];
        classes.Add(place);
    }
}
