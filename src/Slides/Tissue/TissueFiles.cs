using System.Globalization;
using System.Security.Cryptography;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Tissue of slides in a folder: <c>NAME.mask.png</c>, <c>NAME.overlay.png</c>, <c>NAME.geojson</c> with the pieces in
/// pixels of level 0, and last <c>NAME.tissue.json</c>, which says that the slide is finished and what it was made of.
/// </summary>
public sealed class TissueFiles(string folder)
{
    /// <summary>The class of the pieces in the GeoJSON file.</summary>
    public const string Class = "Tissue";

    private const string Failed = "failed: ";

    private static readonly string[] Columns =
    [
        "slide",
        "pieces",
        "area_mm2",
        "share",
        "threshold",
        "contrast",
        "channel",
        "mpp",
        .. ArtifactAreas.Columns,
        "reason",
    ];

    /// <summary>What is finished of a slide with these options; null where it is to be done.</summary>
    /// <param name="slide">The slide, as it is read now.</param>
    /// <param name="options">How tissue is told from glass.</param>
    /// <param name="tell">Told why a slide that stands in the folder is done again.</param>
    /// <exception cref="InvalidDataException">Another slide of the same name stands there.</exception>
    public TissueRecord? Finished(Slide slide, TissueOptions options, Action<string>? tell = null)
    {
        var path = Place(slide.Path, "tissue.json");
        if (TissueRecord.Read(path) is not { } record)
        {
            if (File.Exists(path))
                tell?.Invoke($"{slide.Path}: done again: {path} is damaged");
            return null;
        }
        var now = $"{MadeOf(slide, options)}";
        if (
            Path.GetFullPath(record.Slide) != Path.GetFullPath(slide.Path)
            && Difference(record, now, name => name == $"{SlideContents.Prefix}contents") is not null
        )
            throw DistinctNames.Taken(path, record.Slide, slide.Path);
        if (Difference(record, now) is not { } differs)
            return record;
        tell?.Invoke($"{slide.Path}: done again: {differs}");
        return null;
    }

    /// <summary>Writes all files of a slide.</summary>
    public TissueRecord Write(Slide slide, TissueMap map, TissueOptions options)
    {
        var path = slide.Path;
        WholeFile.MakeFolder(folder);
        // Never the new files beside the old record: a call that is stopped in between leaves none.
        File.Delete(Place(path, "tissue.json"));
        using (FilesTogether.Begin())
        using (var overlay = map.Overlay())
        {
            ImageFile.Write(Place(path, "mask.png"), map.Mask);
            ImageFile.Write(Place(path, "overlay.png"), overlay);
            AnnotationFile.Write(Place(path, "geojson"), ToAnnotations(map), AnnotationFormat.GeoJson);
        }
        var record = new TissueRecord
        {
            Slide = Path.GetFullPath(path),
            Options = options,
            Pieces = map.Region.Polygons.Count,
            Area = map.Area,
            Share = map.Share,
            Threshold = map.Threshold,
            Contrast = map.Contrast,
            Artifacts = map.Artifacts,
            Reason = map.Reason,
            MadeOf = MadeOf(slide, options).Kept,
        };
        WholeFile.Write(Place(path, "tissue.json"), record.ToJson());
        return record;
    }

    /// <summary>
    /// Writes into <c>tissue.csv</c> what was found on each slide, or why it failed; slides of earlier calls stay.
    /// </summary>
    public void WriteTable(IEnumerable<(string Slide, TissueRecord? Found, string? Failure)> slides) =>
        MergedTable.Write(
            Path.Combine(folder, "tissue.csv"),
            Columns,
            slides.Select(s => s.Found is { } found ? Row(s.Slide, found) : FailedRow(s.Slide, s.Failure)),
            row => Path.GetFileNameWithoutExtension(row[0]),
            // What was found on a slide is not lost to another of its name that fails.
            (before, now) => before[0] == now[0] || !now[^1].StartsWith(Failed, StringComparison.Ordinal)
        );

    /// <summary>The tissue of a slide, in pixels of level 0.</summary>
    /// <exception cref="AnnotationException">There is none for the slide, it is another slide's or of another resolution,
    /// or it is damaged.</exception>
    public PolygonRegion Read(Slide slide)
    {
        _ = Checked(slide);
        return Outlines(slide);
    }

    /// <summary>The same, with the reason where there is none.</summary>
    /// <inheritdoc cref="Read"/>
    public SlideTissue Tissue(Slide slide)
    {
        var record = Checked(slide);
        var path = Place(slide.Path, "geojson");
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..16];
        return SlideTissue.Of(Outlines(slide), $"outlines of {Path.GetFileName(path)}, SHA-256 {hash}", record.Reason);
    }

    /// <summary>The slide's file of a kind, such as "mask.png".</summary>
    public string Place(string slide, string kind) =>
        Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(slide)}.{kind}");

    private PolygonRegion Outlines(Slide slide) => AnnotationFile.Read(Place(slide.Path, "geojson")).Region(Class);

    /// <summary>The record of tissue that was found on this very slide, read as it is now.</summary>
    private TissueRecord Checked(Slide slide)
    {
        var (path, outlines) = (Place(slide.Path, "tissue.json"), Place(slide.Path, "geojson"));
        var wayOut = $"'coverslip tissue {slide.Path} --out {folder}' makes it";
        if (!File.Exists(outlines) || TissueRecord.Read(path) is not { } record)
            throw new AnnotationException(
                File.Exists(outlines) ? path : outlines,
                $"no such file, or none that is whole; {wayOut}"
            );
        var now = $"{new Fingerprint().AddSlide(slide)}";
        if (
            Difference(record, now, name => name.StartsWith(SlideContents.Prefix, StringComparison.Ordinal)) is
            { } differs
        )
            throw new AnnotationException(
                outlines,
                $"not of {slide.Path} as it is read now: {differs}; {wayOut} anew, with the same --slide-mpp and --reader as "
                    + "here, or into another folder where it is of another slide"
            );
        return record;
    }

    private static Fingerprint MadeOf(Slide slide, TissueOptions options) =>
        new Fingerprint().AddSlide(slide).AddRecord("tissue", options);

    private static string? Difference(TissueRecord record, string now, Predicate<string>? counts = null) =>
        record.MadeOf is null
            ? "an earlier version made it, which did not keep of what"
            : Fingerprint.Difference(string.Join('\n', record.MadeOf), now, counts);

    private static string[] Row(string slide, TissueRecord found) =>
        [
            slide,
            $"{found.Pieces}",
            Text(found.Area),
            Text(found.Share),
            $"{found.Threshold}",
            Text(found.Contrast),
            TissueFinder.Word(found.Options.Channel),
            Text(found.Options.Mpp),
            .. found.Artifacts?.Row ?? [.. ArtifactAreas.Columns.Select(_ => "")],
            found.Reason ?? "",
        ];

    private static string[] FailedRow(string slide, string? failure) =>
        [slide, .. Enumerable.Repeat("", Columns.Length - 2), $"{Failed}{failure}"];

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

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
