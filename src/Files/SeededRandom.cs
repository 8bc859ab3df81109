namespace Coverslip.Files;

/// <summary>
/// Random numbers that depend on the seed alone and not on machine or version of .NET, which <see cref="Random"/> does not
/// promise, so that a stored split, interval or phantom can be made again: SplitMix64 (Steele, Lea &amp; Flood 2014,
/// "Fast splittable pseudorandom number generators"). Only additions, multiplications, shifts and square roots.
/// </summary>
public sealed class SeededRandom
{
    private ulong state;

    private SeededRandom(ulong state) => this.state = state;

    /// <summary>The stream number <paramref name="stream"/> of a seed; streams are independent of each other.</summary>
    public SeededRandom(long seed, int stream = 0)
    {
        state = (ulong)seed;
        state = Next() ^ ((ulong)(uint)stream * 0xD1342543DE82EF95UL);
        state = Next();
    }

    /// <summary>An independent stream for one part of a larger thing, and an item of it.</summary>
    public static SeededRandom For(int seed, int part, int item = 0) =>
        new(Mix((ulong)(uint)seed << 32 | (uint)part) ^ Mix(0x9E3779B97F4A7C15UL + (uint)item));

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15UL);

    /// <summary>A whole number in [0, <paramref name="below"/>).</summary>
    public int Below(int below) => (int)Math.BigMul(Next(), (ulong)below, out _);

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public double Between(double low, double high) => low + ((high - low) * Unit());

    /// <summary>About normal with mean 0 and variance 1: the sum of four uniform numbers, never beyond ±3.5.</summary>
    public double Normal() => (Unit() + Unit() + Unit() + Unit() - 2) * 1.7320508075688772;

    /// <summary>A direction of length 1, by rejection: no sine, whose last bit differs between machines.</summary>
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

    /// <summary>Puts <paramref name="items"/> in a random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>SplitMix64's finalizer: spreads a number over all 64 bits.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
