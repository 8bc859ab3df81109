using System.Runtime.InteropServices;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>
/// Pictures that a scanner puts beside a slide: <see cref="Label"/>, on which names stand, and <see cref="Macro"/>, the whole
/// glass, which may show the label. OpenSlide reads them, whichever reader reads the slide: of Aperio, Hamamatsu, Mirax, Leica, Ventana,
/// Philips; generic TIFF has none.
/// </summary>
public static unsafe class AssociatedImages
{
    /// <summary>The picture of the label.</summary>
    public const string Label = "label";

    /// <summary>The picture of the whole glass.</summary>
    public const string Macro = "macro";

    /// <summary>More is no picture of a glass.</summary>
    private const long MostPixels = 1 << 27;

    /// <summary>Which pictures a slide has; none where OpenSlide does not open it.</summary>
    public static IReadOnlyList<string> NamesIn(string path) =>
        With(
            path,
            slide =>
            {
                var names = new List<string>();
                for (var i = 0; NativeSlides.PictureName(slide, i) is var name and not 0; i++)
                    names.Add(Marshal.PtrToStringUTF8(name)!);
                return names;
            }
        ) ?? [];

    /// <summary>A picture; null where the slide has none of this name.</summary>
    /// <exception cref="UnreadableSlideException">It is damaged, or of more than 2^27 pixels.</exception>
    public static Image? Read(string path, string name) =>
        NamesIn(path).Contains(name) ? With(path, slide => Read(path, name, slide)) : null;

    private static Image Read(string path, string name, nint slide)
    {
        var size = stackalloc long[2];
        if (NativeSlides.PictureSize(slide, name, size) != 0)
            throw Bad(path, name);
        if (size[0] > MostPixels / size[1])
            throw new UnreadableSlideException(
                path,
                $"its picture '{name}' says that it has {size[0]} × {size[1]} pixels; {MostPixels} at most are read"
            );
        var image = new Image((int)size[0], (int)size[1]);
        fixed (byte* pixels = image.WritablePixels)
        {
            var target = NativeImage.Of(image, pixels);
            if (NativeSlides.Picture(slide, name, &target) == 0)
                return image;
        }
        image.Dispose();
        throw Bad(path, name);
    }

    private static UnreadableSlideException Bad(string path, string name) =>
        new(path, $"its picture '{name}': OpenSlide says: {NativeImaging.LastError}");

    private static T? With<T>(string path, Func<nint, T> work)
        where T : class
    {
        nint slide;
        if (NativeSlides.Vendor(path) == 0 || NativeSlides.Open(path, &slide) != 0)
            return null;
        try
        {
            return work(slide);
        }
        finally
        {
            NativeSlides.Close(slide);
        }
    }
}
