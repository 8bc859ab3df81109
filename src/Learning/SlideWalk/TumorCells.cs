using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Which cells of a finished slide's heatmap have their middle in annotated tumor.</summary>
internal sealed class TumorCells : IDisposable
{
    private readonly Image mask;
    private readonly double pixels;

    private TumorCells(Heatmap heatmap, Image mask, double pixels) =>
        (Heatmap, this.mask, this.pixels) = (heatmap, mask, pixels);

    /// <summary>Those of a slide; null where it has no tumor, or is not finished.</summary>
    /// <param name="part">The folder of a part that predicted the slide.</param>
    /// <param name="row">The slide's.</param>
    /// <exception cref="InvalidDataException">A damaged file.</exception>
    internal static TumorCells? Of(string part, CohortRow row)
    {
        var files = TestFiles.Of(part, row);
        return TestFiles.TruthOf(part, row) is { } truth && File.Exists(files.Record)
            ? new TumorCells(HeatmapRecord.Read(files), MaskFile.Read(truth), TruthMask.RulesIn(part, row).Downsampling)
            : null;
    }

    internal Heatmap Heatmap { get; }

    /// <summary>Whether a cell is one of them, and has a probability.</summary>
    internal bool this[int column, int row]
    {
        get
        {
            var (x, y) = Heatmap.Grid.Center(column, row);
            var (left, top) = ((int)(x / pixels), (int)(y / pixels));
            return left < mask.Width
                && top < mask.Height
                && mask.Row(top)[left] != 0
                && !float.IsNaN(Heatmap[column, row]);
        }
    }

    public void Dispose() => mask.Dispose();
}
