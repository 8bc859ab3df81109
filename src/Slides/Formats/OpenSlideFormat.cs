using System.Runtime.InteropServices;

namespace Coverslip.Slides.Formats;

/// <summary>Every format that OpenSlide knows.</summary>
internal static class OpenSlideFormat
{
    public static SlideFormat Format { get; } = new("openslide", Open);

    private static SlideAttempt Open(string path, SlideOptions options)
    {
        var vendor = Marshal.PtrToStringUTF8(NativeSlides.Vendor(path));
        if (vendor is null)
            return new SlideAttempt(null, "OpenSlide does not know its format");
        var version = Marshal.PtrToStringUTF8(NativeSlides.OpenSlideVersion());
        return new SlideAttempt(new OpenSlideSlide(path, options), $"OpenSlide {version} knows it as {vendor}");
    }
}
