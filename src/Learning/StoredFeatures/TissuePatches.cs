using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// Patches of a slide side by side from its corner, and which of them hold enough tissue. A patch is named by its key, which
/// counts them row by row.
/// </summary>
public sealed class TissuePatches
{
    private TissuePatches(SlideView view, HeatmapGrid grid, IReadOnlySet<long> wanted) =>
        (View, Grid, Wanted) = (view, grid, wanted);

    /// <summary>Where they lie; a cell is a patch.</summary>
    public HeatmapGrid Grid { get; }

    /// <summary>Keys of those that hold enough tissue.</summary>
    public IReadOnlySet<long> Wanted { get; }

    /// <summary>The slide as patches are read of it.</summary>
    internal SlideView View { get; }

    /// <summary>Lays them, and asks for tissue.</summary>
    /// <param name="slide">Open.</param>
    /// <param name="size">Microns per pixel, and pixels to a side.</param>
    /// <param name="tissue">What counts as tissue.</param>
    /// <param name="least">Least share of a patch that is tissue; with 0 any does.</param>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or no known resolution.</exception>
    internal static TissuePatches Of(Slide slide, (Mpp Mpp, int Side) size, SlideTissue tissue, double least)
    {
        var view = slide.View(size.Mpp);
        var grid = HeatmapGrid.Over(view, size.Side, slide.FinestMpp);
        var wanted = new SortedSet<long>();
        for (var row = 0; row < grid.Rows; row++)
        for (var column = 0; column < grid.Columns; column++)
        {
            var cell = grid.Cell(column, row);
            if (tissue.Any(cell) && (least == 0 || Share(tissue, cell) >= least))
                wanted.Add(Key(grid, column, row));
        }
        return new TissuePatches(view, grid, wanted);
    }

    /// <summary>The key of a cell.</summary>
    public long Key(int column, int row) => Key(Grid, column, row);

    /// <summary>The cell of a key.</summary>
    public (int Column, int Row) Cell(long key) => ((int)(key % Grid.Columns), (int)(key / Grid.Columns));

    /// <summary>Keys of the cells that a rectangle of level 0 touches, whether they hold tissue or not, row by row.</summary>
    public IEnumerable<long> Touching(Rectangle part)
    {
        var (left, right) = Touched(part.X, part.Width, Grid.CellWidth, Grid.Columns);
        var (top, bottom) = Touched(part.Y, part.Height, Grid.CellHeight, Grid.Rows);
        for (var row = top; row < bottom; row++)
        for (var column = left; column < right; column++)
            yield return Key(column, row);
    }

    /// <summary>Keys of a cell and of those that touch it, nine but at the slide's edges.</summary>
    public IEnumerable<long> Around(long key)
    {
        var (column, row) = Cell(key);
        for (var r = Math.Max(0, row - 1); r <= Math.Min(Grid.Rows - 1, row + 1); r++)
        for (var c = Math.Max(0, column - 1); c <= Math.Min(Grid.Columns - 1, column + 1); c++)
            yield return Key(c, r);
    }

    /// <summary>A cell in pixels of level 0, as far as it lies on the slide.</summary>
    public Rectangle Area(long key)
    {
        var (column, row) = Cell(key);
        var (x, y) = (column * Grid.CellWidth, row * Grid.CellHeight);
        return new Rectangle(
            x,
            y,
            Math.Min(Grid.CellWidth, Grid.Slide.Width - x),
            Math.Min(Grid.CellHeight, Grid.Slide.Height - y)
        );
    }

    private static (int From, int To) Touched(double start, double length, double step, int count) =>
        (
            (int)Math.Clamp(Math.Floor(start / step), 0, count),
            (int)Math.Clamp(Math.Ceiling((start + length) / step), 0, count)
        );

    private static double Share(SlideTissue tissue, SlideRectangle cell) =>
        tissue.Region.ShareOf(new Rectangle(cell.At.X, cell.At.Y, cell.Width, cell.Height));

    private static long Key(HeatmapGrid grid, int column, int row) => ((long)row * grid.Columns) + column;
}
