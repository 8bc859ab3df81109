using System.Buffers.Binary;
using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>The size of an image by its header, without its pixels.</summary>
public static class ImageHeader
{
    /// <summary>Bytes in which a JPEG's frame header has to come; color profiles and previews stand before it.</summary>
    private const int MostBeforeFrame = 16 << 20;

    /// <summary>Width and height of an image file, or of a slide's finest level.</summary>
    /// <exception cref="UnreadableImageException">Missing, empty, or no image.</exception>
    /// <exception cref="UnreadableSlideException">A slide that cannot be opened.</exception>
    public static (long Width, long Height) SizeOf(string path)
    {
        if (!File.Exists(path))
            throw new UnreadableImageException(path, "there is no such file");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096);
        Span<byte> start = stackalloc byte[26];
        var size = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) switch
        {
            0 => throw new UnreadableImageException(path, "the file is empty"),
            < 26 => null,
            _ when start[0] == 0x89 && start[1..].StartsWith("PNG\r\n"u8) => (
                BinaryPrimitives.ReadUInt32BigEndian(start[16..]),
                BinaryPrimitives.ReadUInt32BigEndian(start[20..])
            ),
            _ when start.StartsWith("BM"u8) => (
                BinaryPrimitives.ReadInt32LittleEndian(start[18..]),
                Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(start[22..]))
            ),
            _ when start[0] == 0xFF && start[1] == 0xD8 => OfJpeg(file),
            _ => OfTiff(path),
        };
        if (size is { } found)
            return found is { Item1: > 0, Item2: > 0 }
                ? found
                : throw new UnreadableImageException(path, $"its header says {found.Item1} × {found.Item2} pixels");
        if (SlideFile.IsSlide(path))
        {
            using var slide = SlideFile.Open(path);
            return (slide.Levels[0].Width, slide.Levels[0].Height);
        }
        using var image = ImageFile.Read(path); // what is left has no header that is quicker read: DICOM, or no image
        return (image.Width, image.Height);
    }

    private static (long, long)? OfTiff(string path)
    {
        using var tiff = TiffFile.Open(path, out var first);
        if (tiff is null)
            return null;
        var directory = tiff.ReadDirectories(first).FirstOrDefault();
        return directory is not null && directory.Has(TiffTag.ImageWidth) && directory.Has(TiffTag.ImageLength)
            ? (directory.Number(TiffTag.ImageWidth), directory.Number(TiffTag.ImageLength))
            : null;
    }

    /// <summary>Height and width of the first frame header (ITU-T T.81, B.2.2); null where none comes.</summary>
    private static (long, long)? OfJpeg(FileStream file)
    {
        file.Position = 2;
        Span<byte> head = stackalloc byte[9];
        while (file.Position < MostBeforeFrame)
        {
            if (file.ReadAtLeast(head[..4], 4, throwOnEndOfStream: false) < 4 || head[0] != 0xFF)
                return null;
            if (head[1] == 0xFF)
            {
                file.Position -= 3; // fill byte
                continue;
            }
            // Frame headers are C0 to CF without the tables C4 and CC and the reserved C8.
            if (head[1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return file.ReadAtLeast(head[4..], 5, throwOnEndOfStream: false) < 5
                    ? null
                    : (
                        BinaryPrimitives.ReadUInt16BigEndian(head[7..]),
                        BinaryPrimitives.ReadUInt16BigEndian(head[5..])
                    );
            file.Position += BinaryPrimitives.ReadUInt16BigEndian(head[2..]) - 2;
        }
        return null;
    }
}
