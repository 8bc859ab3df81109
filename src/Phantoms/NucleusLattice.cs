using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>
/// Nuclei of one kind of tissue, everywhere on a slide: a hexagonal lattice, each cell's nucleus moved, turned, sized
/// and stained by the cell's own draw, so that any window shows the same nuclei as its neighbors.
/// </summary>
/// <param name="seed">Of the slide and the kind.</param>
/// <param name="spacing">Between neighbors, pixels.</param>
/// <param name="radius">Mean, pixels.</param>
/// <param name="variation">By how much a radius differs at most, as a share.</param>
internal sealed class NucleusLattice(ulong seed, double spacing, double radius, double variation)
{
    private readonly float rowHeight = (float)(0.8660254 * spacing);
    private readonly float step = (float)spacing;

    /// <summary>Pixels from a nucleus' center within which all of it lies.</summary>
    public int Reach { get; } = (int)Math.Ceiling(radius * (1 + variation) * 1.35) + 1;

    /// <summary>All nuclei that may touch a window, with a number in [0, 1) to thin them out by.</summary>
    public void Visit(int left, int top, int width, int height, Action<Nucleus, float> visit)
    {
        var margin = Reach + (0.5f * step);
        var firstRow = (int)Math.Floor((top - margin) / rowHeight);
        var lastRow = (int)Math.Ceiling((top + height + margin) / rowHeight);
        var firstColumn = (int)Math.Floor((left - margin) / step) - 1;
        var lastColumn = (int)Math.Ceiling((left + width + margin) / step);
        for (var row = firstRow; row <= lastRow; row++)
        {
            for (var column = firstColumn; column <= lastColumn; column++)
                visit(Draw(column, row, out var chance), chance);
        }
    }

    private Nucleus Draw(int column, int row, out float chance)
    {
        var first = SeededRandom.Mix(seed ^ SeededRandom.Mix(((ulong)(uint)column << 32) | (uint)row));
        var second = SeededRandom.Mix(first + 0x9E3779B97F4A7C15UL);
        chance = Part(first, 0);
        var x = (column + ((row & 1) * 0.5f) + (0.52f * (Part(first, 16) - 0.5f))) * step;
        var y = (row * rowHeight) + (0.52f * (Part(first, 32) - 0.5f) * step);
        var size = (float)(radius * (1 + (variation * ((2 * Part(first, 48)) - 1))));
        var stretch = 1.03f + (0.25f * Part(second, 0));
        var (ax, ay) = (Part(second, 16) - 0.5f, Part(second, 32) - 0.5f);
        var length = MathF.Sqrt((ax * ax) + (ay * ay)) + 1e-6f;
        var stain = 0.85f + (0.3f * Part(second, 48));
        return new Nucleus(x, y, size * stretch, size / stretch, ax / length, ay / length, stain);
    }

    private static float Part(ulong bits, int shift) => ((bits >> shift) & 0xFFFF) * (1f / 65536);
}
