using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>
/// How tissue varies over a slide, in microns: where fibres run, where nuclei lie close. Normal tissue has a capsule, a
/// pale rim beneath it and follicles; tumor has strands of the same fibres. Both reach the same mean cover of nuclei
/// and the same mean of either dye, so that it takes the nuclei's size and distance to tell them apart.
/// </summary>
internal sealed class TissuePattern
{
    private const float Capsule = 16; // microns
    private const float Sinus = 34;
    private const float FollicleGrid = 420;
    private readonly ulong seed;
    private readonly double hardness;
    private readonly ValueNoise strands;
    private readonly ValueNoise closeness;
    private readonly ValueNoise clouds;

    public TissuePattern(int slideSeed, double hardness)
    {
        this.hardness = hardness;
        seed = SeededRandom.For(slideSeed, 320).Next();
        strands = new ValueNoise(SeededRandom.For(slideSeed, 321));
        closeness = new ValueNoise(SeededRandom.For(slideSeed, 322));
        clouds = new ValueNoise(SeededRandom.For(slideSeed, 323));
    }

    /// <summary>The share of lattice places that hold a nucleus.</summary>
    public float Normal(float x, float y, float depth)
    {
        if (depth < Capsule)
            return 0.12f;
        if (depth < Sinus)
            return 0.35f;
        var follicle = Follicle(x, y, out var germinal);
        return germinal
            ? 0
            : 0.80f * (1 - Strand(x, y)) * (0.78f + (0.44f * closeness.At(x / 130, y / 130))) * follicle;
    }

    /// <summary>
    /// The share of places of large nuclei that are no tumor: in the middle of follicles, as in germinal centers.
    /// </summary>
    public float Germinal(float x, float y, float depth)
    {
        if (depth < Sinus)
            return 0;
        var follicle = Follicle(x, y, out var germinal);
        return germinal ? 0.80f * (1 - Strand(x, y)) * follicle : 0;
    }

    /// <summary>The same for tumor.</summary>
    public float Tumor(float x, float y) =>
        0.785f * (1 - Strand(x, y)) * (0.78f + (0.44f * closeness.At((x / 90) + 23, (y / 90) + 41)));

    /// <summary>The pink dye of the background.</summary>
    public float Eosin(float x, float y, float depth)
    {
        var cloud = 0.19f + (0.40f * clouds.Rough(x / 45, y / 45)) + (0.5f * Strand(x, y));
        return depth < Capsule ? 0.75f + (0.3f * cloud)
            : depth < Sinus ? 0.6f * cloud
            : cloud;
    }

    /// <summary>How thick the section is, about 1.</summary>
    public float Thickness(float x, float y) => 0.74f + (0.52f * clouds.Rough((x / 260) + 9, (y / 260) + 31));

    /// <summary>0 to 1 along bands of fibres, about 10 µm wide.</summary>
    private float Strand(float x, float y)
    {
        var off = MathF.Abs(strands.Rough(x / 150, y / 150) - 0.5f);
        return Math.Clamp(1.6f - (off / 0.022f), 0, 1);
    }

    /// <summary>Round groups: a pale middle with a dense rim.</summary>
    private float Follicle(float x, float y, out bool germinal)
    {
        germinal = false;
        var (column, row) = ((int)MathF.Floor(x / FollicleGrid), (int)MathF.Floor(y / FollicleGrid));
        var bits = SeededRandom.Mix(seed ^ SeededRandom.Mix(((ulong)(uint)column << 32) | (uint)row));
        if ((bits & 3) == 0)
            return 1;
        var radius = 90 + (60 * Part(bits, 8));
        var slack = FollicleGrid - (2 * radius);
        var (cx, cy) = (
            (column * FollicleGrid) + radius + (slack * Part(bits, 24)),
            (row * FollicleGrid) + radius + (slack * Part(bits, 40))
        );
        var out2 = (((x - cx) * (x - cx)) + ((y - cy) * (y - cy))) / (radius * radius);
        germinal = out2 < 0.5f && (bits >> 56) < 256 * hardness;
        return out2 < 0.5f ? 0.72f
            : out2 < 1 ? 1.22f
            : 1;
    }

    private static float Part(ulong bits, int shift) => ((bits >> shift) & 0xFFFF) * (1f / 65536);
}
