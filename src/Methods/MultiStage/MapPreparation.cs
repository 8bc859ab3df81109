using System.Globalization;
using System.Text;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// What a slide's patches were made of, drawn over the slide as SVG in pixels of level 0 (Takahama et al. 2019, figure 4, b and
/// c): the tissue that was cut into patches, and what is annotated.
/// </summary>
internal static class MapPreparation
{
    /// <summary>A veil over all that lies in no patch.</summary>
    internal static string Tissue(TabledPatches table)
    {
        var (around, first, text) = (
            table.Around,
            table.First,
            new StringBuilder("<path fill=\"white\" opacity=\"0.8\" d=\"")
        );
        var rows = table
            .Patches.GroupBy(p => p.Patch.Row)
            .ToDictionary(g => g.Key, g => g.Select(p => p.Patch.Column).ToHashSet());
        var columns = (int)Math.Round(around.Width / first.Width);
        // Their first row and column lie one before the patches', as their maps have it.
        for (var row = -1; row < (int)Math.Round(around.Height / first.Height) - 1; row++)
        for (var column = -1; column < columns - 1; column++)
        {
            if (IsTissue(row, column))
                continue;
            var from = column;
            while (column + 1 < columns - 1 && !IsTissue(row, column + 1))
                column++;
            text.Append(
                CultureInfo.InvariantCulture,
                $"M{first.X + (from * first.Width)} {first.Y + (row * first.Height)}h{(column - from + 1) * first.Width}v{first.Height}H{first.X + (from * first.Width)}z"
            );
        }
        return text.Append("\"/>").ToString();

        bool IsTissue(int row, int column) => rows.TryGetValue(row, out var filled) && filled.Contains(column);
    }

    /// <summary>Outlines: tumor red, all others black.</summary>
    /// <param name="drawn">Null: nothing is.</param>
    /// <param name="unit">A pixel of the picture, in pixels of level 0: finer steps are not drawn.</param>
    internal static string Outlines(AnnotationSet? drawn, double unit)
    {
        var text = new StringBuilder();
        var classes = new AnnotationClasses();
        foreach (var annotation in drawn?.Annotations.Where(a => a.IsArea) ?? [])
        {
            var isTumor = classes.UseOf(annotation.Class ?? AnnotationClasses.Unclassified) == ClassUse.Tumor;
            text.Append("<path fill=\"none\" vector-effect=\"non-scaling-stroke\" stroke-width=\"1.5\" stroke=\"")
                .Append(isTumor ? "#d01818" : "black")
                .Append("\" d=\"");
            foreach (var ring in annotation.Areas.SelectMany(p => p.Holes.Prepend(p.Outer)))
                Path(ring, unit, text);
            text.Append("\"/>");
        }
        return text.ToString();
    }

    private static void Path(Ring ring, double unit, StringBuilder text)
    {
        Vertex? last = null;
        foreach (var point in ring.Points)
        {
            if (last is { } l && Math.Abs(point.X - l.X) < unit && Math.Abs(point.Y - l.Y) < unit)
                continue;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(last is null ? 'M' : 'L')}{Math.Round(point.X, 1)} {Math.Round(point.Y, 1)}"
            );
            last = point;
        }
        text.Append('z');
    }
}
