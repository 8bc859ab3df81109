using System.Runtime.InteropServices;
using Coverslip.Slides.Formats.Tiff;

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
        var reason = $"OpenSlide {version} knows it as {vendor}";
        // Of these OpenSlide takes pictures for levels, and fails at tiles that are left out.
        if (vendor is not ("aperio" or "generic-tiff"))
            return new SlideAttempt(new OpenSlideSlide(path, options), reason);
        using var file = TiffFile.Open(path, out var first);
        var pyramid = file is null ? null : TiffPyramid.Of(file, file.ReadDirectories(first));
        return new SlideAttempt(new OpenSlideSlide(path, options, pyramid), reason);
    }
}
