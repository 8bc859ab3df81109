using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// The second view of cells (Liu et al. 2017, fig. 2): as many pixels around the cell's center, at a multiple of the
/// microns. Its tiles are few and stay in the slide's cache, so that each window is read by itself.
/// </summary>
internal sealed class ContextWindows
{
    private readonly SlideView view;
    private readonly HeatmapGrid grid;
    private readonly PixelSize side;

    private ContextWindows(SlideView view, HeatmapGrid grid, PixelSize side) =>
        (this.view, this.grid, this.side) = (view, grid, side);

    /// <summary>Those of a model; null where it has one view.</summary>
    public static ContextWindows? Of(Slide slide, HeatmapGrid grid, WindowInput input) =>
        input.Context > 1
            ? new ContextWindows(
                slide.View(new Mpp(input.Mpp.X * input.Context, input.Mpp.Y * input.Context)),
                grid,
                input.Side
            )
            : null;

    /// <summary>The second view of a cell; the caller disposes of it.</summary>
    public Image Read(int column, int row)
    {
        var (x, y) = grid.Center(column, row);
        return view.ReadAround(x, y, side);
    }
}
