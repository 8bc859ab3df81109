using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>What was found on a slide, as <c>NAME.tissue.json</c> holds it.</summary>
public sealed record TissueRecord
{
    public required string Slide { get; init; }

    /// <summary>Bytes of the slide's file: another slide of the same name is not taken for this one.</summary>
    public required long SlideBytes { get; init; }

    public required TissueOptions Options { get; init; }

    /// <summary>Connected pieces.</summary>
    public required int Pieces { get; init; }

    /// <summary>In mm².</summary>
    public required double Area { get; init; }

    /// <summary>Of the scanned part.</summary>
    public required double Share { get; init; }

    public required int Threshold { get; init; }

    public required double Contrast { get; init; }

    /// <summary>Why there is no tissue.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// Tissue of slides in a folder: <c>NAME.mask.png</c>, <c>NAME.overlay.png</c>, <c>NAME.geojson</c> with the pieces in
/// pixels of level 0, and last <c>NAME.tissue.json</c>, which says that the slide is finished.
/// </summary>
public sealed class TissueFiles(string folder)
{
    /// <summary>The class of the pieces in the GeoJSON file.</summary>
    public const string Class = "Tissue";

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    /// <summary>What is finished of a slide with these options; null where it is to be done.</summary>
    public TissueRecord? Finished(string slide, TissueOptions options)
    {
        var record = Record(slide);
        return record?.Options == options && record.SlideBytes == Bytes(slide) ? record : null;
    }

    private TissueRecord? Record(string slide)
    {
        var path = Place(slide, "tissue.json");
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<TissueRecord>(File.ReadAllText(path), Layout);
        }
        catch (JsonException)
        {
            // Not a record of ours, or of another version: the slide is done again.
            return null;
        }
    }

    /// <summary>Writes all files of a slide.</summary>
    public TissueRecord Write(string slide, TissueMap map, TissueOptions options)
    {
        ImageFile.Write(Place(slide, "mask.png"), map.Mask);
        using (var overlay = map.Overlay())
            ImageFile.Write(Place(slide, "overlay.png"), overlay);
        AnnotationFile.Write(Place(slide, "geojson"), ToAnnotations(map), AnnotationFormat.GeoJson);
        var record = new TissueRecord
        {
            Slide = slide,
            SlideBytes = Bytes(slide),
            Options = options,
            Pieces = map.Region.Polygons.Count,
            Area = map.Area,
            Share = map.Share,
            Threshold = map.Threshold,
            Contrast = map.Contrast,
            Reason = map.Reason,
        };
        WholeFile.Write(Place(slide, "tissue.json"), JsonSerializer.Serialize(record, Layout));
        return record;
    }

    /// <summary>Writes <c>tissue.csv</c>: what was found on each slide, or why it failed.</summary>
    public void WriteTable(IEnumerable<(string Slide, TissueRecord? Found, string? Failure)> slides) =>
        CsvTable.Write(
            Path.Combine(folder, "tissue.csv"),
            ["slide", "pieces", "area_mm2", "share", "threshold", "contrast", "channel", "mpp", "reason"],
            slides.Select<(string Slide, TissueRecord? Found, string? Failure), string[]>(s =>
                s.Found is { } found
                    ?
                    [
                        s.Slide,
                        $"{found.Pieces}",
                        Text(found.Area),
                        Text(found.Share),
                        $"{found.Threshold}",
                        Text(found.Contrast),
                        TissueFinder.Word(found.Options.Channel),
                        Text(found.Options.Mpp),
                        found.Reason ?? "",
                    ]
                    : [s.Slide, "", "", "", "", "", "", "", $"failed: {s.Failure}"]
            )
        );

    /// <summary>The tissue of a slide, in pixels of level 0.</summary>
    /// <exception cref="AnnotationException">There is none for the slide, or it is damaged.</exception>
    public PolygonRegion Read(string slide)
    {
        var path = Place(slide, "geojson");
        if (!File.Exists(path))
            throw new AnnotationException(path, $"no such file; 'coverslip tissue {slide} --out {folder}' makes it");
        if (Record(slide) is { } record && record.SlideBytes != Bytes(slide))
        {
            throw new AnnotationException(
                path,
                $"of another slide of this name, with {record.SlideBytes} bytes; {slide} has {Bytes(slide)}: "
                    + $"'coverslip tissue {slide} --out {folder}' makes it anew"
            );
        }
        return AnnotationFile.Read(path).Region(Class);
    }

    /// <summary>The same, with the reason where there is none.</summary>
    /// <exception cref="AnnotationException">There is none for the slide, or it is damaged.</exception>
    public SlideTissue Tissue(string slide)
    {
        var region = Read(slide);
        var bytes = File.ReadAllBytes(Place(slide, "geojson"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        return SlideTissue.Of(
            region,
            $"outlines of {Path.GetFileName(Place(slide, "geojson"))}, SHA-256 {hash}",
            Record(slide)?.Reason
        );
    }

    /// <summary>The slide's file of a kind, such as "mask.png".</summary>
    public string Place(string slide, string kind) =>
        Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(slide)}.{kind}");

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static long Bytes(string slide) => File.Exists(slide) ? new FileInfo(slide).Length : -1;

    private static AnnotationSet ToAnnotations(TissueMap map) =>
        new()
        {
            Format = AnnotationFormat.GeoJson,
            Annotations =
            [
                .. map.Region.Polygons.Select(polygon => new Annotation
                {
                    Class = Class,
                    ClassColor = new RgbColor(0, 160, 60),
                    ObjectType = "annotation",
                    Polygons = [polygon],
                }),
            ],
        };
}
