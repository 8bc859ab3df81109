namespace Coverslip.Slides.Phantoms;

/// <summary>
/// SplitMix64 (Steele, Lea &amp; Flood 2014): the same numbers for the same seed on every machine and .NET version,
/// which
/// <see cref="Random"/> does not promise. Only additions, multiplications and shifts, no library functions.
/// </summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong state = seed;

    /// <summary>An independent stream for one part of a larger thing.</summary>
    public static SeededRandom For(int seed, int part, int item = 0) =>
        new(Mix((ulong)(uint)seed << 32 | (uint)part) ^ Mix(0x9E3779B97F4A7C15UL + (uint)item));

    public ulong NextBits()
    {
        state += 0x9E3779B97F4A7C15UL;
        return Mix(state);
    }

    /// <summary>In [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + ((high - low) * Next());

    /// <summary>In [0, <paramref name="count"/>).</summary>
    public int Below(int count) => (int)(Next() * count);

    /// <summary>About normal with mean 0 and variance 1: the sum of four uniform numbers, never beyond ±3.5.</summary>
    public double Normal() => (Next() + Next() + Next() + Next() - 2) * 1.7320508075688772;

    /// <summary>A direction, by rejection: no sine, whose last bit differs between machines.</summary>
    public (double X, double Y) Direction()
    {
        while (true)
        {
            var (x, y) = (Between(-1, 1), Between(-1, 1));
            var square = (x * x) + (y * y);
            if (square is > 1 or < 0.01)
                continue;
            var length = Math.Sqrt(square);
            return (x / length, y / length);
        }
    }

    public void Shuffle<T>(T[] items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
