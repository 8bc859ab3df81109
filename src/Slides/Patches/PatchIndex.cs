using System.Globalization;
using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Patches;

/// <summary>A patch of an index.</summary>
/// <param name="Slide">Path as it stands in the file, from the file's folder on.</param>
/// <param name="Side">Pixels.</param>
/// <param name="Mpp">Microns per pixel.</param>
/// <param name="Patch">Its place, label and shares.</param>
public sealed record IndexedPatch(string Slide, int Side, double Mpp, Patch Patch);

/// <summary>
/// A CSV file of patches: <c>slide,x,y,side,mpp,label,tissue,tumor,normal,center,outside</c>. Places are in pixels of
/// level 0; shares go from 0 to 1; a share that was not measured is empty.
/// </summary>
public static class PatchIndex
{
    private static readonly string[] Columns =
    [
        "slide",
        "x",
        "y",
        "side",
        "mpp",
        "label",
        "tissue",
        "tumor",
        "normal",
        "center",
        "outside",
    ];

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
            ["slide", "places", "border", "repeated", "tissue", "unlabeled", "kept", "reason"],
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

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another header, or a field that is no number.</exception>
    public static IReadOnlyList<IndexedPatch> Read(string path)
    {
        var table = CsvTable.Read(path);
        return table.Columns.SequenceEqual(Columns)
            ? [.. table.Rows.Select(row => Parse(row.Fields, $"{path}: row {row.Number}"))]
            : throw new InvalidDataException(
                $"{path}: the header is {string.Join(", ", table.Columns)}; an index has {string.Join(", ", Columns)}"
            );
    }

    private static string[] Fields(IndexedPatch row) =>
        [
            row.Slide,
            row.Patch.At.X.ToString(CultureInfo.InvariantCulture),
            row.Patch.At.Y.ToString(CultureInfo.InvariantCulture),
            row.Side.ToString(CultureInfo.InvariantCulture),
            row.Mpp.ToString(CultureInfo.InvariantCulture),
            row.Patch.Label,
            Share(row.Patch.Tissue),
            Share(row.Patch.Tumor),
            Share(row.Patch.Normal),
            Share(row.Patch.Center),
            Share(row.Patch.Outside),
        ];

    private static IndexedPatch Parse(string[] fields, string where)
    {
        var at = new SlidePoint((long)Number(1), (long)Number(2));
        return new IndexedPatch(
            fields[0],
            (int)Number(3),
            Number(4),
            new Patch(at, fields[5])
            {
                Tissue = Measured(6),
                Tumor = Measured(7),
                Normal = Measured(8),
                Center = Measured(9),
                Outside = Measured(10),
            }
        );

        double Measured(int column) => fields[column].Length == 0 ? double.NaN : Number(column);

        double Number(int column) =>
            double.TryParse(fields[column], CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new InvalidDataException($"{where}: {Columns[column]} is '{fields[column]}', not a number");
    }

    // Nine digits: a hundredth of a pixel of the largest patch.
    private static string Share(double share) =>
        double.IsNaN(share) ? "" : share.ToString("0.#########", CultureInfo.InvariantCulture);
}
