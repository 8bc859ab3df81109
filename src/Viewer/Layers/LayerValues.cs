using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Layers;

/// <summary>A probability to each cell of a grid over a slide.</summary>
/// <param name="Columns">Cells to a row.</param>
/// <param name="Rows">Rows of cells.</param>
/// <param name="Cell">Width and height of a cell in pixels of level 0.</param>
/// <param name="Corner">The first cell's corner in pixels of level 0.</param>
/// <param name="Values">[Rows · Columns], NaN where there is none.</param>
internal sealed record LayerValues(
    int Columns,
    int Rows,
    (double Width, double Height) Cell,
    (double X, double Y) Corner,
    float[] Values
)
{
    /// <summary>More cells than this are shown by the greatest value of a block: the page draws each as a pixel.</summary>
    private const int Most = 4_000_000;

    private const string Tumor = "tumor";

    /// <summary>The class that values are of, where the file says it.</summary>
    internal string? Class { get; init; }

    /// <summary>Whether the grid covers the slide; patches lie where somebody took them.</summary>
    internal bool IsWhole { get; init; }

    /// <summary>The slide's probability, where the file says it.</summary>
    internal double? Score { get; init; }

    /// <summary>Reads a heatmap, a segmentation or a table of patches.</summary>
    /// <exception cref="InvalidDataException">Damaged; the file is named.</exception>
    internal static LayerValues Read(ShownLayer layer)
    {
        var all = layer.Kind is LayerKind.Patches or LayerKind.PatchTruth ? OfPatches(layer) : OfGrid(layer);
        return (long)all.Columns * all.Rows > Most ? all.Reduced() : all;
    }

    /// <summary>Refuses a map that was made of another slide of the same name.</summary>
    /// <exception cref="InvalidDataException">Its grid ends elsewhere than the slide.</exception>
    internal LayerValues CheckWithin((long Width, long Height) slide)
    {
        var (width, height) = ((Columns * Cell.Width) + Corner.X, (Rows * Cell.Height) + Corner.Y);
        if (
            width > slide.Width + (2 * Cell.Width)
            || height > slide.Height + (2 * Cell.Height)
            || IsWhole && (width < slide.Width - (2 * Cell.Width) || height < slide.Height - (2 * Cell.Height))
        )
            throw new InvalidDataException(
                FormattableString.Invariant(
                    $"this map covers {width:0} × {height:0} pixels, the slide has {slide.Width} × {slide.Height}: it is of another slide of this name; name the folder of its slide instead"
                )
            );
        return this;
    }

    /// <summary>Gray PNG: 0 where there is no value, otherwise 1 + 254 p, of which the page makes colors.</summary>
    internal byte[] ToPng()
    {
        using var image = new Image(Columns, Rows, channels: 1);
        var pixels = image.WritablePixels;
        for (var row = 0; row < Rows; row++)
        for (var column = 0; column < Columns; column++)
        {
            var value = Values[(row * Columns) + column];
            pixels[(row * image.Stride) + column] =
                float.IsNaN(value) || value < 0 ? (byte)0 : (byte)(1 + MathF.Round(254 * Math.Min(value, 1)));
        }
        return ImageFile.Encode(image, ".png");
    }

    private static LayerValues OfGrid(ShownLayer layer)
    {
        var record =
            JsonNode.Parse(File.ReadAllText(layer.File.Path)) as JsonObject
            ?? throw new InvalidDataException($"{layer.File.Place} is damaged; predict the slide again");
        var isMap = layer.Kind == LayerKind.Heatmap;
        var array =
            layer.File.Path[..^(isMap ? "heatmap.json" : "segmentation.json").Length]
            + (isMap ? "heatmap.npy" : "probability.npy");
        double Number(string key) =>
            record[key]?.GetValue<double>()
            ?? throw new InvalidDataException($"{layer.File.Place} does not say '{key}'; predict the slide again");
        var (columns, rows) = ((int)Number("columns"), (int)Number("rows"));
        using var stream = File.OpenRead(array);
        var values = NpyFile.Read(stream, array, rows, columns);
        return new LayerValues(
            columns,
            rows,
            (Number("cell_width_level0"), Number("cell_height_level0")),
            (0, 0),
            values
        )
        {
            IsWhole = true,
            Class = record["class"]?.GetValue<string>(),
            Score = record["probability"]?.GetValue<double>(),
        };
    }

    /// <summary>Patches side by side, as the multi-stage method and bags of patches write them.</summary>
    private static LayerValues OfPatches(ShownLayer layer)
    {
        var path = layer.File.Path;
        var record = layer.Beside("-patches.csv", "-map.json");
        var said = File.Exists(record) ? JsonNode.Parse(File.ReadAllText(record)) as JsonObject : null;
        var table = CsvTable.Read(path);
        int[] places = [.. new[] { "x", "y", "width", "height" }.Select(table.Require)];
        var isTruth = layer.Kind == LayerKind.PatchTruth;
        var value = isTruth
            ? ShownLayer.TrueClass
            : Array.Find(["probability", "weight"], c => table.IndexOf(c) >= 0) ?? "probability";
        var at = table.Require(value);
        if (table.Rows.Count == 0)
            throw new InvalidDataException($"{Path.GetFileName(path)} has no patches");
        double Number(TableRow row, int column) => table.Number(row, column) ?? throw table.Empty(row, column);
        var (width, height) = (Number(table.Rows[0], places[2]), Number(table.Rows[0], places[3]));
        var (left, top) = (table.Rows.Min(r => Number(r, places[0])), table.Rows.Min(r => Number(r, places[1])));
        int Column(TableRow row) => (int)Math.Round((Number(row, places[0]) - left) / width);
        int Row(TableRow row) => (int)Math.Round((Number(row, places[1]) - top) / height);
        var (columns, rows) = (table.Rows.Max(Column) + 1, table.Rows.Max(Row) + 1);
        if ((long)columns * rows > 1 << 28)
            throw new InvalidDataException(
                $"{Path.GetFileName(path)}: patches of {width} × {height} pixels lie {columns} × {rows} apart, which is no slide"
            );
        var values = Enumerable.Repeat(float.NaN, columns * rows).ToArray();
        foreach (var row in table.Rows)
            values[(Row(row) * columns) + Column(row)] = isTruth ? Known(row.Fields[at]) : (float)Number(row, at);
        // Weights of a bag sum to one: shown beside the greatest.
        var most = value == "weight" ? values.Where(v => !float.IsNaN(v)).Max() : 1;
        return new LayerValues(
            columns,
            rows,
            (width, height),
            (left, top),
            most is > 0 and not 1 ? [.. values.Select(v => v / most)] : values
        )
        {
            Class = isTruth ? Tumor : said?["class"]?.GetValue<string>(),
            Score = isTruth ? null : said?["probability"]?.GetValue<double>(),
        };
    }

    /// <summary>As the multi-stage method writes it: a patch at the border of classes has no label.</summary>
    private static float Known(string label) =>
        label.Length == 0 ? float.NaN
        : label == Tumor ? 1
        : 0;

    private LayerValues Reduced()
    {
        var by = (int)Math.Ceiling(Math.Sqrt((double)Columns * Rows / Most));
        var (columns, rows) = ((Columns + by - 1) / by, (Rows + by - 1) / by);
        var values = Enumerable.Repeat(float.NaN, columns * rows).ToArray();
        for (var i = 0; i < Values.Length; i++)
        {
            var to = (i / Columns / by * columns) + (i % Columns / by);
            if (float.IsNaN(values[to]) || Values[i] > values[to])
                values[to] = Values[i];
        }
        return this with
        {
            Columns = columns,
            Rows = rows,
            Cell = (Cell.Width * by, Cell.Height * by),
            Values = values,
        };
    }
}
