namespace Coverslip.Learning.Recipes;

/// <summary>How many of a network's stages are trained: all, none, or the last of them.</summary>
internal sealed class TrainableType() : NameType(Allowed)
{
    /// <summary>No published network has more stages.</summary>
    private const int Most = 30;

    private static readonly string[] Allowed =
    [
        "all",
        "none",
        "last-four",
        .. Enumerable.Range(1, Most).Select(n => $"last-{n}"),
    ];

    internal override string Range => $"all, none, last-four, last-1 … last-{Most}";
}
