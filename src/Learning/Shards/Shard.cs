using System.Globalization;

namespace Coverslip.Learning.Shards;

/// <summary>One share of the slides of a call, of several that are done by calls of their own.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Count">Of how many.</param>
public sealed record Shard(int Number, int Count)
{
    /// <summary>More than that no scheduler takes as one array without being told.</summary>
    public const int Most = 100_000;

    /// <summary>"3/8" as a share; null of anything else.</summary>
    public static Shard? Parse(string text)
    {
        static int? Whole(string part) =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return
            text.Split('/') is [var number, var count]
            && (Whole(number), Whole(count)) is ({ } one, { } all)
            && all is >= 1 and <= Most
            && one >= 1
            && one <= all
            ? new Shard(one, all)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}
