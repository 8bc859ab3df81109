using System.Buffers.Binary;
using System.Text;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>One image of a made TIFF: tiles of 64 × 64, and any fields, sound or not.</summary>
internal sealed class MadeImage
{
    public const int TileSide = 64;
    public SortedDictionary<int, (int Type, int Count, byte[] Values)> Fields { get; } = [];

    /// <summary>Row by row; null is a tile without data.</summary>
    public List<byte[]?> Tiles { get; } = [];

    /// <summary>Tiles of one color each, in JPEG.</summary>
    public static MadeImage Jpeg(int width, int height, params (byte R, byte G, byte B)?[] colors)
    {
        var image = new MadeImage().Common(width, height, samples: 3, compression: 7);
        image.Shorts(262, 6);
        foreach (var color in colors)
            image.Tiles.Add(color is { } its ? JpegOf(its) : null);
        return image;
    }

    /// <summary>Tiles of one value in one channel, not compressed.</summary>
    public static MadeImage Gray(int width, int height, byte value)
    {
        var image = new MadeImage().Common(width, height, samples: 1, compression: 1).Shorts(262, 1);
        var tiles = ((width + TileSide - 1) / TileSide) * ((height + TileSide - 1) / TileSide);
        for (var i = 0; i < tiles; i++)
            image.Tiles.Add([.. Enumerable.Repeat(value, TileSide * TileSide)]);
        return image;
    }

    /// <summary>Tiles of one color each, not compressed.</summary>
    public static MadeImage Raw(int width, int height, params (byte R, byte G, byte B)?[] colors)
    {
        var image = new MadeImage().Common(width, height, samples: 3, compression: 1).Shorts(262, 2);
        foreach (var color in colors)
        {
            image.Tiles.Add(
                color is { } its
                    ? [.. Enumerable.Repeat<byte[]>([its.R, its.G, its.B], TileSide * TileSide).SelectMany(b => b)]
                    : null
            );
        }
        return image;
    }

    public MadeImage Shorts(int tag, params int[] values) => Put(tag, 3, values, 2);

    public MadeImage Longs(int tag, params int[] values) => Put(tag, 4, values, 4);

    public MadeImage Rational(int tag, int over, int under)
    {
        Put(tag, 5, [over, under], 4);
        var (type, _, values) = Fields[tag];
        Fields[tag] = (type, 1, values);
        return this;
    }

    public MadeImage Text(int tag, string text)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), 0];
        Fields[tag] = (2, bytes.Length, bytes);
        return this;
    }

    /// <summary>XResolution and YResolution, to the centimeter.</summary>
    public MadeImage PerCentimeter(int pixels) => Rational(282, pixels, 1).Rational(283, pixels, 1).Shorts(296, 3);

    /// <summary>XResolution and YResolution, to the inch.</summary>
    public MadeImage PerInch(int pixels) => Rational(282, pixels, 1).Rational(283, pixels, 1).Shorts(296, 2);

    private MadeImage Common(int width, int height, int samples, int compression) =>
        Longs(256, width)
            .Longs(257, height)
            .Shorts(258, [.. Enumerable.Repeat(8, samples)])
            .Shorts(259, compression)
            .Shorts(277, samples)
            .Shorts(284, 1)
            .Shorts(322, TileSide)
            .Shorts(323, TileSide);

    private MadeImage Put(int tag, int type, int[] values, int size)
    {
        var bytes = new byte[values.Length * size];
        for (var i = 0; i < values.Length; i++)
        {
            if (size == 2)
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), (ushort)values[i]);
            else
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), values[i]);
        }
        Fields[tag] = (type, values.Length, bytes);
        return this;
    }

    private static byte[] JpegOf((byte R, byte G, byte B) color)
    {
        using var tile = new Image(TileSide, TileSide);
        var pixels = tile.WritablePixels;
        for (var i = 0; i < pixels.Length; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = color;
        return ImageFile.Encode(tile, ".jpg", new ImageWriteOptions { JpegQuality = 95 });
    }
}

/// <summary>Classic TIFF of any directories, little-endian (TIFF 6.0, section 2).</summary>
internal static class MadeTiff
{
    public static void Write(string path, params MadeImage[] images)
    {
        using var file = new MemoryStream();
        file.Write("II*\0"u8);
        var link = file.Position;
        file.Write(new byte[4]);
        foreach (var image in images)
        {
            var (offsets, counts) = (new List<int>(), new List<int>());
            foreach (var tile in image.Tiles)
            {
                offsets.Add(tile is null ? 0 : (int)file.Position);
                counts.Add(tile?.Length ?? 0);
                file.Write(tile ?? []);
                file.Write(new byte[file.Position % 2]);
            }
            if (image.Tiles.Count > 0)
                image.Longs(324, [.. offsets]).Longs(325, [.. counts]);
            link = Directory(file, image, link);
        }
        File.WriteAllBytes(path, file.ToArray());
    }

    /// <summary>Writes a directory and points the link before at it; where its own link stands.</summary>
    private static long Directory(MemoryStream file, MadeImage image, long link)
    {
        var inline = new Dictionary<int, byte[]>();
        foreach (var (tag, (_, _, values)) in image.Fields)
        {
            inline[tag] = values;
            if (values.Length <= 4)
                continue;
            var at = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(at, (int)file.Position);
            inline[tag] = at;
            file.Write(values);
            file.Write(new byte[file.Position % 2]);
        }
        var start = (int)file.Position;
        file.Position = link;
        file.Write(BitConverter.GetBytes(start));
        file.Position = start;
        file.Write(BitConverter.GetBytes((ushort)image.Fields.Count));
        foreach (var (tag, (type, count, _)) in image.Fields)
        {
            file.Write(BitConverter.GetBytes((ushort)tag));
            file.Write(BitConverter.GetBytes((ushort)type));
            file.Write(BitConverter.GetBytes(count));
            file.Write(inline[tag]);
            file.Write(new byte[4 - inline[tag].Length]);
        }
        var own = file.Position;
        file.Write(new byte[4]);
        return own;
    }
}
