using System.Buffers.Binary;

namespace Coverslip.Slides.Images;

/// <summary>
/// The one reader of masks: 0 is background, whatever else is set, such as the number of a gland or 1 of 65,535. JPEG is
/// refused, since it invents values around every edge, and so is transparency, which says set as often as not set.
/// </summary>
public static class MaskFile
{
    /// <summary>PNG's color type of images that hold numbers of a table of colors (PNG specification, 11.2.2).</summary>
    private const byte Palette = 3;

    /// <summary>A mask as 255 (set) and 0.</summary>
    /// <param name="path">The file.</param>
    /// <param name="of">What it is the mask of, and that image's pixels; null where that is not known.</param>
    /// <exception cref="UnreadableImageException">
    /// It cannot be read, is a JPEG, is transparent, has another size, or colors without black.
    /// </exception>
    public static Image Read(string path, (string Name, int Width, int Height)? of = null)
    {
        using var stored = ReadStored(path);
        if (of is { } image && (stored.Width != image.Width || stored.Height != image.Height))
            throw new UnreadableImageException(
                path,
                $"the mask has {stored.Width} × {stored.Height} pixels, its image {image.Name} {image.Width} × {image.Height}; "
                    + "a mask has its image's size"
            );
        var mask = new Image(stored.Width, stored.Height, channels: 1);
        var from = stored.Pixels;
        var to = mask.WritablePixels;
        var bytes = stored.Channels * (stored.Depth / 8); // any byte that is not 0 makes a pixel foreground
        for (var i = 0; i < to.Length; i++)
            to[i] = from.Slice(i * bytes, bytes).IndexOfAnyExcept((byte)0) >= 0 ? byte.MaxValue : (byte)0;
        if (stored.Channels > 1 && !to.Contains((byte)0) && Differs(from, bytes))
        {
            mask.Dispose();
            throw new UnreadableImageException(
                path,
                "the mask is a picture of colors, none of which is black, and 0 is background: all of it would be set; save "
                    + "numbers or black and white, with 0 where nothing is"
            );
        }
        return mask;
    }

    private static bool Differs(ReadOnlySpan<byte> pixels, int bytes) =>
        !pixels[bytes..].SequenceEqual(pixels[..^bytes]);

    /// <summary>The values of a mask as the file has them, at their full depth.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channels">1 makes gray of equal colors; null (default) keeps what the file has.</param>
    /// <inheritdoc cref="Read"/>
    public static Image ReadStored(string path, int? channels = null)
    {
        RefuseForms(path);
        return ImageFile.Read(path, new ImageReadOptions { Channels = channels, Opaque = true });
    }

    private static void RefuseForms(string path)
    {
        if (!File.Exists(path))
            return; // the reader says so
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[26];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (read >= 3 && start is [0xFF, 0xD8, 0xFF, ..])
            throw new UnreadableImageException(
                path,
                "a mask is no JPEG: its compression sets pixels around every edge that nobody drew; save the mask as PNG from "
                    + "where it was drawn, or set what is above half to 255 and the rest to 0, and save that as PNG"
            );
        if (read == start.Length && start is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] && start[25] == Palette)
            RefuseColoredZero(path, file);
    }

    /// <summary>By its numbers background, by its colors foreground: programs differ on which of them such a mask says.</summary>
    private static void RefuseColoredZero(string path, FileStream file)
    {
        Span<byte> chunk = stackalloc byte[11]; // length, name, and the color of number 0
        for (var at = 8L; at < file.Length; at += BinaryPrimitives.ReadUInt32BigEndian(chunk) + 12L)
        {
            file.Position = at;
            if (file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false) < chunk.Length)
                return;
            if (!chunk[4..8].SequenceEqual("PLTE"u8))
                continue;
            if (chunk[8..].ContainsAnyExcept((byte)0))
                throw new UnreadableImageException(
                    path,
                    $"the mask's palette shows 0, which is background, as ({chunk[8]}, {chunk[9]}, {chunk[10]}) and not as black; "
                        + "save it without a palette, 0 where nothing is"
                );
            return;
        }
    }
}
