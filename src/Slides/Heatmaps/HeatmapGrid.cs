using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// Which part of a slide a heatmap's cells stand for: squares of <paramref name="Stride"/> pixels at the resolution of
/// the model, side by side from the slide's top left corner. A cell's window has the cell's center.
/// </summary>
/// <param name="Columns">Cells to a row.</param>
/// <param name="Rows">Rows of cells; the last row and column may reach beyond the slide.</param>
/// <param name="Stride">Pixels, at the model's resolution, from one cell to the next.</param>
/// <param name="CellWidth">Columns of level 0 to a cell.</param>
/// <param name="CellHeight">Rows of level 0 to a cell.</param>
/// <param name="Finest">Resolution of level 0.</param>
public sealed record HeatmapGrid(int Columns, int Rows, int Stride, double CellWidth, double CellHeight, Mpp Finest)
{
    public const int LeastStride = 16;

    /// <summary>A grid over the whole slide.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A stride below 16.</exception>
    public static HeatmapGrid Over(SlideView view, int stride, Mpp finest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, LeastStride);
        return new HeatmapGrid(
            (int)((view.Width + stride - 1) / stride),
            (int)((view.Height + stride - 1) / stride),
            stride,
            stride * view.StepX,
            stride * view.StepY,
            finest
        )
        {
            Slide = view.Finest,
        };
    }

    /// <summary>Pixels of level 0; without end by default.</summary>
    public (double Width, double Height) Slide { get; init; } = (double.PositiveInfinity, double.PositiveInfinity);

    public int Cells => Columns * Rows;

    /// <summary>Microns from one cell to the next.</summary>
    public Mpp CellMicrons => new(CellWidth * Finest.X, CellHeight * Finest.Y);

    /// <summary>Microns along the diagonal of the offset between two cells.</summary>
    public double Microns(int columns, int rows) => double.Hypot(columns * CellMicrons.X, rows * CellMicrons.Y);

    /// <summary>
    /// The place that a cell stands for, in pixels of level 0: the middle of what of it lies on the slide. A cell of the
    /// last row or column may have its own middle beyond.
    /// </summary>
    public (double X, double Y) Place(int column, int row) =>
        (
            (column * CellWidth + Math.Min((column + 1) * CellWidth, Slide.Width)) / 2,
            (row * CellHeight + Math.Min((row + 1) * CellHeight, Slide.Height)) / 2
        );

    /// <summary>The middle of a cell, and of its window, in pixels of level 0; beyond the slide at its end.</summary>
    public (double X, double Y) Center(int column, int row) => ((column + 0.5) * CellWidth, (row + 0.5) * CellHeight);

    /// <summary>A cell in pixels of level 0, rounded to whole ones.</summary>
    public SlideRectangle Cell(int column, int row)
    {
        var (left, top) = ((long)Math.Round(column * CellWidth), (long)Math.Round(row * CellHeight));
        var (right, bottom) = ((long)Math.Round((column + 1) * CellWidth), (long)Math.Round((row + 1) * CellHeight));
        return new SlideRectangle(new SlidePoint(left, top), right - left, bottom - top);
    }
}
