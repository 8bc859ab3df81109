using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.Tests;
using Coverslip.Methods.MultiStage;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Patches;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>Grids of a painted slide, 2000 × 1500 pixels with tissue from (300, 200) to (1700, 1200), at 0.5 µm.</summary>
public sealed class SlideGridTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"coverslip-{Guid.NewGuid():n}.tif");

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Patches_stand_at_their_columns_and_rows_with_labels_by_share_and_read_the_same_twice()
    {
        var options = new SlidePatchOptions
        {
            Mpp = 0.5,
            GridSide = 128,
            MinTissue = 0.8,
        };
        using var source = Open(options, normal: Box(300, 200, 1400, 400));
        var grid = new SlideGrid(source, new GridReading(options, 112, new WindowPixels(112, 112, null)));
        // Columns with 80 % of their 128 pixels in 300..1700: 3 (from 384) to 12 (to 1664); 2 begins at 256. Rows 2 to 8.
        Assert.Equal(Enumerable.Range(3, 10), grid.Patches.Select(p => p.Column).Distinct().Order());
        Assert.Equal(Enumerable.Range(2, 7), grid.Patches.Select(p => p.Row).Distinct().Order());
        Assert.Equal(70, grid.Patches.Count);
        // The red square from (512, 384), 256 wide, is columns 4 and 5 of rows 3 and 4.
        var red = grid.Patches.Where(p => p.Label == GridPatch.Tumor).Select(p => (p.Column, p.Row)).ToHashSet();
        Assert.Superset(new HashSet<(int, int)> { (4, 3), (5, 3), (4, 4), (5, 4) }, red);
        Assert.DoesNotContain((6, 3), red);
        // Annotated as normal down to 600: row 4 ends at 640, of which 88 of 128 pixels are annotated.
        Assert.Equal(0, grid.Patches.Single(p => (p.Column, p.Row) == (8, 3)).Label);
        Assert.Equal(GridPatch.NoLabel, grid.Patches.Single(p => (p.Column, p.Row) == (8, 4)).Label);
        Assert.Equal((64, 64), grid.Microns);

        int[][] batches =
        [
            [.. Enumerable.Range(0, 40)],
            [69, 3, 5],
        ];
        var first = Pixels(grid, batches);
        Assert.Equal(first, Pixels(grid, batches));
        var whole = grid.Patches.Index().First(p => (p.Item.Column, p.Item.Row) == (4, 3)).Index;
        var redness = PaintedSlide.Redness(
            Pixels(
                grid,
                [
                    [whole],
                ]
            )[0],
            channels: 4
        );
        Assert.InRange(redness, 0.6, 0.9);
    }

    [Fact]
    public void The_examples_of_a_grid_are_its_labeled_patches()
    {
        var options = new SlidePatchOptions
        {
            Mpp = 0.5,
            GridSide = 128,
            MinTissue = 0.8,
        };
        using var source = Open(options, normal: Box(300, 200, 1400, 400));
        var grid = new SlideGrid(source, new GridReading(options, 112, new WindowPixels(112, 112, null)));
        Assert.Equal(grid.Patches.Count(p => p.Label == 0), source.Count(0));
        Assert.Equal(grid.Patches.Count(p => p.Label == 1), source.Count(1));
        // A window in the middle of its patch is the grid's own.
        var number = grid.Patches.Index().First(p => p.Item.Label == GridPatch.Tumor).Index;
        var drawn = new byte[112 * 112 * 4];
        source.Read(1, 0, ImageChange.Oriented(0), new PatchTarget(drawn, 0, 1, 112, 112));
        Assert.Equal(
            Pixels(
                grid,
                [
                    [number],
                ]
            )[0],
            drawn
        );
    }

    [Fact]
    public void At_half_a_patch_every_other_one_is_one_of_those_side_by_side()
    {
        var options = new SlidePatchOptions
        {
            Mpp = 0.5,
            GridSide = 128,
            MinTissue = 0.8,
        };
        using var source = Open(options, normal: Box(300, 200, 1400, 400));
        var reading = new GridReading(options, 112, new WindowPixels(112, 112, null));
        var (grid, fine) = (new SlideGrid(source, reading), new SlideGrid(source, reading with { Steps = 2 }));
        // Columns with 80 % of their 128 pixels in 300..1700, every 64: 5 (from 320) to 24 (to 1664).
        Assert.Equal(Enumerable.Range(5, 20), fine.Patches.Select(p => p.Column).Distinct().Order());
        Assert.Equal(fine.Whole, grid.Patches.Count);
        PredictedPatch[] said = [.. fine.Patches.Select((p, i) => new PredictedPatch(p, i))];
        var kept = fine.SideBySide(said);
        Assert.Equal(grid.Patches, kept.Select(p => p.Patch));
        // The same pixels as those of the coarse grid.
        var (one, other) = (grid.Patches.Count / 2, (int)kept[grid.Patches.Count / 2].Probability);
        Assert.Equal(
            Pixels(
                grid,
                [
                    [one],
                ]
            )[0],
            Pixels(
                fine,
                [
                    [other],
                ]
            )[0]
        );
        Assert.Equal(grid.RectangleOf(grid.Patches[one]), fine.RectangleOf(kept[one].Patch));
    }

    [Fact]
    public void A_lesion_is_found_by_any_called_patch_that_holds_some_of_it()
    {
        var options = new SlidePatchOptions
        {
            Mpp = 0.5,
            GridSide = 128,
            MinTissue = 0.8,
        };
        // Of 30 and 350 µm; the first, alone in the middle of four patches, is tumor of none by its share.
        using var source = Open(options, Box(300, 200, 1400, 1000), Box(480, 360, 60, 60), Box(900, 700, 700, 100));
        var grid = new SlideGrid(source, new GridReading(options, 112, new WindowPixels(112, 112, null)));
        Assert.Equal([(LesionSize.Itc, false), (LesionSize.Micro, false)], Found());
        Assert.Equal([(LesionSize.Itc, true), (LesionSize.Micro, false)], Found((4, 3)));
        Assert.Equal([(LesionSize.Itc, false), (LesionSize.Micro, false)], Found((6, 3), (5, 3)));
        Assert.Equal([(LesionSize.Itc, false), (LesionSize.Micro, true)], Found((12, 6)));

        (LesionSize, bool)[] Found(params (int Column, int Row)[] called) =>
            [
                .. FoundLesions
                    .Of(
                        grid,
                        [
                            .. grid.Patches.Select(p => new PredictedPatch(
                                p,
                                called.Contains((p.Column, p.Row)) ? 0.9 : 0.5
                            )),
                        ]
                    )
                    .Select(l => (l.Size, l.Found)),
            ];
    }

    [Fact]
    public void Recipes_of_the_method_are_read_and_wrong_ones_refused()
    {
        var published = (MultiStageRecipe)Known.Methods.Load(RecipeFile("multistage.yaml"));
        Assert.Equal(("googlenet", 16), (published.Network.Kind.Name, published.Network.Features));
        Assert.Equal(
            (1e-9, 1e-7, 10),
            (published.EndToEnd.ExtractorRate, published.EndToEnd.SegmentationRate, published.EndToEnd.Epochs)
        );
        Assert.Equal(
            (32, 0.25, 16),
            (published.MapTraining.Batch, published.Augmentation.Sharpness, published.Augmentation.Shift)
        );
        Assert.Equal(16, published.Segmentation.Input);
        Assert.IsType<MultiStageRecipe>(Known.Methods.Load(RecipeFile("multistage-small.yaml")));
        foreach (
            var (text, message) in ((string, string)[])
                [
                    ("input: { height: 300, width: 300 }", "to 256, the patch"),
                    ("maps: { side: 8 }", "cannot be halved so often"),
                    ("network: { name: googlenett }", "the nearest known one is 'googlenet'"),
                    ("augmentation: { hue: 0.1 }", "colors: pillow turns no hue"),
                    ("end_to_end: { statistic: batch }", "end_to_end.statistics"),
                    ("maps: { stride: 0.7 }", "expected is 1 or 0.5"),
                    ("learning: segmentation\nmaps: { stride: 0.5 }", "as fine as segmentation.cell says"),
                    ("learning: separate\npatches: { prior: slides }", "expected is drawn"),
                ]
        )
        {
            var error = Assert.Throws<RecipeException>(() =>
                Known.Methods.Parse($"method: multi-stage\n{text}\n", "r.yaml")
            );
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    private static string RecipeFile(string name) => Path.Combine(Coverslip.Tests.TestData.Root, "recipes", name);

    private static List<byte[]> Pixels(SlideGrid grid, int[][] batches) =>
        [.. grid.Read(batches).Select(b => b.Pixels[..(b.Count * 112 * 112 * 4)])];

    private SlideSource Open(SlidePatchOptions options, RingPolygon normal, params RingPolygon[] tumor)
    {
        if (tumor.Length == 0)
            tumor = [.. PaintedSlide.Red.Select(r => Box(r.Left, r.Top, r.Side, r.Side))];
        PaintedSlide.Write(path);
        var slide = SlideFile.Open(path, new SlideOptions());
        var areas = new PatchAreas
        {
            Tissue = PolygonRegion.Of([Box(300, 200, 1400, 1000)]),
            Tumor = PolygonRegion.Of(tumor),
            Normal = PolygonRegion.Of([normal]),
        };
        var input = new PatchInput(new WindowPixels(112, 112, null), [1], Positive: 1);
        return new SlideSource(new CohortRow(2, path, "tumor", "A"), slide, areas, input, options.Places(112));
    }

    private static RingPolygon Box(double x, double y, double width, double height) =>
        new(new Ring([new(x, y), new(x + width, y), new(x + width, y + height), new(x, y + height)]), []);
}
