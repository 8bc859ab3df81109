using System.Runtime.InteropServices;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>The exports that <c>native/imaging/slides.h</c> declares.</summary>
internal static unsafe partial class NativeSlides
{
    // The class that installs the resolver for the library has to be there first.
    static NativeSlides() =>
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(NativeImaging).TypeHandle);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_tile_decode")]
    public static partial int TileDecode(NativeTile* tile, NativeImage* target);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_tile_tables")]
    public static partial int TileTables(int quality, byte** data, nuint* size);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_tile_encode")]
    public static partial int TileEncode(NativeImage* source, int quality, byte** data, nuint* size);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_area_sample")]
    public static partial int AreaSample(NativeImage* source, double* fromStep, NativeImage* target);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_openslide_version")]
    public static partial nint OpenSlideVersion();

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_vendor", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Vendor(string path);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, nint* slide);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_close")]
    public static partial void Close(nint slide);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_level_count")]
    public static partial int LevelCount(nint slide);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_level")]
    public static partial int Level(nint slide, int level, long* size, double* downsample);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_property_name")]
    public static partial nint PropertyName(nint slide, int index);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_property")]
    public static partial nint Property(nint slide, nint name);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_read")]
    public static partial int Read(nint slide, long* at, int level, NativeImage* target, long* empty);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_picture_name")]
    public static partial nint PictureName(nint slide, int index);

    [LibraryImport(
        NativeImaging.Library,
        EntryPoint = "ci_slide_picture_size",
        StringMarshalling = StringMarshalling.Utf8
    )]
    public static partial int PictureSize(nint slide, string name, long* size);

    [LibraryImport(NativeImaging.Library, EntryPoint = "ci_slide_picture", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Picture(nint slide, string name, NativeImage* target);
}

/// <summary><c>ci_tile</c>: a JPEG tile and the window of it that is wanted.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTile
{
    public byte* Data;
    public nuint Size;
    public byte* Tables;
    public nuint TablesSize;
    public int Width;
    public int Height;
    public int Color;
    public int Denominator;
    public int X;
    public int Y;
}
