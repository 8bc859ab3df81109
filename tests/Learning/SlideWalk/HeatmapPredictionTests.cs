using System.Text.Json;
using Coverslip.Evaluation;
using Coverslip.Evaluation.Detection;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tests.Formats;
using Walk = Coverslip.Learning.SlideWalk.SlideWalk;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>What is left of a slide in its folder.</summary>
public sealed class HeatmapPredictionTests : IDisposable
{
    private static readonly SlidePredictionOptions Options = new() { Stride = 64 };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-slides-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_red_squares_are_detected_in_every_file()
    {
        var (outcome, files, totals) = Predict(PaintedSlide.Write(At("painted.tif")));
        Assert.Null(outcome.Empty);
        Assert.Equal((2, 23 * 16), (outcome.Detections, outcome.TissueCells));
        foreach (var half in (string[])["reading", "network"])
            Assert.True(totals.Figures[$"patches_per_second_{half}"]!.GetValue<double>() > 0);

        var csv = Detections.Read(files.Detections);
        Assert.Equal(2, csv.Count);
        foreach (var (left, top, side) in PaintedSlide.Red)
        {
            var inside = Enumerable
                .Range(0, 2)
                .Count(i => csv.X[i] > left && csv.X[i] < left + side && csv.Y[i] > top && csv.Y[i] < top + side);
            Assert.Equal(1, inside);
        }
        Assert.Equal(outcome.Score!.Value, csv.Probabilities.Max(), 1e-6);

        using var json = JsonDocument.Parse(File.ReadAllText(files.GeoJson));
        var feature = json.RootElement.GetProperty("features")[0];
        Assert.Equal("Point", feature.GetProperty("geometry").GetProperty("type").GetString());
        Assert.Equal(
            [csv.X[0], csv.Y[0]],
            feature.GetProperty("geometry").GetProperty("coordinates").EnumerateArray().Select(c => c.GetDouble())
        );
        var properties = feature.GetProperty("properties");
        Assert.Equal("annotation", properties.GetProperty("objectType").GetString());
        Assert.Equal("tumor", properties.GetProperty("classification").GetProperty("name").GetString());
        Assert.Equal(3, properties.GetProperty("classification").GetProperty("color").GetArrayLength());
        var measurements = properties.GetProperty("measurements");
        Assert.Equal(csv.Probabilities[0], measurements.GetProperty("Probability").GetDouble(), 1e-6);
    }

    [Fact]
    public void Components_are_polygons_around_the_red_squares()
    {
        var path = PaintedSlide.Write(At("painted.tif"));
        var (_, files, _) = Predict(path, detection: new DetectionOptions { Components = true });
        var set = AnnotationFile.Read(files.GeoJson);
        Assert.Equal(2, set.Annotations.Count);
        var region = set.Region("tumor");
        foreach (var (left, top, side) in PaintedSlide.Red)
            Assert.Equal(1, region.ShareOf(new Rectangle(left, top, side, side)), 1e-9);
        // In pixels of 0.5 µm: both squares are whole cells.
        Assert.Equal(PaintedSlide.Red.Sum(r => (double)r.Side * r.Side), region.Area, 1e-6);
        var areas = set.Annotations.Select(a => a.Measurements.Single(m => m.Name == "Area µm^2").Value);
        Assert.Equal(region.Area / 4, areas.Sum(), 1e-6);
        Assert.All(set.Annotations, a => Assert.InRange(a.Measurements[1].Value, 0.5, a.Measurements[0].Value));
    }

    [Fact]
    public void The_pictures_show_the_probabilities()
    {
        var (_, files, _) = Predict(PaintedSlide.Write(At("painted.tif")));
        using var picture = SlideFile.Open(files.Pyramid);
        Assert.Equal(64 * 0.5 / 16, picture.Resolution.Mpp!.Value.X, 1e-4);
        Assert.Equal((32 * 16, 24 * 16), (picture.Levels[0].Width, picture.Levels[0].Height));
        var heatmap = Heatmap.Read(files.Heatmap, new HeatmapGrid(32, 24, 64, 64, 64, PaintedSlide.Mpp));
        using var pixels = new Image(32 * 16, 24 * 16);
        picture.ReadLevel(0, new LevelPoint(0, 0), pixels);
        using var overlay = ImageFile.Read(files.Overlay);
        Assert.Equal((PaintedSlide.Width, PaintedSlide.Height), (overlay.Width, overlay.Height));
        foreach (var (column, row) in (ReadOnlySpan<(int, int)>)[(0, 0), (5, 4), (9, 7), (20, 12)])
        {
            var value = heatmap[column, row];
            var (red, green, blue) = float.IsNaN(value) ? (255, 255, 255) : HeatmapColors.Of(value);
            var at = (((row * 16) + 8) * pixels.Stride) + (((column * 16) + 8) * 3);
            Assert.Equal(red, pixels.Pixels[at], tolerance: 4);
            Assert.Equal(green, pixels.Pixels[at + 1], tolerance: 4);
            Assert.Equal(blue, pixels.Pixels[at + 2], tolerance: 4);

            var over = overlay.Pixels.Slice((((row * 64) + 32) * overlay.Stride) + (((column * 64) + 32) * 3), 3);
            using var slide = SlideFile.Open(At("painted.tif"));
            var size = new PixelSize(1, 1);
            using var below = slide.Read(
                new(new SlidePoint((column * 64) + 32, (row * 64) + 32), size, PaintedSlide.Mpp)
            );
            var expected = float.IsNaN(value) ? below.Image.Pixels[0] : (below.Image.Pixels[0] + red) / 2.0;
            Assert.Equal(expected, over[0], tolerance: 1);
        }
    }

    [Fact]
    public void A_finished_slide_is_skipped_but_for_its_detections()
    {
        var path = PaintedSlide.Write(At("painted.tif"));
        var (before, files, _) = Predict(path);
        Assert.False(File.Exists(files.State));
        var scored = 0;
        var options = new DetectionOptions { RadiusMicrons = 0 };
        var (after, _, totals) = Predict(path, count => scored += count, options);
        Assert.Equal(0, scored);
        Assert.Null(after.Prediction);
        Assert.Null(totals.Text);
        Assert.Equal((before.Score, before.TissueCells), (after.Score, after.TissueCells));
        // All 4 × 4 and 3 × 3 cells of the squares.
        Assert.Equal(25, after.Detections);
        Assert.Equal(25, Detections.Read(files.Detections).Count);
    }

    [Fact]
    public void Other_settings_in_the_same_folder_are_refused()
    {
        var path = PaintedSlide.Write(At("painted.tif"));
        Predict(path);
        var other = new HeatmapPrediction(PaintedSlide.Model(), Options with { Stride = 32 }, new DetectionOptions());
        using var slide = SlideFile.Open(path);
        var error = Assert.Throws<InvalidDataException>(() => new Walk(other, At("out")).Predict(slide));
        Assert.Contains("windows.stride was 64, is 32; name another folder", error.Message);
    }

    [Fact]
    public void A_blank_slide_has_an_empty_result_and_a_reason()
    {
        var scored = 0;
        var (outcome, files, totals) = Predict(PaintedSlide.Write(At("blank.tif"), isBlank: true), n => scored += n);
        Assert.Equal((0.0, 0, 0, 0), (outcome.Score, outcome.Detections, outcome.TissueCells, scored));
        Assert.StartsWith("no tissue: blank: the two sides of Otsu", outcome.Empty);
        Assert.Null(totals.Text);
        Assert.Equal(0, Detections.Read(files.Detections).Count);
        new SlideSummary([outcome], [new FailedFile("broken", "tile 3,7")], new SlideTotals([], null)).Write(folder);
        Assert.Equal(0.0, SlideScores.Read(At("slide_scores.csv"), ["probability"]).Of("blank"));
        using var json = JsonDocument.Parse(File.ReadAllText(At("summary.json")));
        var slides = json.RootElement.GetProperty("slides");
        Assert.StartsWith("no tissue", slides[0].GetProperty("empty").GetString());
        Assert.Equal("tile 3,7", slides[1].GetProperty("failed").GetString());
    }

    [Fact]
    public void On_a_slide_of_which_a_part_was_scanned_detections_still_count_from_level_0()
    {
        var path = LeicaSlide.Write(At("bounded.scn"), LeicaSlide.PaintSquare);
        var violet = PaintedSlide.Model(violet: true);
        var heatmaps = new HeatmapPrediction(violet, Options, new DetectionOptions { Threshold = 0.2 });
        using var slide = SlideFile.Open(path);
        var outcome = (HeatmapOutcome)new Walk(heatmaps, At("out")).Predict(slide);
        Assert.Null(outcome.Empty);
        var (at, side, _) = LeicaSlide.Square;
        // Cells lie from level 0's corner on, and touch tissue: 640 pixels and a border around them.
        Assert.InRange(outcome.TissueCells, 11 * 11, 13 * 13);
        var csv = Detections.Read(Files(path).Detections);
        Assert.NotEqual(0, csv.Count);
        for (var i = 0; i < csv.Count; i++)
        {
            Assert.InRange(csv.X[i], at.X - 32, at.X + side + 32);
            Assert.InRange(csv.Y[i], at.Y - 32, at.Y + side + 32);
        }
        // The overlay shows the scanned part: the square's middle is colored, a corner of the scan is not.
        using var overlay = ImageFile.Read(Files(path).Overlay);
        Assert.Equal((2048, 1536), (overlay.Width, overlay.Height));
        var heatmap = Heatmap.Read(Files(path).Heatmap, new HeatmapGrid(47, 38, 64, 64, 64, LeicaSlide.Mpp));
        var (red, _, _) = HeatmapColors.Of(heatmap[(int)(at.X + 320) / 64, (int)(at.Y + 320) / 64]);
        var middle = overlay.Pixels[(((384 + 320) * overlay.Width) + 512 + 320) * 3];
        Assert.Equal((150 + red) / 2.0, middle, tolerance: 3);
        Assert.Equal(243, overlay.Pixels[0], tolerance: 2.0);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(65)]
    public void A_stride_that_leaves_tissue_out_or_repeats_it_endlessly_is_refused(int stride)
    {
        var options = Options with { Stride = stride };
        var error = Assert.Throws<ArgumentException>(() =>
            new HeatmapPrediction(PaintedSlide.Model(), options, new DetectionOptions())
        );
        Assert.Contains("it goes from 16 to 64", error.Message);
    }

    private string At(string name) => Path.Combine(folder, name);

    private SlideFiles Files(string path) => new(At("out"), Path.GetFileNameWithoutExtension(path));

    private (HeatmapOutcome Outcome, SlideFiles Files, SlideTotals Totals) Predict(
        string path,
        Action<int>? scored = null,
        DetectionOptions? detection = null
    )
    {
        var heatmaps = new HeatmapPrediction(PaintedSlide.Model(scored), Options, detection ?? new DetectionOptions());
        using var slide = SlideFile.Open(path);
        var outcome = (HeatmapOutcome)new Walk(heatmaps, At("out")).Predict(slide);
        return (outcome, Files(path), heatmaps.Totals(new WalkedSlides(folder, [outcome], [])));
    }
}
