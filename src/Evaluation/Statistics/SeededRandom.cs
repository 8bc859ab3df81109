namespace Coverslip.Evaluation.Statistics;

/// <summary>
/// Random numbers that depend on the seed alone and not on the version of .NET, so that a stored split or interval can
/// be made again: SplitMix64 (Steele, Lea &amp; Flood 2014, "Fast splittable pseudorandom number generators").
/// </summary>
public struct SeededRandom
{
    private ulong state;

    /// <summary>The stream number <paramref name="stream"/> of a seed; streams are independent of each other.</summary>
    public SeededRandom(long seed, int stream = 0)
    {
        state = (ulong)seed;
        state = Next() ^ ((ulong)(uint)stream * 0xD1342543DE82EF95UL);
        state = Next();
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number in [0, <paramref name="below"/>).</summary>
    public int Below(int below) => (int)Math.BigMul(Next(), (ulong)below, out _);

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Puts <paramref name="items"/> in a random order.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
