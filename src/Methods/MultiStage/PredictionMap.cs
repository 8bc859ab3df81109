using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Maps of a slide's patches to look at, as in figure 5 of Takahama et al. 2019: white without tissue, gray normal, red
/// tumor, purple without a label. Probabilities run from gray over to red.
/// </summary>
internal static class PredictionMap
{
    private static readonly (byte Red, byte Green, byte Blue) White = (255, 255, 255),
        Gray = (176, 176, 176),
        Red = (208, 24, 24),
        Purple = (128, 64, 160);

    /// <summary>What the colors mean.</summary>
    public static IReadOnlyList<(string Color, string Words)> Legend { get; } =
    [
        (Web(Gray), "normal, or probability 0"),
        (Web(Red), "tumor, or probability 1"),
        (Web(Purple), "no label"),
        (Web(White), "no tissue, or beyond the map"),
    ];

    /// <summary>The folder of a part's maps.</summary>
    public static string Folder(string part) => Path.Combine(part, "maps");

    /// <summary>The annotation of a slide.</summary>
    public static string TruthFile(string part, string slide) => Path.Combine(Folder(part), $"{slide}-truth.png");

    /// <summary>The prediction of a slide.</summary>
    public static string PredictedFile(string part, string slide) =>
        Path.Combine(Folder(part), $"{slide}-predicted.png");

    /// <summary>Every patch of a slide with its label and its probability, see <see cref="PatchTable"/>.</summary>
    public static string PatchesFile(string part, string slide) => Path.Combine(Folder(part), $"{slide}-patches.csv");

    /// <summary>The annotation, a square of <paramref name="cell"/> pixels per patch.</summary>
    public static Image Truth(IReadOnlyList<GridPatch> patches, int cell = 8) =>
        Painted([.. patches.Select(p => (p, OfLabel(p.Label)))], cell);

    /// <summary>Probabilities, of patches without a label too.</summary>
    public static Image Predicted(IReadOnlyList<PredictedPatch> patches, int cell = 8) =>
        Painted([.. patches.Select(p => (p.Patch, Mixed(p.Probability)))], cell);

    private static string Web((byte Red, byte Green, byte Blue) color) =>
        $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}";

    private static (byte Red, byte Green, byte Blue) OfLabel(int label) =>
        label switch
        {
            GridPatch.NoLabel => Purple,
            GridPatch.Tumor => Red,
            _ => Gray,
        };

    private static (byte Red, byte Green, byte Blue) Mixed(double probability)
    {
        var share = (float)Math.Clamp(probability, 0, 1);
        return (
            HeatmapColors.Blend(Gray.Red, Red.Red, share),
            HeatmapColors.Blend(Gray.Green, Red.Green, share),
            HeatmapColors.Blend(Gray.Blue, Red.Blue, share)
        );
    }

    private static Image Painted(
        IReadOnlyList<(GridPatch Patch, (byte Red, byte Green, byte Blue) Color)> cells,
        int side
    )
    {
        if (cells.Count == 0)
            throw new ArgumentException("a slide without patches has no map to paint");
        var (left, top) = (cells.Min(c => c.Patch.Column), cells.Min(c => c.Patch.Row));
        // A cell of white around the tissue.
        var (columns, rows) = (cells.Max(c => c.Patch.Column) - left + 3, cells.Max(c => c.Patch.Row) - top + 3);
        var image = new Image(columns * side, rows * side);
        var pixels = image.WritablePixels;
        pixels.Fill(White.Red);
        foreach (var (patch, color) in cells)
        {
            for (var y = 0; y < side; y++)
            {
                var at = ((patch.Row - top + 1) * side + y) * image.Stride + (patch.Column - left + 1) * side * 3;
                for (var x = 0; x < side; x++, at += 3)
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = color;
            }
        }
        return image;
    }
}
