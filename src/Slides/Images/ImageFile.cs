using System.Buffers;
using Coverslip.Files;

namespace Coverslip.Slides.Images;

/// <summary>
/// PNG, JPEG, TIFF (its first page), BMP and gray DICOM of 8 or 16 bits per sample, told apart by content.
/// <list type="bullet">
/// <item>Gray stays gray unless RGB is asked for; RGB of gray repeats it.</item>
/// <item>Alpha is composited onto white, the color of empty glass.</item>
/// <item>A palette is expanded to its colors.</item>
/// <item>CMYK JPEG, taken as Adobe writes it (inverted), becomes RGB without a color profile.</item>
/// <item>16 bits become 8 by dividing by 257, rounding.</item>
/// <item>An EXIF orientation is ignored: pixels come as they are stored, so that annotations and masks fit them.</item>
/// <item>A DICOM image comes as it is meant to be shown: rescaled, windowed, MONOCHROME1 inverted; more than 8 bits
/// stored become 16. See <c>docs/radiographs.md</c>.</item>
/// </list>
/// A damaged or truncated file is an error, also where decoders would go on with invented pixels.
/// </summary>
public static unsafe class ImageFile
{
    /// <summary>Extensions of the formats that are read, in lower case, with their dot.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
    [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".dcm"];

    /// <summary>Reads a file; RGB of 8 bits unless <paramref name="options"/> say otherwise.</summary>
    /// <exception cref="UnreadableImageException">Missing, a folder, empty, damaged, truncated, or of another
    /// format.</exception>
    public static Image Read(string path, ImageReadOptions? options = null)
    {
        byte[]? bytes = null;
        try
        {
            if (Directory.Exists(path))
                throw new UnreadableImageException(path, "this is a folder");
            if (!File.Exists(path))
                throw new UnreadableImageException(path, "there is no such file");
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength)
                throw new UnreadableImageException(path, $"{length} bytes; the limit is {Array.MaxLength}");
            bytes = ArrayPool<byte>.Shared.Rent((int)length);
            var read = 0;
            while (read < length)
            {
                var more = RandomAccess.Read(file, bytes.AsSpan(read, (int)length - read), read);
                if (more == 0)
                    throw new UnreadableImageException(path, $"ended after {read} of {length} bytes");
                read += more;
            }
            return Decode(bytes.AsSpan(0, read), path, options);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not UnreadableImageException))
        {
            throw new UnreadableImageException(path, e.Message, e);
        }
        finally
        {
            if (bytes is not null)
                ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Decodes a whole file held in memory; <paramref name="name"/> is what an error calls it.</summary>
    /// <exception cref="UnreadableImageException">Empty, damaged, truncated, or of another format.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, string name, ImageReadOptions? options = null)
    {
        options ??= ImageReadOptions.ForModels;
        NativeImage info;
        nint decoded;
        fixed (byte* data = file)
        {
            if (NativeImaging.DecodeOpen(data, (nuint)file.Length, &info, &decoded) != 0)
                throw new UnreadableImageException(name, NativeImaging.LastError);
        }
        Image? image = null;
        try
        {
            if (options.Opaque && NativeImaging.IsTransparent(decoded) != 0)
                throw new UnreadableImageException(
                    name,
                    "some of its pixels are transparent, and what they stand for is not said; save it without transparency"
                );
            var channels = options.Channels ?? (info.Channels == 1 ? 1 : 3);
            image = new Image(info.Width, info.Height, channels, options.Depth ?? info.Depth);
            fixed (byte* pixels = image.WritablePixels)
            {
                var target = NativeImage.Of(image, pixels);
                if (NativeImaging.DecodeCopy(decoded, &target) != 0)
                    throw new UnreadableImageException(name, NativeImaging.LastError);
            }
            return image;
        }
        catch
        {
            image?.Dispose();
            throw;
        }
        finally
        {
            NativeImaging.DecodeClose(decoded);
        }
    }

    /// <summary>Writes a file whole or not at all; its extension names the format.</summary>
    /// <exception cref="ArgumentException">An unknown extension, or 16 bits for JPEG or BMP.</exception>
    public static void Write(string path, Image image, ImageWriteOptions? options = null)
    {
        var bytes = Encode(image, Path.GetExtension(path), options);
        WholeFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The bytes of a file of the format that <paramref name="extension"/> (such as ".png") names.</summary>
    /// <exception cref="ArgumentException">An unknown extension, or 16 bits for JPEG or BMP.</exception>
    public static byte[] Encode(Image image, string extension, ImageWriteOptions? options = null)
    {
        options ??= new ImageWriteOptions();
        options.Check();
        var format = extension.ToLowerInvariant() switch
        {
            ".png" => ".png",
            ".jpg" or ".jpeg" => ".jpg",
            ".tif" or ".tiff" => ".tif",
            ".bmp" => ".bmp",
            _ => throw new ArgumentException(
                $"no image format is named '{extension}'; known are {string.Join(", ", Extensions.Where(e => e != ".dcm"))}"
            ),
        };
        if (image.Depth == 16 && format is ".jpg" or ".bmp")
            throw new ArgumentException($"{format} holds 8 bits per sample, the image has 16; use .png or .tif");

        byte* data = null;
        nuint size = 0;
        fixed (byte* pixels = image.Pixels)
        {
            var source = NativeImage.Of(image, pixels);
            var quality = format == ".jpg" ? options.JpegQuality : options.PngCompression;
            var status = NativeImaging.Encode(&source, format, quality, &data, &size);
            NativeImaging.Check(status, $"encode {image} as {format}");
        }
        try
        {
            return new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
        }
        finally
        {
            NativeImaging.EncodeFree(data);
        }
    }
}
