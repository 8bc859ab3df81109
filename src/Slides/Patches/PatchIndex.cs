using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Slides.Patches;

/// <summary>A patch of an index.</summary>
/// <param name="Place">The slide, its path as it stands in the file, and where.</param>
/// <param name="Patient">Whose slide it is.</param>
/// <param name="Patch">Its label and shares.</param>
public sealed record IndexedPatch(SlidePlace Place, string Patient, Patch Patch)
{
    /// <summary>The image file that it was cut into, as it stands in the index; null: it is read from the slide.</summary>
    public string? File { get; init; }
}

/// <summary>
/// Patches of slides as a cohort: <c>image,label,patient,x,y,side,mpp,tissue,tumor,normal,center,outside</c>, where
/// <c>image</c> is the place (<see cref="SlidePlace"/>), or the file that was cut out there; the columns <c>x</c> to <c>mpp</c>
/// say the place one by one. Shares go from 0 to 1; one that was not measured is empty.
/// </summary>
public static class PatchIndex
{
    private static readonly string[] Columns =
    [
        "image",
        "label",
        "patient",
        "x",
        "y",
        "side",
        "mpp",
        "tissue",
        "tumor",
        "normal",
        "center",
        "outside",
    ];

    private static readonly string[] CountColumns =
    [
        "slide",
        "places",
        "border",
        "repeated",
        "tissue",
        "unlabeled",
        "kept",
        "reason",
    ];

    /// <summary>Whether a file is an index, by its columns.</summary>
    public static bool Is(string path) => CsvTable.HasHeader(path, Columns);

    /// <summary>Whether a file is one of <see cref="WriteCounts"/>, by its columns.</summary>
    public static bool IsCounts(string path) => CsvTable.HasHeader(path, CountColumns);

    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, IEnumerable<IndexedPatch> patches) =>
        CsvTable.Write(path, Columns, patches.Select(Fields));

    /// <summary>Writes what the filters removed of each slide's patches, or why the slide failed.</summary>
    public static void WriteCounts(
        string path,
        IEnumerable<(string Slide, PatchSelection? Selection, string? Failure)> slides
    ) =>
        CsvTable.Write(
            path,
            CountColumns,
            slides.Select<(string Slide, PatchSelection? Selection, string? Failure), string[]>(s =>
                s.Selection is { Counts: var c, Reason: var reason }
                    ?
                    [
                        s.Slide,
                        $"{c.Candidates}",
                        $"{c.Border}",
                        $"{c.Repeated}",
                        $"{c.Tissue}",
                        $"{c.Unlabeled}",
                        $"{c.Kept}",
                        reason ?? "",
                    ]
                    : [s.Slide, "", "", "", "", "", "", $"failed: {s.Failure}"]
            )
        );

    private static string[] Fields(IndexedPatch row) =>
        [
            row.File ?? $"{row.Place}",
            row.Patch.Label,
            row.Patient,
            row.Place.X.ToString(CultureInfo.InvariantCulture),
            row.Place.Y.ToString(CultureInfo.InvariantCulture),
            row.Place.Side.ToString(CultureInfo.InvariantCulture),
            row.Place.Mpp.ToString(CultureInfo.InvariantCulture),
            Share(row.Patch.Tissue),
            Share(row.Patch.Tumor),
            Share(row.Patch.Normal),
            Share(row.Patch.Center),
            Share(row.Patch.Outside),
        ];

    // Nine digits: a hundredth of a pixel of the largest patch.
    private static string Share(double share) =>
        double.IsNaN(share) ? "" : share.ToString("0.#########", CultureInfo.InvariantCulture);
}
