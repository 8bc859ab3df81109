namespace Coverslip.Torch;

/// <summary>What Linux says of the processor.</summary>
public static class Processor
{
    private static readonly (string Flag, string Name)[] Known =
    [
        ("avx2", "AVX2"),
        ("avx512f", "AVX-512"),
        ("avx512_bf16", "AVX512-BF16"),
        ("amx_bf16", "AMX-BF16"),
        ("asimd", "NEON"),
        ("bf16", "BF16"),
    ];

    private static readonly Lazy<string[]> Here = new(() => [.. File.ReadLines("/proc/cpuinfo")]);

    /// <summary>This machine's, as its maker calls it.</summary>
    public static string Model => ModelOf(Here.Value);

    /// <summary>Whether it multiplies in bfloat16; without, libtorch computes it in software, many times slower.</summary>
    public static bool HasBfloat16 => Bfloat16In(FeaturesOf(Here.Value));

    /// <summary>Whether it multiplies whole tiles of bfloat16 at once, several times as fast as vectors (Intel's AMX).</summary>
    public static bool HasBfloat16Tiles => FeaturesOf(Here.Value).Contains("AMX-BF16");

    /// <summary>What the lines of a <c>/proc/cpuinfo</c> call the first processor.</summary>
    public static string ModelOf(IReadOnlyList<string> lines) => Value(lines, "model name") ?? "unnamed";

    /// <summary>The vector instructions that matter here, of the lines of a <c>/proc/cpuinfo</c>.</summary>
    public static IReadOnlyList<string> FeaturesOf(IReadOnlyList<string> lines)
    {
        var flags = (Value(lines, "flags") ?? Value(lines, "Features") ?? "").Split(' ').ToHashSet();
        return [.. Known.Where(feature => flags.Contains(feature.Flag)).Select(feature => feature.Name)];
    }

    /// <summary>Whether features are of a processor that multiplies in bfloat16.</summary>
    public static bool Bfloat16In(IReadOnlyList<string> features) =>
        features.Any(name => name.Contains("BF16", StringComparison.Ordinal));

    /// <summary>The first value of a key in a file of <c>key: value</c> lines of <c>/proc</c>; null for none.</summary>
    public static string? Value(IEnumerable<string> lines, string key)
    {
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim() == key)
                return line[(colon + 1)..].Trim();
        }
        return null;
    }
}
