using System.Globalization;
using System.Xml;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Formats;

/// <summary>
/// What OME-XML in the description of a TIFF says of the image that the first directory holds (Open Microscopy
/// Environment's schema 2016-06, element <c>Pixels</c>; earlier ones name its attributes alike).
/// </summary>
/// <param name="Channels">SizeC, of which a page holds one or, in color, three.</param>
/// <param name="Planes">SizeZ times SizeT.</param>
/// <param name="Mpp">PhysicalSizeX and Y; null where they are not both there.</param>
/// <param name="Unreadable">Why they cannot be read; null where they can, or are missing.</param>
internal sealed record OmePixels(int Channels, int Planes, Mpp? Mpp, string? Unreadable)
{
    /// <summary>Null where the text is no OME-XML.</summary>
    /// <param name="description">ImageDescription of the first directory.</param>
    /// <param name="width">Of its image in pixels.</param>
    /// <param name="height">Of its image in pixels.</param>
    public static OmePixels? Of(string? description, long width, long height)
    {
        if (description?.Contains("<OME", StringComparison.Ordinal) != true)
            return null;
        OmePixels? other = null;
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(description.Trim()),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }
            );
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element)
                    continue;
                if (reader.LocalName == "BinaryOnly")
                    return new OmePixels(1, 1, null, "its OME-XML lies in another file, which is not read");
                if (reader.LocalName != "Pixels")
                    continue;
                var pixels = Read(reader);
                if (Number(reader, "SizeX") == width && Number(reader, "SizeY") == height)
                    return pixels;
                other ??= pixels;
            }
        }
        catch (XmlException error)
        {
            return new OmePixels(1, 1, null, $"its OME-XML cannot be read: {error.Message}");
        }
        return other is null
            ? null
            : new OmePixels(1, 1, null, $"its OME-XML describes no image of {width} × {height} pixels");
    }

    private static OmePixels Read(XmlReader reader)
    {
        var channels = Number(reader, "SizeC");
        var planes = Number(reader, "SizeZ") * Number(reader, "SizeT");
        if (reader.GetAttribute("PhysicalSizeX") is not { } x || reader.GetAttribute("PhysicalSizeY") is not { } y)
            return new OmePixels(channels, planes, null, null);
        var (unitX, unitY) = (Unit(reader, "PhysicalSizeXUnit"), Unit(reader, "PhysicalSizeYUnit"));
        return
            Microns(x, unitX) is { } wide
            && Microns(y, unitY) is { } high
            && Geometry.Mpp.IsPlausible(wide)
            && Geometry.Mpp.IsPlausible(high)
            ? new OmePixels(channels, planes, new Mpp(wide, high), null)
            : new OmePixels(
                channels,
                planes,
                null,
                FormattableString.Invariant(
                    $"OME PhysicalSizeX is '{x}' in '{unitX}' and PhysicalSizeY '{y}' in '{unitY}'"
                ) + FormattableString.Invariant($", no length from {Geometry.Mpp.Least} to {Geometry.Mpp.Most} µm")
            );
    }

    private static string Unit(XmlReader reader, string name) => reader.GetAttribute(name)?.Trim() ?? "µm";

    private static double? Microns(string text, string unit)
    {
        double? perUnit = unit switch
        {
            // The micro sign, the Greek letter, a micro sign of Latin-1 that is no UTF-8, and what libvips makes of one.
            "µm" or "\u03BCm" or "\uFFFDm" or "\u23C2\u23B5m" or "um" => 1,
            "pm" => 1e-6,
            "\u00C5" or "\u212B" or "\u23C3\u2385" => 1e-4, // Ångström
            "nm" => 1e-3,
            "mm" => 1e3,
            "cm" => 1e4,
            "m" => 1e6,
            _ => null,
        };
        var plain = text.Contains('.') ? text : text.Replace(',', '.');
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var size)
            ? size * perUnit
            : null;
    }

    /// <summary>1 where it is missing or no whole number.</summary>
    private static int Number(XmlReader reader, string name) =>
        int.TryParse(reader.GetAttribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : 1;
}
