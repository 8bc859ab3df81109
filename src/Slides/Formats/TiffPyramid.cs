using Coverslip.Slides.Formats.Tiff;

namespace Coverslip.Slides.Formats;

/// <summary>
/// Which directories of a TIFF are a slide's levels, whichever reader decodes them. Follows OpenSlide 3.4's readers of generic
/// TIFF and of Aperio, but for what says that it is a label or a macro picture, and what has other proportions: these are
/// left out and told.
/// </summary>
internal sealed class TiffPyramid
{
    private readonly List<string> notes = [];

    private TiffPyramid(TiffDirectory first, bool isAperio) => (First, IsAperio) = (first, isAperio);

    /// <summary>The image that level 0 is.</summary>
    public TiffDirectory First { get; }

    /// <summary>In an SVS file every tiled image is a level; elsewhere those that call themselves reduced.</summary>
    public bool IsAperio { get; }

    /// <summary>Finest first.</summary>
    public IReadOnlyList<TiffDirectory> Levels { get; private set; } = [];

    /// <summary>Sizes of tiled images that are no levels, though they stand where levels do.</summary>
    public IReadOnlyList<(long Width, long Height)> LeftOut { get; private set; } = [];

    /// <summary>Levels that have tiles without data, by their size; read when it is called, from the open file.</summary>
    public IEnumerable<(long Width, long Height, SparseTiles Tiles)> Sparse()
    {
        foreach (var level in Levels)
        {
            var (width, height) = Size(level);
            if (SparseTiles.Of(level) is { } tiles)
                yield return (width, height, tiles);
        }
    }

    /// <summary>Whether a level has this size.</summary>
    public bool HasLevel(long width, long height) => Levels.Any(level => Size(level) == (width, height));

    /// <summary>What OME-XML says of the first image; null without.</summary>
    public OmePixels? Ome { get; private init; }

    /// <summary>What users should know.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Chooses the levels.</summary>
    /// <exception cref="UnreadableSlideException">No directory, or a page for each color.</exception>
    public static TiffPyramid Of(TiffFile file, List<TiffDirectory> directories)
    {
        if (directories.Count == 0)
            throw file.Bad("its TIFF header names no directory");
        var first = directories[0];
        var description = first.Text(TiffTag.ImageDescription);
        var (width, height) = Size(first);
        var pyramid = new TiffPyramid(first, first.IsTiled && description?.StartsWith("Aperio") == true)
        {
            Ome = OmePixels.Of(description, width, height),
        };
        pyramid.CheckPages(file);
        pyramid.Choose(directories);
        return pyramid;
    }

    /// <summary>Text of the sparse tiles of a level; null where there are none.</summary>
    internal static string? SparseNote(int level, long empty, long all) =>
        empty == 0 ? null : $"{empty} of {all} tiles of level {level} have no data in the file; they are white";

    private void CheckPages(TiffFile file)
    {
        if (Ome is null)
            return;
        if (Ome.Channels > 1 && First.Number(TiffTag.SamplesPerPixel, otherwise: 1) == 1)
        {
            throw file.BadSlide(
                $"an OME-TIFF with a page for each of its {Ome.Channels} channels: the first alone would be read, as gray. "
                    + "Join them, tried with libvips 8.14: "
                    + "vips bandjoin \"IN.ome.tif[page=0] IN.ome.tif[page=1] IN.ome.tif[page=2]\" OUT.v && "
                    + "vips copy OUT.v \"OUT.tif[tile,pyramid,compression=jpeg,tile-width=256,tile-height=256,bigtiff]\" "
                    + "--interpretation srgb"
            );
        }
        if (Ome.Planes > 1)
            notes.Add($"it has {Ome.Planes} planes (SizeZ, SizeT of its OME-XML); the first is read");
    }

    private void Choose(List<TiffDirectory> directories)
    {
        var (levels, leftOut) = (new List<TiffDirectory>(), new List<(long, long)>());
        var candidates = directories.Where(IsCandidate).ToList();
        // Aperio's levels call themselves full images; then what calls itself reduced is a picture of something else.
        var plain = IsAperio && candidates.Skip(1).Any(d => Subfile(d) == 0);
        foreach (var directory in candidates)
        {
            if (WhyNot(directory, plain) is not { } reason)
            {
                levels.Add(directory);
                continue;
            }
            var (width, height) = Size(directory);
            leftOut.Add((width, height));
            notes.Add($"TIFF directory {directory.Index} ({width} × {height}) is no level: {reason}");
        }
        Levels = [.. levels.OrderByDescending(d => d.Number(TiffTag.ImageWidth))];
        LeftOut = leftOut;
    }

    private bool IsCandidate(TiffDirectory directory) =>
        directory.Index == 0
        || directory.IsTiled
            && directory.Parent is null or 0
            && (IsAperio && directory.Parent is null || (Subfile(directory) & 1) != 0);

    private string? WhyNot(TiffDirectory directory, bool plainLevels)
    {
        if (directory.Index == 0)
            return null;
        const int macro = 9;
        var says = directory
            .Text(TiffTag.ImageDescription)
            ?.Split('\n')
            .Select(line => line.Trim())
            .FirstOrDefault(line =>
                line.StartsWith("label", StringComparison.OrdinalIgnoreCase)
                || line.StartsWith("macro", StringComparison.OrdinalIgnoreCase)
            );
        if (says is not null)
            return $"it says '{(says.Length > 40 ? says[..40] : says)}'";
        if (Subfile(directory) == macro || plainLevels && (Subfile(directory) & 1) != 0)
            return $"its NewSubfileType is {Subfile(directory)}, that of a label or a macro picture";
        return HasOtherProportions(Size(First), Size(directory))
            ? $"the slide has {Size(First).Width} × {Size(First).Height}, other proportions"
            : null;
    }

    /// <summary>Sides that are not those of the slide reduced, give or take two pixels or one in a hundred.</summary>
    private static bool HasOtherProportions((long Width, long Height) finest, (long Width, long Height) level)
    {
        var height = (double)finest.Height * level.Width / finest.Width;
        var width = (double)finest.Width * level.Height / finest.Height;
        return Differ(level.Height, height) && Differ(level.Width, width);

        static bool Differ(long side, double expected) => Math.Abs(side - expected) > Math.Max(2, expected / 100);
    }

    private static long Subfile(TiffDirectory directory) => directory.Number(TiffTag.NewSubfileType, otherwise: 0);

    private static (long Width, long Height) Size(TiffDirectory directory) =>
        (directory.Number(TiffTag.ImageWidth), directory.Number(TiffTag.ImageLength));
}
