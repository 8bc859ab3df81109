using Coverslip.Slides.Formats.Tiff;

namespace Coverslip.Slides.Formats;

/// <summary>
/// TIFF, BigTIFF and Aperio SVS of JPEG tiles, read from the file's tile offsets straight to libjpeg-turbo.
/// The levels in SubIFDs, as OME-TIFF has them, are read besides those of <see cref="TiffPyramid"/>'s sources.
/// </summary>
internal static class TiledTiff
{
    private const int MostTileSide = 1 << 14;
    private const int MostTilePixels = 1 << 24;
    private const int Jpeg = 7;

    /// <summary>Why a TIFF of strips is not for this reader.</summary>
    internal const string NotTiled = "its first TIFF image is not tiled";

    public static SlideFormat Format { get; } = new("tiled-jpeg-tiff", Open);

    private static SlideAttempt Open(string path, SlideOptions options)
    {
        // Hamamatsu stretches the offsets of classic TIFF beyond 4 GiB in a way of its own.
        if (path.EndsWith(".ndpi", StringComparison.OrdinalIgnoreCase))
            return new SlideAttempt(null, "Hamamatsu NDPI is not plain TIFF");
        var file = TiffFile.Open(path, out var first);
        if (file is null)
            return new SlideAttempt(null, "not a TIFF file");
        try
        {
            var directories = file.ReadDirectories(first);
            var pyramid = TiffPyramid.Of(file, directories);
            var reason = WhyNot(directories, pyramid.Levels);
            var slide = reason is null ? new TiledTiffSlide(path, file, pyramid, options) : null;
            // OpenSlide knows how Aperio leaves tiles out: those of coarser levels are made from the finer one.
            if (pyramid.IsAperio && slide?.EmptyTile is { } empty)
                reason = $"{empty} has no data";
            if (reason is not null)
            {
                foreach (var directory in directories.Where(directory => directory.IsTiled))
                    CheckTiles(file, directory);
                file.Dispose();
                return new SlideAttempt(null, reason);
            }
            var kind = (pyramid.IsAperio ? "Aperio " : "") + (file.IsBig ? "BigTIFF" : "TIFF");
            return new SlideAttempt(slide, $"{kind}, every level in JPEG tiles");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Before another reader gets the file: OpenSlide asks for the memory of a tile, and of its compressed bytes,
    /// before it looks whether the file has them, and GLib ends the process where there is none.
    /// </summary>
    private static void CheckTiles(TiffFile file, TiffDirectory directory)
    {
        var (width, height) = (Side(TiffTag.TileWidth, MostTileSide), Side(TiffTag.TileLength, MostTileSide));
        if (width * height > MostTilePixels)
            throw file.Bad(
                $"TIFF directory {directory.Index} has tiles of {width} × {height}; the limit is 2^24 pixels"
            );
        var (columns, rows) = (
            (Side(TiffTag.ImageWidth, int.MaxValue) + width - 1) / width,
            (Side(TiffTag.ImageLength, int.MaxValue) + height - 1) / height
        );
        const int mostPlanes = 64;
        var counts = directory.Numbers(TiffTag.TileByteCounts, atMost: columns * rows * mostPlanes);
        if (counts.Length < columns * rows)
        {
            throw file.Bad(
                $"{directory.Name(TiffTag.TileByteCounts)} holds {counts.Length} values for {columns} × {rows} tiles"
            );
        }
        for (var tile = 0; tile < counts.Length; tile++)
            file.CheckRange(0, counts[tile], $"tile {tile} of TIFF directory {directory.Index}");

        long Side(TiffTag tag, int most) =>
            directory.Number(tag) is var side && side >= 1 && side <= most
                ? side
                : throw file.Bad($"{directory.Name(tag)} is {side}; 1 to {most} are read");
    }

    /// <summary>Why the file is for another reader; null if it is for this one.</summary>
    private static string? WhyNot(List<TiffDirectory> directories, IReadOnlyList<TiffDirectory> levels)
    {
        var first = directories[0];
        if (first.Has(TiffTag.Ndpi))
            return "Hamamatsu NDPI is not plain TIFF";
        if (!first.IsTiled)
            return NotTiled;
        if (first.Text(TiffTag.ImageDescription)?.Contains("<scn ", StringComparison.Ordinal) == true)
            return "Leica SCN lays several images out on one slide";
        if (first.Text(TiffTag.Software) is { } software && WhyNotVendor(software) is { } vendor)
            return vendor;
        if (directories.Any(d => d.Text(TiffTag.Xmp)?.Contains("iScan", StringComparison.Ordinal) == true))
            return "Ventana BIF has overlapping tiles";
        return levels
            .Select((directory, level) => WhyNot(directory, level))
            .FirstOrDefault(reason => reason is not null);
    }

    private static string? WhyNotVendor(string software) =>
        software.StartsWith("Philips", StringComparison.Ordinal) ? "Philips TIFF leaves empty tiles out"
        : software.StartsWith("MedScan", StringComparison.Ordinal) ? "Trestle TIFF has overlapping tiles"
        : null;

    private static string? WhyNot(TiffDirectory directory, int level)
    {
        var compression = directory.Number(TiffTag.Compression, otherwise: 1);
        if (compression != Jpeg)
            return $"level {level} has TIFF compression {compression}, not JPEG ({Jpeg})";
        var (samples, colors) = (
            directory.Number(TiffTag.SamplesPerPixel, otherwise: 1),
            directory.Number(TiffTag.Photometric)
        );
        if ((samples, colors) is not ((3, 2) or (3, 6) or (1, 1)))
            return $"level {level} has {samples} samples of photometric interpretation {colors}";
        (TiffTag Tag, long Usual)[] plain =
        [
            (TiffTag.PlanarConfiguration, 1),
            (TiffTag.Orientation, 1),
            (TiffTag.SampleFormat, 1),
            (TiffTag.ImageDepth, 1),
            (TiffTag.BitsPerSample, 8),
        ];
        foreach (var (tag, usual) in plain)
        {
            var otherwise = tag == TiffTag.BitsPerSample ? 1 : usual;
            if (directory.Number(tag, otherwise) is var value && value != usual)
                return $"level {level} has {tag} {value}, not {usual}";
        }
        return null;
    }
}
