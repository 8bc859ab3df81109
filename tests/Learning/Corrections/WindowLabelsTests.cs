using Coverslip.Learning.Corrections;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.Tests.Corrections;

/// <summary>Which windows regions label: of 64 pixels at 1 µm, which are 128 of level 0.</summary>
public sealed class WindowLabelsTests : IDisposable
{
    private const int Cell = 128;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-labels-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Half_of_a_window_a_stroke_thinner_than_that_and_two_classes_on_one()
    {
        var labels = Of(
            // Five eighths of window (1, 0), three eighths of (2, 0).
            PaintedCorrection.Region("normal", Cell * 1.375, 0, Cell, Cell),
            // A tenth of the windows (4, 2) and (5, 2), a little more of the second.
            PaintedCorrection.Region("tumor", Cell * 4.5, Cell * 2.4, Cell * 0.9, Cell * 0.1),
            PaintedCorrection.Region("normal", Cell * 7, Cell * 3, Cell, Cell),
            PaintedCorrection.Region("tumor", Cell * 7, Cell * 3, Cell, Cell * 0.6)
        );
        Assert.Equal([(1, 0, 0), (4, 2, 1)], labels.Windows);
        Assert.Equal(1, labels.Contradicted);
    }

    [Fact]
    public void What_is_cut_out_labels_nothing_and_the_slides_edge_makes_windows_smaller()
    {
        var hole = PaintedCorrection.Region("normal", 0, 0, 3 * Cell, 3 * Cell);
        var inner = PaintedCorrection.Region("", Cell, Cell, Cell, Cell).Polygons[0].Outer;
        // 1500 pixels are 11 windows and 92 pixels of a twelfth: the region covers 60 of these.
        var edge = PaintedCorrection.Region("tumor", 0, (11 * Cell) + 32, Cell, 60);
        var labels = Of(hole with { Polygons = [new RingPolygon(hole.Polygons[0].Outer, [inner])] }, edge);
        Assert.Equal(9, labels.Windows.Count);
        Assert.DoesNotContain((1, 1, 0), labels.Windows);
        Assert.Contains((0, 11, 1), labels.Windows);
    }

    private (IReadOnlyList<(int Column, int Row, int Class)> Windows, int Contradicted) Of(params Annotation[] regions)
    {
        using var slide = SlideFile.Open(PaintedSlide.Write(Path.Combine(folder, "s.tif")));
        var windows = TissuePatches.Of(
            slide,
            (Mpp.Of(1), 64),
            SlideTissue.Of(PolygonRegion.Of(slide.Bounds), "all"),
            0
        );
        var labels = WindowLabels.Of(windows, PaintedCorrection.Set(regions), ["normal", "tumor"]);
        return (
            [.. labels.ClassOf.Select(l => (windows.Cell(l.Key).Column, windows.Cell(l.Key).Row, l.Value)).Order()],
            labels.Contradicted
        );
    }
}
