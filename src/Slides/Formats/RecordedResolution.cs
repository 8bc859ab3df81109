using System.Globalization;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Formats;

/// <summary>
/// The resolution that a file records, whichever reader has it open: the scanner's own field, else OME's, else OpenSlide's,
/// else TIFF's tags. A field that is there and cannot be read is told, never passed over.
/// </summary>
internal static class RecordedResolution
{
    /// <summary>Fields that scanners write in microns per pixel, along x and along y, under OpenSlide's names.</summary>
    private static readonly (string X, string Y)[] ScannerFields =
    [
        ("aperio.MPP", "aperio.MPP"),
        ("openslide.mpp-x", "openslide.mpp-y"),
        (
            "mirax.LAYER_0_LEVEL_0_SECTION.MICROMETER_PER_PIXEL_X",
            "mirax.LAYER_0_LEVEL_0_SECTION.MICROMETER_PER_PIXEL_Y"
        ),
        ("ventana.ScanRes", "ventana.ScanRes"),
    ];

    /// <summary>What the file says.</summary>
    /// <param name="properties">Under OpenSlide's names.</param>
    /// <param name="ome">What the file's OME-XML says, where it has any.</param>
    /// <param name="tags">What TIFF's XResolution, YResolution and ResolutionUnit say.</param>
    public static Resolution Of(IReadOnlyDictionary<string, string> properties, OmePixels? ome, Resolution tags)
    {
        string? unreadable = null;
        if (ome is not null)
        {
            if (ome.Mpp is { } mpp)
                return Resolution.Of(mpp, ResolutionSource.Scanner, "OME PhysicalSizeX, PhysicalSizeY");
            unreadable = ome.Unreadable;
        }
        foreach (var (nameX, nameY) in ScannerFields)
        {
            if (!properties.TryGetValue(nameX, out var x) || !properties.TryGetValue(nameY, out var y))
                continue;
            if (Number(x) is { } wide && Number(y) is { } high)
            {
                var names = nameX == nameY ? nameX : $"{nameX}, {nameY}";
                var found = Resolution.Of(new Mpp(wide, high), ResolutionSource.Scanner, names);
                return unreadable is null ? found : found.Instead(unreadable);
            }
            unreadable ??= FormattableString.Invariant(
                $"{nameX} is '{x}', no number of microns from {Mpp.Least} to {Mpp.Most}"
            );
        }
        return unreadable is null ? tags : tags.Instead(unreadable);
    }

    /// <summary>A plausible number, with a decimal point or a decimal comma; null where it is none.</summary>
    internal static double? Number(string text)
    {
        // One comma and no point is a decimal comma: no resolution has a thousand microns.
        var plain = text.Count(c => c == ',') == 1 && !text.Contains('.') ? text.Replace(',', '.') : text;
        return
            double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && Mpp.IsPlausible(value)
            ? value
            : null;
    }
}
