using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Learning.Masks;

/// <summary><c>masks.csv</c> and <c>areas.csv</c> of a folder of masks.</summary>
internal sealed class MaskTables(string folder)
{
    private static readonly string[] Columns =
    [
        "image",
        "labels",
        "steps",
        "share_valid",
        "seconds",
        "reason",
        "picture",
        "segmentation",
        "rules",
    ];

    private static readonly string[] AreaColumns =
    [
        "image",
        "label",
        "pixels",
        "share",
        "brightness",
        "redness",
        "texture",
        "failed",
    ];

    private const int Common = 3; // columns, enough to know a table by

    internal string Masks => Path.Combine(folder, "masks.csv");

    private string Areas => Path.Combine(folder, "areas.csv");

    /// <summary>Whether an earlier call wrote tables here.</summary>
    /// <exception cref="InvalidDataException">A file of the name of one is something else.</exception>
    internal bool Found()
    {
        Check(Masks, Columns);
        Check(Areas, AreaColumns);
        return File.Exists(Masks);
    }

    // A spreadsheet may have saved it with other separators, an earlier version with fewer columns.
    private static void Check(string path, string[] columns)
    {
        if (!File.Exists(path))
            return;
        var header = (File.ReadLines(path).FirstOrDefault() ?? "").Split(',', ';', '\t');
        if (!header.Select(c => c.Trim('"')).Take(Common).SequenceEqual(columns[..Common]))
            throw new InvalidDataException(
                $"{path} is {FileLook.Of(path)}, and no table that 'coverslip mask' writes; nothing was written over it. "
                    + "Choose another folder for masks"
            );
    }

    /// <summary>None where one of the tables is missing.</summary>
    /// <exception cref="InvalidDataException">A table is damaged.</exception>
    internal IEnumerable<MaskRow> Read()
    {
        if (!File.Exists(Masks) || !File.Exists(Areas))
            return [];
        var areas = CsvTable
            .Read(Areas)
            .Rows.ToLookup(
                row => row.Fields[0],
                row =>
                {
                    var f = row.Fields;
                    return new Area((int)Number(f[1]), (long)Number(f[2]), Number(f[3]), Number(f[4]), Number(f[5]))
                    {
                        Texture = Number(f[6]),
                        Failed = Enum.Parse<MaskRule>(f[7].Replace('+', ','), ignoreCase: true),
                    };
                }
            );
        var table = CsvTable.Read(Masks);
        // Versions that kept no hashes wrote no columns of them.
        var places = Columns.Select(table.IndexOf).ToArray();
        return table
            .Rows.Select(row => places.Select(p => p < 0 ? "" : row.Fields[p]).ToArray())
            .Select(f => new MaskRow(f[0], (int)Number(f[1]), (int)Number(f[2]), Number(f[3]), Number(f[4]))
            {
                Reason = f[5],
                Areas = [.. areas[f[0]]],
                MadeOf = (f[6], f[7], f[8]),
            });
    }

    internal void Write(IReadOnlyCollection<MaskRow> rows)
    {
        CsvTable.Write(
            Areas,
            AreaColumns,
            rows.SelectMany(row =>
                row.Areas.Select(a =>
                    (string[])
                        [
                            row.Image,
                            $"{a.Label}",
                            $"{a.Pixels}",
                            Text(a.Share, "F5"),
                            Text(a.Brightness, "F3"),
                            Text(a.Redness, "F3"),
                            Text(a.Texture, "F3"),
                            a.Failed.ToString().ToLowerInvariant().Replace(", ", "+", StringComparison.Ordinal),
                        ]
                )
            )
        );
        CsvTable.Write(
            Masks,
            Columns,
            rows.Select(row =>
                (string[])
                    [
                        row.Image,
                        $"{row.Labels}",
                        $"{row.Steps}",
                        Text(row.ShareValid, "F4"),
                        Text(row.Seconds, "F3"),
                        row.Reason,
                        row.MadeOf.Picture,
                        row.MadeOf.Segmentation,
                        row.MadeOf.Rules,
                    ]
            )
        );
    }

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    private static string Text(double number, string digits) => number.ToString(digits, CultureInfo.InvariantCulture);
}
