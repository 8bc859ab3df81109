namespace Coverslip.Viewer.Contents;

/// <summary>A slide of the list.</summary>
/// <param name="File">Where it lies.</param>
internal sealed record ShownSlide(ViewedFile File)
{
    internal string Id => File.Id;

    /// <summary>Its file name without extension, by which what was made of it is called.</summary>
    internal string Name => Path.GetFileNameWithoutExtension(File.Name);

    /// <summary>What was made of it, and drawn onto it.</summary>
    internal IReadOnlyList<ShownLayer> Layers { get; init; } = [];
}

/// <summary>What a layer shows.</summary>
internal enum LayerKind
{
    /// <summary>A probability to each cell of a grid, and detections.</summary>
    Heatmap = 0,

    /// <summary>Foreground by pixel, as probabilities.</summary>
    Segmentation = 1,

    /// <summary>Patches with a probability each.</summary>
    Patches = 2,

    /// <summary>Outlines of people.</summary>
    Annotations = 3,

    /// <summary>A mask of what is truly there.</summary>
    Truth = 4,

    /// <summary>Outlines of tissue.</summary>
    Tissue = 5,

    /// <summary>Outlines of what a segmentation calls foreground.</summary>
    Segments = 6,

    /// <summary>The true class of each patch, in the table of patches.</summary>
    PatchTruth = 7,
}

/// <summary>Something laid over a slide.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="File">The file that it is read from.</param>
internal sealed record ShownLayer(LayerKind Kind, ViewedFile File)
{
    /// <summary>The column of patches' true classes.</summary>
    internal const string TrueClass = "label";

    internal string Id => File.Id;

    /// <summary>What else the file shows.</summary>
    internal ShownLayer As(LayerKind other) => new(other, File with { Place = $"{File.Place} {other}" });

    /// <summary>The file of another ending beside it.</summary>
    internal string Beside(string ending, string other) => File.Path[..^ending.Length] + other;
}
