using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Tests.Geometry;

/// <summary>Rings that tests draw.</summary>
internal static class Rings
{
    public static Ring Of(params double[] xy) =>
        new([.. Enumerable.Range(0, xy.Length / 2).Select(i => new Vertex(xy[2 * i], xy[(2 * i) + 1]))]);

    public static Ring Box(double x, double y, double width, double height) =>
        Of(x, y, x + width, y, x + width, y + height, x, y + height);

    /// <summary>Around a place, and never across itself.</summary>
    public static Ring Star(Random random, Vertex at, double least, double most)
    {
        var count = random.Next(3, 30);
        // Equal angles: an edge of a sharper star could pass its own center.
        return new Ring([
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var radius = least + (random.NextDouble() * (most - least));
                    var (sin, cos) = Math.SinCos(2 * Math.PI * i / count);
                    return new Vertex(at.X + (radius * cos), at.Y + (radius * sin));
                }),
        ]);
    }
}
