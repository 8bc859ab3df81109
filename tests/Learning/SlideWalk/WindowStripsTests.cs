using Coverslip.Learning.SlideWalk;
using Coverslip.Phantoms;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>A phantom wider than a panel and higher than two strips.</summary>
public sealed class WidePhantom : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-strips-").FullName;

    public WidePhantom() =>
        SlidePhantom.Write(
            Path,
            new SlidePhantomOptions
            {
                Width = 8700,
                Height = 2300,
                Tissue = 0.9,
                Seed = 3,
            }
        );

    public string Path => System.IO.Path.Combine(folder, "wide.tif");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

/// <summary>Windows out of strips are those that are read one by one, and their pixels are read once.</summary>
public sealed class WindowStripsTests(WidePhantom phantom) : IClassFixture<WidePhantom>
{
    [Theory]
    [InlineData(0.25, 128, 299, 299, 0)]
    [InlineData(0.5, 128, 299, 260, 0)]
    [InlineData(0.5, 96, 96, 96, 0)]
    [InlineData(0.75, 100, 224, 224, 1)]
    public void Strips_give_what_windows_give(double mpp, int stride, int width, int height, int tolerance)
    {
        using var slide = SlideFile.Open(phantom.Path);
        var (strips, grid, _) = Lay(slide, mpp, stride, new PixelSize(width, height));
        bool Wanted(int column, int row) => ((column * 5) + (row * 3)) % 11 < 3 && column % 17 != 4;
        var cells = new List<(int, int)>();
        foreach (var window in strips.Read(Wanted))
        {
            using (window)
            using (var alone = strips.ReadOne(window.Column, window.Row))
            {
                cells.Add((window.Column, window.Row));
                var found = window.Pixels.Pixels;
                var expected = alone.Pixels.Pixels;
                Assert.Equal(expected.Length, found.Length);
                for (var i = 0; i < found.Length; i++)
                {
                    if (Math.Abs(found[i] - expected[i]) > tolerance)
                        Assert.Fail($"sample {i} of the window at {cells[^1]}: {found[i]}, alone {expected[i]}");
                }
            }
        }
        var all = Enumerable.Range(0, grid.Columns).SelectMany(c => Enumerable.Range(0, grid.Rows).Select(r => (c, r)));
        Assert.Equal(all.Where(c => Wanted(c.c, c.r)).Order(), cells.Order());
    }

    [Fact]
    public void A_window_has_the_middle_of_its_cell()
    {
        using var slide = SlideFile.Open(phantom.Path);
        var (strips, grid, _) = Lay(slide, 0.25, 100, new PixelSize(200, 150));
        using var window = strips.ReadOne(20, 10);
        var (x, y) = grid.Center(20, 10);
        Assert.Equal((2050, 1050), (x, y));
        using var expected = slide.Read(
            new RegionRequest(new SlidePoint(1950, 975), new PixelSize(200, 150), Mpp.Of(0.25))
        );
        Assert.True(expected.Image.Pixels.SequenceEqual(window.Pixels.Pixels));
    }

    [Fact]
    public void Overlapping_windows_read_each_pixel_once()
    {
        using var slide = SlideFile.Open(phantom.Path);
        var (strips, grid, _) = Lay(slide, 0.5, 128, new PixelSize(299, 299));
        Count(strips, (_, _) => true);
        // One panel: the rectangle that all windows cover together.
        var covered = (((grid.Columns - 1) * 128L) + 299) * (((grid.Rows - 1) * 128L) + 299);
        Assert.Equal(covered, strips.PixelsRead);
    }

    [Fact]
    public void Two_panels_share_the_overlap_of_two_windows()
    {
        using var slide = SlideFile.Open(phantom.Path);
        var (strips, grid, _) = Lay(slide, 0.25, 128, new PixelSize(299, 299));
        Count(strips, (_, _) => true);
        var rows = ((grid.Rows - 1) * 128L) + 299;
        Assert.Equal((((grid.Columns - 1) * 128L) + 299 + (299 - 128)) * rows, strips.PixelsRead);
    }

    [Fact]
    public void What_no_window_shows_is_not_read()
    {
        using var slide = SlideFile.Open(phantom.Path);
        var (strips, _, _) = Lay(slide, 0.25, 128, new PixelSize(128, 128));
        Assert.Equal(2, Count(strips, (column, row) => (column, row) is (4, 2) or (40, 15)));
        // Of either window the block of 512 columns, and no rows beside its own.
        Assert.Equal(2 * 512 * 128, strips.PixelsRead);
    }

    private static int Count(WindowStrips strips, Func<int, int, bool> wanted)
    {
        var count = 0;
        foreach (var window in strips.Read(wanted))
        {
            window.Dispose();
            count++;
        }
        return count;
    }

    private static (WindowStrips Strips, HeatmapGrid Grid, SlideView View) Lay(
        Slide slide,
        double mpp,
        int stride,
        PixelSize window
    )
    {
        var view = slide.View(Mpp.Of(mpp));
        var grid = HeatmapGrid.Over(view, stride, slide.Resolution.Mpp!.Value);
        return (new WindowStrips(view, grid, window), grid, view);
    }
}
