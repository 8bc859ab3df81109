using System.Globalization;
using Coverslip.Files;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>
/// Where findings are: a CSV file <c>image,label,x,y,width,height</c>, a row per box, in pixels of the stored image. A
/// column <c>outline</c> may hold corners instead, <c>x y x y …</c>; the four numbers of such a row may be empty.
/// </summary>
public static class BoxesFile
{
    private static readonly string[] Sides = ["x", "y", "width", "height"];
    private const int MostListed = 5;

    /// <summary>Reads the boxes of a cohort of findings.</summary>
    /// <exception cref="InvalidDataException">
    /// A missing column, an image or a label that the cohort does not have, a finding that the image's row does not name,
    /// or figures that are no box; the message names rows.
    /// </exception>
    public static IReadOnlyList<FindingBox> Read(string path, Cohort cohort) => Read(path, cohort, whole: true);

    /// <summary>Those of <c>boxes.csv</c> in the folder of a cohort of findings; none where it lies there not. Boxes of images that the
    /// cohort has not are left out, since the file may be of a larger one beside it.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Read(string, Cohort)"/>, but for images.</exception>
    public static IReadOnlyList<FindingBox> Beside(Cohort cohort) =>
        Path.Combine(cohort.Folder, "boxes.csv") is var boxes && cohort.MultiLabel && File.Exists(boxes)
            ? Read(boxes, cohort, whole: false)
            : [];

    private static IReadOnlyList<FindingBox> Read(string path, Cohort cohort, bool whole)
    {
        var table = CsvTable.Read(path);
        var (image, label, outline) = (table.Require("image"), table.Require("label"), table.IndexOf("outline"));
        int[] sides = [.. Sides.Select(table.Require)];
        var rows = cohort.Rows.ToDictionary(r => r.Image, StringComparer.Ordinal);
        var problems = new List<CohortProblem>();
        var boxes = new List<FindingBox>();
        foreach (var row in table.Rows)
        {
            var (name, finding) = (row.Fields[image].Replace('\\', '/'), row.Fields[label]);
            var corners = outline < 0 ? "" : row.Fields[outline];
            if (!rows.TryGetValue(name, out var known) && !whole)
                continue;
            if (known is null)
                problems.Add(new(true, $"the image '{name}' is not in {cohort.Path}", [row.Number]));
            else if (!cohort.Classes.Contains(finding))
                problems.Add(
                    new(true, $"the label '{finding}' is none of {string.Join(", ", cohort.Classes)}", [row.Number])
                );
            else if (!known.Shows(finding))
                problems.Add(
                    new(
                        true,
                        $"a box of {finding} in {name}, whose labels in {cohort.Path} (row {known.Number}) are '{known.Label}'",
                        [row.Number]
                    )
                );
            else if (Parse([.. sides.Select(s => row.Fields[s])], corners) is not { } box)
                problems.Add(
                    new(
                        true,
                        corners.Length > 0
                            ? $"outline is '{corners}'; expected are at least three corners, x y x y …"
                            : $"the box is '{string.Join(",", sides.Select(s => row.Fields[s]))}'; expected are four numbers, width and height above 0",
                        [row.Number]
                    )
                );
            else
                boxes.Add(new FindingBox(row.Number, name, finding, box.Area) { Outline = box.Outline });
        }
        Refuse(path, problems);
        return boxes;
    }

    /// <summary>Writes boxes without outlines, whole or not at all.</summary>
    public static void Write(string path, IEnumerable<FindingBox> boxes) =>
        CsvTable.Write(
            path,
            ["image", "label", .. Sides],
            boxes.Select(b =>
                (string[])
                    [
                        b.Image,
                        b.Label,
                        CsvTable.Text(b.Area.X),
                        CsvTable.Text(b.Area.Y),
                        CsvTable.Text(b.Area.Width),
                        CsvTable.Text(b.Area.Height),
                    ]
            )
        );

    /// <summary>Refuses boxes that reach beyond their image.</summary>
    /// <param name="path">The boxes file, for the message.</param>
    /// <param name="boxes">What it holds.</param>
    /// <param name="sizeOf">Width and height of an image as stored, in pixels; null where it is not known.</param>
    /// <exception cref="InvalidDataException">Some do; the message names rows.</exception>
    public static void CheckWithin(
        string path,
        IReadOnlyList<FindingBox> boxes,
        Func<string, (int Width, int Height)?> sizeOf
    )
    {
        var problems = new List<CohortProblem>();
        foreach (var box in boxes)
        {
            var (area, size) = (box.Area, sizeOf(box.Image));
            // A tenth of a pixel is rounding, not another image.
            if (
                size is { } s
                && (area.X < -0.1 || area.Y < -0.1 || area.Right > s.Width + 0.1 || area.Bottom > s.Height + 0.1)
            )
                problems.Add(
                    new(
                        true,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"the box {area.X:0.##},{area.Y:0.##},{area.Width:0.##},{area.Height:0.##} reaches beyond {box.Image}, which has {s.Width} × {s.Height} pixels"
                        ),
                        [box.Row]
                    )
                );
        }
        Refuse(path, problems);
    }

    private static void Refuse(string path, List<CohortProblem> problems)
    {
        if (problems.Count == 0)
            return;
        var more = problems.Count > MostListed ? $"; and {problems.Count - MostListed} more" : "";
        throw new InvalidDataException($"{path}: {string.Join("; ", problems.Take(MostListed))}{more}");
    }

    private static (BoxArea Area, IReadOnlyList<(double X, double Y)>? Outline)? Parse(string[] sides, string outline)
    {
        if (outline.Length > 0)
        {
            var numbers = outline.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray();
            if (numbers.Length < 6 || numbers.Length % 2 != 0 || numbers.Any(n => n is null))
                return null;
            (double X, double Y)[] corners = [.. numbers.Chunk(2).Select(c => (c[0]!.Value, c[1]!.Value))];
            var around = BoxArea.Around(corners);
            return around.Area > 0 ? (around, corners) : null;
        }
        var given = sides.Select(Number).ToArray();
        return given.All(n => n is not null) && given[2] > 0 && given[3] > 0
            ? (new BoxArea(given[0]!.Value, given[1]!.Value, given[2]!.Value, given[3]!.Value), null)
            : null;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : null;
}
