using System.Text.Json.Nodes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;
using Walk = Coverslip.Learning.SlideWalk.SlideWalk;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>A smaller network sees all windows, the large one those where the smaller sees something.</summary>
public sealed class FirstNetworkTests : IDisposable
{
    private const double Threshold = 0.5; // of redness: red squares have 0.73, violet tissue 0.22

    private static readonly SlidePredictionOptions Options = new() { Stride = 64, Batch = 7 };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-first-").FullName;
    private readonly string path;

    public FirstNetworkTests() => path = PaintedSlide.Write(At("painted.tif"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Windows_in_which_the_first_sees_something_have_the_large_networks_answer_and_the_others_the_firsts()
    {
        var (small, large) = (Alone(PaintedSlide.Model()), Alone(PaintedSlide.Model(violet: true)));
        var (seen, sent) = (0, 0);
        var (outcome, heatmaps) = Predict("out", n => seen += n, n => sent += n);

        var files = new SlideFiles(At("out"), "painted");
        var both = Heatmap.Read(files.Heatmap, small.Grid);
        var expected = 0;
        for (var row = 0; row < both.Grid.Rows; row++)
        for (var column = 0; column < both.Grid.Columns; column++)
        {
            if (float.IsNaN(small[column, row]))
            {
                Assert.True(float.IsNaN(both[column, row]));
                continue;
            }
            var goes = small[column, row] >= Threshold;
            Assert.Equal(goes ? large[column, row] : small[column, row], both[column, row]);
            expected += goes ? 1 : 0;
        }
        // Squares of 4 × 4 and 3 × 3 whole cells.
        Assert.Equal((4 * 4) + (3 * 3), expected);
        Assert.Equal((small.TissueCells, expected), (seen, sent));
        var shares = new WindowShares(small.Grid.Cells - seen, seen - sent, sent);
        Assert.Equal(shares, outcome.Windows);
        Assert.True(Heatmap.Read(files.First, small.Grid).Values.SequenceEqual(small.Values));
        Assert.Empty(Directory.GetFiles(At("out"), "*.state"));

        Assert.Contains("the large network saw 25 of 368 windows (6.8 %)", outcome.Text);
        var record = JsonNode.Parse(File.ReadAllText(files.Record))!;
        int Number(string key) => record[key]!.GetValue<int>();
        Assert.Equal(
            (400, 343, 25),
            (Number("windows_without_tissue"), Number("windows_by_first"), Number("windows_by_large"))
        );
        Assert.Equal(Threshold, record["first_threshold"]!.GetValue<double>());
        var totals = heatmaps.Totals(new WalkedSlides(folder, [outcome], []));
        Assert.Equal(25, totals.Figures["windows_by_large"]!.GetValue<int>());
        Assert.EndsWith("; the large network saw 25 of 368 windows (6.8 %)", totals.Text);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(0, 20)]
    public void Stopped_in_either_pass_it_goes_on_there(int first, int large)
    {
        var (whole, _) = Predict("whole");
        using var stop = new CancellationTokenSource();
        var (seen, sent) = (0, 0);
        void Stop(int count, int limit)
        {
            if (limit > 0 && count >= limit)
                stop.Cancel();
        }
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Predict("out", n => Stop(seen += n, first), n => Stop(sent += n, large), stop.Token)
        );
        Assert.True(
            first > 0 ? seen < whole.TissueCells && sent == 0 : seen == whole.TissueCells && sent is > 0 and < 25
        );
        var (rest, _) = Predict("out", n => seen += n, n => sent += n);
        Assert.Equal((whole.TissueCells, 25), (seen, sent)); // each window once by each that has to see it
        Assert.Equal(whole.Windows, rest.Windows);
        foreach (var name in (string[])["painted-heatmap.npy", "painted-first.npy", "detections/painted.csv"])
            Assert.Equal(File.ReadAllBytes(At($"whole/{name}")), File.ReadAllBytes(At($"out/{name}")));
        Assert.Empty(Directory.GetFiles(At("out"), "*.state"));
    }

    [Fact]
    public void A_finished_slide_keeps_its_counts_and_another_first_network_is_refused()
    {
        Predict("out");
        var scored = 0;
        var (again, heatmaps) = Predict("out", n => scored += n, n => scored += n);
        Assert.Equal((0, new WindowShares(400, 343, 25)), (scored, again.Windows));
        Assert.Equal(
            "the large network saw 25 of 368 windows (6.8 %)",
            heatmaps.Totals(new WalkedSlides(folder, [again], [])).Text
        );

        using var slide = SlideFile.Open(path);
        string Refused(FirstNetwork? other) =>
            Assert.Throws<InvalidDataException>(() => new Walk(Heatmaps(other), At("out")).Predict(slide)).Message;
        Assert.Contains("first.threshold was 0.5, is 0.4", Refused(First() with { Threshold = 0.4 }));
        Assert.Contains(
            "first.model was redness, is other",
            Refused(new(PaintedSlide.Model(name: "other"), Threshold, "given 0.5"))
        );
        Assert.Contains("first.model was redness, is no part", Refused(null));
    }

    [Fact]
    public void A_threshold_may_differ_from_slide_to_slide_only_where_windows_chose_it()
    {
        Predict("out");
        var others = new[] { PaintedSlide.Write(At("other.tif")) };
        void Run(FirstNetwork first) => new Walk(Heatmaps(first), At("out")).Run(others, new Untold(), default);
        Run(First() with { Threshold = 0.4 }); // as parts that judge other slides have one of their own
        var error = Assert.Throws<InvalidDataException>(() => Run(First() with { From = "given 0.4" }));
        Assert.Contains("first.threshold_from was given 0.5, is given 0.4", error.Message);
    }

    [Fact]
    public void A_stride_beyond_the_first_networks_window_is_refused()
    {
        var narrow = First() with { Model = PaintedSlide.Model(window: new(48, 48)) };
        Assert.Contains(
            "it goes from 16 to 48, the side of the first network's window",
            Assert.Throws<ArgumentException>(() => Heatmaps(narrow)).Message
        );
    }

    [Fact]
    public void The_threshold_is_the_greatest_that_the_wanted_share_reaches_and_at_most_one_half()
    {
        (string, double)[] windows = [.. Enumerable.Range(0, 1000).Select(i => ($"p{i % 4}", i / 4000.0))];
        var chosen = FirstThreshold.Of(windows, 0.995);
        Assert.Equal((5 / 4000.0, 5, 1000, 4), (chosen.Value, chosen.Below, chosen.Windows, chosen.Patients));
        Assert.Contains("995 of 1000 positive validation windows (4 patients) reach that", chosen.Text);
        Assert.Equal(0.0, FirstThreshold.Of(windows, 1).Value);
        Assert.Equal(100 / 4000.0, FirstThreshold.Of([.. windows.Reverse()], 0.9).Value);
        Assert.Equal(0.5, FirstThreshold.Of([("a", 0.9), ("b", 0.7)], 0.995).Value);
        var few = FirstThreshold.Of([.. windows.Skip(40).Take(60)], 0.995);
        Assert.Equal((40 / 4000.0, 0), (few.Value, few.Below));
        Assert.Contains("so few cannot tell one in 200: the least of them decides", few.Text);
        Assert.Throws<ArgumentException>(() => FirstThreshold.Of([], 0.995));
        Assert.Throws<ArgumentException>(() => FirstThreshold.Of(windows, 0));
    }

    private static FirstNetwork First(Action<int>? scored = null) =>
        new(PaintedSlide.Model(scored), Threshold, "given 0.5");

    private static HeatmapPrediction Heatmaps(FirstNetwork? first, Action<int>? scored = null) =>
        new(PaintedSlide.Model(scored, violet: true, name: "violet"), Options, new DetectionOptions(), first);

    private (HeatmapOutcome Outcome, HeatmapPrediction Heatmaps) Predict(
        string to,
        Action<int>? small = null,
        Action<int>? large = null,
        CancellationToken stop = default
    )
    {
        var heatmaps = Heatmaps(First(small), large);
        using var slide = SlideFile.Open(path);
        return ((HeatmapOutcome)new Walk(heatmaps, At(to)).Predict(slide, stop: stop), heatmaps);
    }

    private Heatmap Alone(SlideModel model)
    {
        using var slide = SlideFile.Open(path);
        var state = new HeatmapState(At("none.state"), model.MadeOf);
        return new SlidePredictor(model, Options)
            .Predict(slide, SlideTissue.Of(slide, new TissueOptions()), state)
            .Heatmap;
    }

    private string At(string name) => Path.Combine(folder, name);

    private sealed class Untold : ISlideProgress
    {
        public void Predicted(string slide, int done, int all) { }

        public void Finished(SlideOutcome outcome) { }

        public void Failed(FailedFile slide) => throw new InvalidDataException(slide.Reason);
    }
}
