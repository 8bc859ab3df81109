using Coverslip.Learning.Features;

namespace Coverslip.Methods.Classical;

/// <summary>The features that there are, and their combinations.</summary>
internal static class KnownFeatures
{
    /// <summary>Names in the order in which combined features stand.</summary>
    public static IReadOnlyList<string> Names { get; } = [ColorHistogram.Word, LocalBinaryPatterns.Word, Pftas.Word];

    /// <summary>Every combination, such as <c>color-histogram+lbp</c>.</summary>
    public static IReadOnlyList<string> Sets { get; } =
    [
        .. Enumerable
            .Range(1, (1 << Names.Count) - 1)
            .Select(set => string.Join('+', Names.Where((_, i) => (set >> i & 1) != 0))),
    ];

    /// <summary>The features of a combination.</summary>
    internal static IReadOnlyList<IImageFeatures> Of(string set, FeatureOptions options) =>
        [.. set.Split('+').Select(name => Named(name, options))];

    private static IImageFeatures Named(string name, FeatureOptions options) =>
        name switch
        {
            ColorHistogram.Word => new ColorHistogram(options.ColorBins),
            LocalBinaryPatterns.Word => new LocalBinaryPatterns(options.LbpPoints, options.LbpRadius),
            Pftas.Word => new Pftas(),
            _ => throw new InvalidDataException(
                $"no features are named '{name}'; known are {string.Join(", ", Names)}"
            ),
        };
}
