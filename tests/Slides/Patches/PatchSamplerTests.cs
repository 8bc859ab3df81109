using System.Globalization;
using Coverslip.Files;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Tests.Geometry;

namespace Coverslip.Slides.Tests.Patches;

/// <summary>Which patches are taken, what they are called, and what each filter removed.</summary>
public sealed class PatchSamplerTests
{
    private static readonly SlideRectangle Slide = new(new(100, 200), 1000, 600);
    private static readonly PatchOptions All = new() { Side = 100, MinTissue = 0 };

    [Theory]
    [InlineData(PatchBorder.Inside, 64, 0.0, 1.0, 15 * 9, 16 * 10)]
    [InlineData(PatchBorder.Shift, 64, 0.0, 1.0, 16 * 10, 16 * 10)]
    [InlineData(PatchBorder.Pad, 64, 0.0, 1.0, 16 * 10, 16 * 10)]
    [InlineData(PatchBorder.Inside, 100, 0.5, 1.0, 19 * 11, 20 * 12)]
    [InlineData(PatchBorder.Inside, 50, 0.0, 2.5, 8 * 4, 8 * 5)]
    public void A_grid_from_the_corner_of_the_scanned_part(
        PatchBorder border,
        int side,
        double overlap,
        double pitch,
        int kept,
        int places
    )
    {
        var found = Sample(All with { Border = border, Side = side, Overlap = overlap }, pitch: pitch);
        Assert.Equal((places, kept), (found.Counts.Candidates, found.Counts.Kept));
        Assert.Equal(kept, found.Patches.Count);
        Assert.Equal(found.Counts.Candidates - kept, found.Counts.Border);
        Assert.Equal(new SlidePoint(100, 200), found.Patches[0].At);
        var reach = side * pitch;
        if (border == PatchBorder.Pad)
            Assert.Equal(1 - (40 / 64.0), found.Patches[15].Outside, 1e-12);
        else
            Assert.All(found.Patches, p => Assert.True(p.At.X + reach <= 1100 && p.At.Y + reach <= 800));
        if (border == PatchBorder.Shift)
            Assert.Equal(1100 - 64, found.Patches[15].At.X);
    }

    [Theory]
    [InlineData(63.9, "normal")] // the center 128 of 256 begins 64 from the patch's edge
    [InlineData(64.0, "normal")]
    [InlineData(64.1, "tumor")]
    public void Liu_asks_for_tumor_in_the_center(double width, string label)
    {
        var areas = new PatchAreas { Tumor = Box(100, 200, width, 600) };
        var found = Sample(new PatchOptions { Rule = PatchRule.Liu, MinTissue = 0 }, areas);
        Assert.Equal(label, found.Patches[0].Label);
        Assert.Equal("normal", found.Patches[1].Label);
        Assert.Equal(width / 256, found.Patches[0].Tumor, 1e-12);
        Assert.Equal(Math.Max(0, (width - 64) / 128), found.Patches[0].Center, 1e-12);
    }

    [Theory]
    [InlineData(20, 80, 100, "tumor")]
    [InlineData(19.9, 80.1, 100, "normal")]
    [InlineData(19.9, 79.9, 100, "")]
    [InlineData(50, 50, 80, "tumor")]
    [InlineData(50, 50, 79.9, null)]
    public void Takahama_asks_for_shares(double tumor, double normal, double tissue, string? label)
    {
        var areas = new PatchAreas
        {
            Tissue = Box(100, 200, tissue, 100),
            Tumor = Box(100, 200, tumor, 600),
            Normal = Box(100 + tumor, 200, normal, 600),
        };
        var options = new PatchOptions { Side = 100, Rule = PatchRule.Takahama };
        var found = Sample(options with { KeepUnlabeled = true }, areas);
        Assert.Equal(label, found.Patches.FirstOrDefault()?.Label);
        Assert.Equal(label is null ? 60 : 59, found.Counts.Tissue);

        var labeled = Sample(options, areas);
        Assert.Equal(label == "" ? 1 : 0, labeled.Counts.Unlabeled);
        Assert.Equal(string.IsNullOrEmpty(label) ? 0 : 1, labeled.Counts.Kept);
        Assert.Equal(string.IsNullOrEmpty(label), labeled.Reason?.StartsWith("no patch of 60 places") == true);
    }

    [Fact]
    public void Random_patches_are_the_same_for_the_same_seed_and_slide_and_fill_the_tissue()
    {
        var areas = new PatchAreas { Tissue = Box(400, 300, 300, 300) };
        var options = new PatchOptions
        {
            Side = 20,
            Random = 2000,
            Seed = 5,
            MinTissue = 1,
        };
        var found = Sample(options, areas);
        Assert.Equal(2000, found.Patches.Count);
        Assert.Equal(2000, found.Patches.Select(p => p.At).Distinct().Count());
        Assert.Equal(found.Patches, Sample(options, areas).Patches);
        Assert.NotEqual(found.Patches, Sample(options with { Seed = 6 }, areas).Patches);
        Assert.NotEqual(found.Patches, Sample(options, areas, "other").Patches);
        Assert.All(found.Patches, p => Assert.True(p.At.X is >= 400 and <= 680 && p.At.Y is >= 300 and <= 580));
        // Uniform over 281 places each way: the mean of 2000 is within 4 standard errors (81 / 45) of the middle.
        Assert.InRange(found.Patches.Average(p => p.At.X), 540 - 7.3, 540 + 7.3);
        Assert.InRange(found.Patches.Average(p => p.At.Y), 440 - 7.3, 440 + 7.3);
        AssertAddsUp(found.Counts);
    }

    [Theory]
    [InlineData(PatchBorder.Inside, 597, 1.0, 404, 4)]
    [InlineData(PatchBorder.Inside, 540, 1.1, 407, 7)]
    [InlineData(PatchBorder.Pad, 597, 1.0, 1000, 600)]
    public void Every_place_can_be_drawn_the_last_one_too(
        PatchBorder border,
        int side,
        double pitch,
        int columns,
        int rows
    )
    {
        var all = columns * rows;
        var options = All with { Side = side, Border = border, Random = all };
        if (border == PatchBorder.Pad)
            options = options with { Random = 20_000 };
        var found = Sample(options, pitch: pitch).Patches;
        Assert.Equal(options.Random, found.Count);
        Assert.Equal((100L, 100L + columns - 1), (found.Min(p => p.At.X), found.Max(p => p.At.X)));
        Assert.Equal((200L, 200L + rows - 1), (found.Min(p => p.At.Y), found.Max(p => p.At.Y)));
    }

    [Fact]
    public void The_corners_of_what_is_accepted_are_as_likely_as_its_middle()
    {
        // Five rows of places; the first draw of 2000 seeds.
        var rows = Enumerable
            .Range(0, 2000)
            .Select(i => Sample(All with { Side = 596, Random = 1, Seed = i }).Patches[0]);
        var counts = rows.CountBy(p => p.At.Y).ToDictionary();
        // 400 of 2000 each, a standard deviation of 18.
        Assert.Equal([200, 201, 202, 203, 204], counts.Keys.Order());
        Assert.All(counts.Values, n => Assert.InRange(n, 400 - 72, 400 + 72));
    }

    [Fact]
    public void Fewer_random_patches_than_were_asked_for_have_a_reason()
    {
        var options = new PatchOptions
        {
            Side = 20,
            Random = 50,
            MinTissue = 1,
        };
        var few = Sample(options, new PatchAreas { Tissue = Box(400, 300, 22, 22) });
        Assert.Equal(9, few.Counts.Kept);
        Assert.StartsWith("9 of 50 patches after", few.Reason);
        AssertAddsUp(few.Counts);
        var blank = Sample(options, new PatchAreas { Tissue = PolygonRegion.Of([]) });
        Assert.Equal("no patch: the slide has no tissue", blank.Reason);
        Assert.Equal(0, blank.Counts.Candidates);
    }

    [Fact]
    public void Options_are_checked_and_tissue_must_be_known_where_it_is_asked_for()
    {
        Assert.Throws<ArgumentException>(() => new PatchOptions { Rule = PatchRule.Liu, Side = 127 }.Check());
        Assert.Throws<ArgumentException>(() => new PatchOptions { Overlap = 0.96 }.Check());
        Assert.Throws<ArgumentException>(() => new PatchOptions { MinTissue = double.NaN }.Check());
        Assert.Throws<ArgumentException>(() => Sample(new PatchOptions()));
        var large = Sample(All with { Side = 700 });
        Assert.StartsWith("no patch of 2 places: 2 beyond the border", large.Reason);
    }

    [Fact]
    public void An_index_names_the_place_of_each_patch()
    {
        var folder = Directory.CreateTempSubdirectory("coverslip-index-").FullName;
        var path = Path.Combine(folder, "index.csv");
        var areas = new PatchAreas { Tumor = Box(150, 200, 33.333, 600), Tissue = Box(100, 200, 500, 500) };
        var found = Sample(new PatchOptions { Rule = PatchRule.Liu, MinTissue = 0.3 }, areas);
        IndexedPatch[] rows =
        [
            .. found.Patches.Select(p => new IndexedPatch(new("a, b/\"c\".svs", p.At.X, p.At.Y, 256, 0.5), "p1", p)),
        ];
        PatchIndex.Write(path, rows);
        var table = CsvTable.Read(path);
        Assert.Equal(
            "image,label,patient,x,y,side,mpp,tissue,tumor,normal,center,outside",
            string.Join(',', table.Columns)
        );
        Assert.Equal(rows.Length, table.Rows.Count);
        foreach (var (row, again) in rows.Zip(table.Rows))
        {
            Assert.Equal(row.Place, SlidePlace.Of(again.Fields[0]));
            Assert.Equal([row.Patch.Label, "p1", $"{row.Place.X}", $"{row.Place.Y}", "256", "0.5"], again.Fields[1..7]);
            Assert.Equal(row.Patch.Tissue, double.Parse(again.Fields[7], CultureInfo.InvariantCulture), 1e-9);
            Assert.Equal(row.Patch.Tumor, double.Parse(again.Fields[8], CultureInfo.InvariantCulture), 1e-9);
        }
        Directory.Delete(folder, recursive: true);
    }

    private static void AssertAddsUp(PatchCounts c) =>
        Assert.Equal(c.Candidates, c.Border + c.Repeated + c.Tissue + c.Unlabeled + c.Kept);

    private static PatchSelection Sample(
        PatchOptions options,
        PatchAreas? areas = null,
        string name = "slide",
        double pitch = 1
    )
    {
        options.Check();
        return PatchSampler.Sample(Slide, new Vertex(pitch, pitch), areas ?? new PatchAreas(), options, name);
    }

    private static PolygonRegion Box(double x, double y, double width, double height) =>
        PolygonRegion.Of([new RingPolygon(Rings.Box(x, y, width, height))]);
}
