using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Formats;

/// <summary>What the first directory of a TIFF slide says in words, under OpenSlide's names.</summary>
internal static class TiffProperties
{
    public static Dictionary<string, string> Of(TiffDirectory directory)
    {
        var properties = new Dictionary<string, string>();
        (string Name, TiffTag Tag)[] texts =
        [
            ("tiff.ImageDescription", TiffTag.ImageDescription),
            ("tiff.Make", TiffTag.Make),
            ("tiff.Software", TiffTag.Software),
        ];
        foreach (var (name, tag) in texts)
        {
            if (directory.Text(tag) is { } text)
                properties[name] = text;
        }
        if (
            properties.GetValueOrDefault("tiff.ImageDescription") is { } description
            && description.StartsWith("Aperio")
        )
            AddAperio(description, properties);
        return properties;
    }

    /// <summary>What the tags say.</summary>
    public static Resolution Resolution(TiffDirectory directory)
    {
        var unit = directory.Number(TiffTag.ResolutionUnit, otherwise: 2);
        var (x, y) = (directory.Fraction(TiffTag.XResolution), directory.Fraction(TiffTag.YResolution));
        return Geometry.Resolution.OfTiff(x, y, (int)unit);
    }

    // "Aperio Image Library v11.2.1 … JPEG/RGB Q=30|AppMag = 20|MPP = 0.4990": the first part is free text.
    private static void AddAperio(string description, Dictionary<string, string> properties)
    {
        foreach (var part in description.Split('|').Skip(1))
        {
            if (part.Split('=', 2) is [var name, var value])
                properties[$"aperio.{name.Trim()}"] = value.Trim();
        }
    }
}
