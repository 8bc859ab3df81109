using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>
/// Smooth noise: random values on a lattice, blended between. The same seed gives the same field everywhere.
/// </summary>
internal sealed class ValueNoise
{
    private const int Side = 64;
    private readonly float[] lattice = new float[Side * Side];

    public ValueNoise(SeededRandom random)
    {
        for (var i = 0; i < lattice.Length; i++)
            lattice[i] = (float)random.Unit();
    }

    /// <summary>In [0, 1); the lattice's step is 1, it repeats after 64.</summary>
    public float At(float x, float y)
    {
        // Far from zero on the positive side, so that truncation is the floor.
        var (sx, sy) = (x + 4096, y + 4096);
        var (ix, iy) = ((int)sx, (int)sy);
        var (fx, fy) = (sx - ix, sy - iy);
        fx = fx * fx * (3 - (2 * fx));
        fy = fy * fy * (3 - (2 * fy));
        var top = (iy & (Side - 1)) * Side;
        var bottom = ((iy + 1) & (Side - 1)) * Side;
        var (left, right) = (ix & (Side - 1), (ix + 1) & (Side - 1));
        var above = lattice[top + left] + (fx * (lattice[top + right] - lattice[top + left]));
        var below = lattice[bottom + left] + (fx * (lattice[bottom + right] - lattice[bottom + left]));
        return above + (fy * (below - above));
    }

    /// <summary>Two octaves, in [0, 1).</summary>
    public float Rough(float x, float y) => (0.7f * At(x, y)) + (0.3f * At((2.1f * x) + 17, (2.1f * y) + 5));
}
