using Coverslip.Files;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>Heatmaps of a painted slide hold the model's answers, however the work was cut up.</summary>
public sealed class SlidePredictorTests : IDisposable
{
    private static readonly SlidePredictionOptions Options = new() { Stride = 64, Batch = 7 };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-predict-").FullName;
    private readonly string path;

    public SlidePredictorTests() => path = PaintedSlide.Write(At("painted.tif"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_cell_of_tissue_has_the_probability_of_its_window()
    {
        var heatmap = Predict(new SlidePredictor(PaintedSlide.Model(), Options), "a.state").Heatmap;
        using var slide = SlideFile.Open(path);
        var tissue = SlideTissue.Of(slide, new TissueOptions());
        var (with, without) = (0, 0);
        for (var row = 0; row < heatmap.Grid.Rows; row++)
        {
            for (var column = 0; column < heatmap.Grid.Columns; column++)
            {
                if (!tissue.Any(heatmap.Grid.Cell(column, row)))
                {
                    Assert.True(float.IsNaN(heatmap[column, row]));
                    without++;
                    continue;
                }
                var at = new SlidePoint(64 * column, 64 * row);
                using var window = slide.Read(new(at, new PixelSize(64, 64), PaintedSlide.Mpp));
                var expected = PaintedSlide.Redness(window.Image.Pixels, channels: 3);
                Assert.Equal((float)expected, heatmap[column, row]);
                with++;
            }
        }
        // 1400 × 1000 pixels of tissue touch 23 columns and 16 rows of cells.
        Assert.Equal((23 * 16, (32 * 24) - (23 * 16)), (with, without));
        Assert.Equal(with, heatmap.TissueCells);
        Assert.Equal((225 + 7.5 - 40) / 255, heatmap.Score, 0.01);
    }

    [Fact]
    public void A_stopped_prediction_goes_on_where_it_was_saved()
    {
        var whole = Predict(new SlidePredictor(PaintedSlide.Model(), Options), "whole.state").Heatmap;
        using var stop = new CancellationTokenSource();
        var first = 0;
        var stopping = PaintedSlide.Model(count =>
        {
            first += count;
            if (first >= 100)
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Predict(new SlidePredictor(stopping, Options), "a.state", stop.Token)
        );
        Assert.InRange(first, 100, 106);

        var second = 0;
        var rest = Predict(new SlidePredictor(PaintedSlide.Model(count => second += count), Options), "a.state");
        Assert.Equal(whole.TissueCells, first + second);
        Assert.Equal((second, second), (rest.Predicted, whole.TissueCells - first));
        Assert.True(whole.Values.SequenceEqual(rest.Heatmap.Values));
    }

    [Fact]
    public void The_file_of_a_killed_process_is_whole_at_any_time()
    {
        var whole = Predict(new SlidePredictor(PaintedSlide.Model(), Options), "whole.state").Heatmap;
        var (scored, copies) = (0, new List<int>());
        var watched = PaintedSlide.Model(count =>
        {
            // What a process that is killed here would leave behind.
            if (scored is > 0 and < 60)
            {
                File.Copy(At("a.state"), At($"killed-{copies.Count}.state"));
                copies.Add(scored);
            }
            scored += count;
        });
        Predict(new SlidePredictor(watched, Options with { SaveEvery = TimeSpan.Zero }), "a.state");
        Assert.NotEmpty(copies);
        foreach (var (copy, done) in copies.Index())
        {
            var left = 0;
            var going = new SlidePredictor(PaintedSlide.Model(count => left += count), Options);
            var rest = Predict(going, $"killed-{copy}.state");
            Assert.Equal(whole.TissueCells - done, left);
            Assert.True(whole.Values.SequenceEqual(rest.Heatmap.Values));
        }
    }

    [Fact]
    public void A_failing_model_leaves_what_was_done()
    {
        var scored = 0;
        var failing = PaintedSlide.Model(count =>
        {
            if (scored >= 21)
                throw new InvalidOperationException("out of memory");
            scored += count;
        });
        var error = Assert.Throws<InvalidOperationException>(() =>
            Predict(new SlidePredictor(failing, Options), "a.state")
        );
        Assert.Equal("out of memory", error.Message);
        var left = 0;
        var rest = Predict(new SlidePredictor(PaintedSlide.Model(count => left += count), Options), "a.state");
        Assert.Equal(rest.Heatmap.TissueCells - 21, left);
    }

    [Fact]
    public void A_state_of_other_settings_is_refused()
    {
        using var slide = SlideFile.Open(path);
        var predictor = new SlidePredictor(PaintedSlide.Model(), Options);
        var begun = Heatmap.Begin(predictor.Lay(slide).Grid, SlideTissue.Of(slide, new TissueOptions()));
        new HeatmapState(At("a.state"), new Fingerprint().Add("model", "other")).Save(begun);
        var error = Assert.Throws<InvalidDataException>(() => Predict(predictor, "a.state"));
        Assert.Contains("model was other, is this; remove it to begin anew", error.Message);
        File.WriteAllText(At("a.state"), new string('0', 64) + "\n\u0093NUMPY");
        Assert.Contains(
            "an earlier version began it",
            Assert.Throws<InvalidDataException>(() => Predict(predictor, "a.state")).Message
        );
    }

    [Fact]
    public void A_slide_coarser_than_the_run_or_of_unknown_resolution_is_refused_with_the_way_out()
    {
        var predictor = new SlidePredictor(PaintedSlide.Model(), Options);
        using var coarse = SlideFile.Open(path, new SlideOptions { Mpp = Mpp.Of(1) });
        var error = Assert.Throws<UnreadableSlideException>(() => predictor.Lay(coarse));
        Assert.Contains(
            "its finest level has 1 µm/px, the run was trained at 0.5 µm/px; take a slide scanned at a higher",
            error.Message
        );
        PyramidWriter.Write(At("none.tif"), 300, 300, new PyramidOptions(), (_, _, _) => { });
        using var none = SlideFile.Open(At("none.tif"));
        Assert.Contains("--slide-mpp", Assert.Throws<UnreadableSlideException>(() => predictor.Lay(none)).Message);
    }

    private string At(string name) => Path.Combine(folder, name);

    private SlidePrediction Predict(SlidePredictor predictor, string state, CancellationToken stop = default)
    {
        using var slide = SlideFile.Open(path);
        return predictor.Predict(
            slide,
            SlideTissue.Of(slide, new TissueOptions()),
            new HeatmapState(At(state), new Fingerprint().Add("model", "this")),
            stop: stop
        );
    }
}
