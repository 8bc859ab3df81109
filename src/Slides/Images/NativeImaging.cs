using System.Runtime.InteropServices;
using Coverslip.Files;

namespace Coverslip.Slides.Images;

/// <summary>The exports of <c>libcoverslip_imaging.so</c>, as <c>native/imaging/imaging.h</c> declares them.</summary>
internal static unsafe partial class NativeImaging
{
    public const string Library = "coverslip_imaging";

    static NativeImaging() => NativeLibrary.SetDllImportResolver(typeof(NativeImaging).Assembly, LibraryFinder.Resolve);

    [LibraryImport(Library, EntryPoint = "ci_decode_open")]
    public static partial int DecodeOpen(byte* data, nuint size, NativeImage* info, nint* decoded);

    [LibraryImport(Library, EntryPoint = "ci_decode_copy")]
    public static partial int DecodeCopy(nint decoded, NativeImage* target);

    [LibraryImport(Library, EntryPoint = "ci_decode_transparent")]
    public static partial int IsTransparent(nint decoded);

    [LibraryImport(Library, EntryPoint = "ci_decode_close")]
    public static partial void DecodeClose(nint decoded);

    [LibraryImport(Library, EntryPoint = "ci_encode", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Encode(NativeImage* source, string extension, int quality, byte** data, nuint* size);

    [LibraryImport(Library, EntryPoint = "ci_encode_free")]
    public static partial void EncodeFree(byte* data);

    [LibraryImport(Library, EntryPoint = "ci_resize")]
    public static partial int Resize(NativeImage* source, NativeImage* target, int interpolation);

    [LibraryImport(Library, EntryPoint = "ci_convert")]
    public static partial int Convert(NativeImage* source, NativeImage* target, int conversion);

    [LibraryImport(Library, EntryPoint = "ci_components")]
    public static partial int Components(NativeImage* mask, int connectivity, int* labels, int* count);

    [LibraryImport(Library, EntryPoint = "ci_slic")]
    public static partial int Slic(
        NativeImage* source,
        int regionSize,
        float ruler,
        int iterations,
        int space,
        int* labels,
        int* count
    );

    /// <summary>The text of this thread's last failure.</summary>
    public static string LastError => Marshal.PtrToStringUTF8((nint)LastErrorText()) ?? "unknown native failure";

    /// <summary>Throws what a failed call on image sizes or options reported.</summary>
    public static void Check(int status, string doing)
    {
        if (status != 0)
            throw new InvalidOperationException($"{doing}: {LastError}");
    }

    [LibraryImport(Library, EntryPoint = "ci_last_error")]
    private static partial byte* LastErrorText();
}

/// <summary><c>ci_image</c>: interleaved pixels in memory of the caller.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeImage
{
    public byte* Pixels;
    public long Stride;
    public int Width;
    public int Height;
    public int Channels;
    public int Depth;

    /// <summary>The image's buffer, which must stay fixed at <paramref name="pixels"/> while this is used.</summary>
    public static NativeImage Of(Image image, byte* pixels) =>
        new()
        {
            Pixels = pixels,
            Stride = image.Stride,
            Width = image.Width,
            Height = image.Height,
            Channels = image.Channels,
            Depth = image.Depth,
        };
}
