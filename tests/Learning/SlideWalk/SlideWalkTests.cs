using Coverslip.Evaluation;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Stain;
using Coverslip.Torch;
using Walk = Coverslip.Learning.SlideWalk.SlideWalk;

namespace Coverslip.Learning.Tests.SlideWalk;

/// <summary>A walk over slides: each once, whoever shares the folder; one that fails stops no other.</summary>
public sealed class SlideWalkTests : IDisposable
{
    private static readonly SlidePredictionOptions Options = new() { Stride = 64 };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-walk-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Two_walks_on_one_folder_predict_each_slide_once_and_both_know_all_of_them()
    {
        string[] slides = [.. Enumerable.Range(1, 4).Select(i => PaintedSlide.Write(At($"s{i}.tif")))];
        var scored = 0;
        SlideSummary Walk()
        {
            var model = PaintedSlide.Model(count => Interlocked.Add(ref scored, count));
            var heatmaps = new HeatmapPrediction(model, Options, new DetectionOptions());
            return new Walk(heatmaps, At("out")).Run(slides, new Told(), CancellationToken.None);
        }
        var both = await Task.WhenAll(Task.Run(Walk), Task.Run(Walk));

        Assert.Equal(4 * 23 * 16, scored);
        Assert.Equal(4, both.Sum(s => s.Outcomes.Count(o => ((HeatmapOutcome)o).Prediction is not null)));
        foreach (var summary in both)
        {
            Assert.Empty(summary.Failures);
            Assert.Equal(["s1", "s2", "s3", "s4"], summary.Outcomes.Select(o => o.Name));
        }
        Assert.Equal(4, SlideScores.Read(At("out/slide_scores.csv"), ["probability"]).Names.Count);
        Assert.Empty(Directory.GetFiles(At("out"), "*.state"));
    }

    [Fact]
    public void Whatever_is_wrong_with_a_slide_stops_no_other()
    {
        File.WriteAllText(At("broken.svs"), "no slide");
        string[] slides = [At("broken.svs"), At("missing.tif"), PaintedSlide.Write(At("good.tif"))];
        var heatmaps = new HeatmapPrediction(PaintedSlide.Model(), Options, new DetectionOptions());
        var told = new Told();
        var summary = new Walk(heatmaps, At("out")).Run(slides, told, CancellationToken.None);
        Assert.Equal(["broken", "missing"], summary.Failures.Select(f => f.Name));
        Assert.Equal(["good"], summary.Outcomes.Select(o => o.Name));
        Assert.Equal(["broken failed", "missing failed", "good"], told.Lines);
        Assert.Contains("\"failed\": ", File.ReadAllText(At("out/summary.json")));
    }

    [Fact]
    public void Two_slides_of_one_name_are_refused_before_the_first()
    {
        var heatmaps = new HeatmapPrediction(PaintedSlide.Model(), Options, new DetectionOptions());
        var walk = new Walk(heatmaps, At("out"));
        var error = Assert.Throws<ArgumentException>(() =>
            walk.Run([At("a/s.tif"), At("b/S.svs")], new Told(), CancellationToken.None)
        );
        Assert.Contains("have the same name", error.Message);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public void A_second_call_adds_its_slides_and_one_that_fails_takes_none_away()
    {
        Walk("redness", PaintedSlide.Write(At("a.tif")));
        Walk("redness", PaintedSlide.Write(At("b.tif"), isBlank: true));
        var scores = SlideScores.Read(At("out/slide_scores.csv"), ["probability"]);
        Assert.Equal(["a", "b"], scores.Names);
        // Another picture under the old name: refused, and what was found on the first one stays.
        PaintedSlide.Write(At("a.tif"), isBlank: true);
        var failure = Assert.Single(Walk("redness", At("a.tif"), At("missing.tif")).Failures, f => f.Name == "a");
        Assert.Matches("slide.contents was [0-9a-f]{64}, is [0-9a-f]{64}; name another folder", failure.Reason);
        var after = SlideScores.Read(At("out/slide_scores.csv"), ["probability"]);
        Assert.Equal(["a", "b"], after.Names);
        Assert.Equal(scores.Of("a"), after.Of("a"));
        var summary = File.ReadAllText(At("out/summary.json"));
        Assert.All((string[])["a", "b", "missing"], name => Assert.Contains($"\"slide\": \"{name}\"", summary));
    }

    [Fact]
    public void Where_every_slide_fails_there_is_no_table()
    {
        Assert.Single(Walk("redness", At("missing.tif")).Failures);
        Assert.False(File.Exists(At("out/slide_scores.csv")));
    }

    [Fact]
    public void Another_model_neither_takes_over_a_finished_slide_nor_joins_its_table()
    {
        var path = PaintedSlide.Write(At("a.tif"));
        Walk("redness", path);
        var same = Assert.Single(Walk("other", path).Failures);
        Assert.Contains("model was redness, is other", same.Reason);
        var joined = Assert.Throws<InvalidDataException>(() => Walk("other", PaintedSlide.Write(At("b.tif"))));
        Assert.Contains(
            "a-heatmap.json was made of something else than now: model was redness, is other",
            joined.Message
        );
        Assert.False(File.Exists(At("out/b-heatmap.json")));
    }

    [Fact]
    public void A_slide_is_not_finished_at_another_resolution()
    {
        var path = PaintedSlide.Write(At("a.tif"));
        Walk("redness", path);
        var heatmaps = new HeatmapPrediction(PaintedSlide.Model(), Options, new DetectionOptions());
        var walk = new Walk(heatmaps, At("out")) { Opening = new SlideOptions { Mpp = Mpp.Of(0.25) } };
        var failure = Assert.Single(walk.Run([path], new Told(), CancellationToken.None).Failures);
        Assert.Contains("slide.microns_per_pixel was 0.5 × 0.5, is 0.25 × 0.25", failure.Reason);
        Assert.Contains("slide.resolution_from was XResolution, YResolution, is --slide-mpp", failure.Reason);
    }

    [Fact]
    public void A_record_of_before_there_were_parts_is_not_trusted_and_one_of_another_version_is_told()
    {
        var path = PaintedSlide.Write(At("a.tif"));
        Walk("redness", path);
        var file = At("out/a-heatmap.json");
        var record = File.ReadAllText(file);
        File.WriteAllText(file, record.Replace($"program: {ProgramVersion.Current}", "program: 0.0.1"));
        Assert.Contains("finished before, by Coverslip 0.0.1", Assert.Single(Walk("redness", path).Outcomes).Text);
        File.WriteAllText(file, "{\"key\": \"0123\", \"probability\": 0.5}");
        var failure = Assert.Single(Walk("redness", path).Failures);
        Assert.Contains("an earlier version made it, which did not keep of what; name another folder", failure.Reason);
    }

    private SlideSummary Walk(string model, params string[] slides)
    {
        var heatmaps = new HeatmapPrediction(PaintedSlide.Model(name: model), Options, new DetectionOptions());
        return new Walk(heatmaps, At("out")).Run(slides, new Told(), CancellationToken.None);
    }

    [Fact]
    public void One_list_says_which_errors_are_those_of_a_file()
    {
        Exception[] ofFile =
        [
            new UnreadableSlideException("s", "tile"),
            new AnnotationException("s", "cut"),
            new StainException("glass"),
            new InvalidDataException(),
            new InvalidOperationException(),
            new UnauthorizedAccessException(),
            new ArgumentException(),
        ];
        Assert.All(ofFile, e => Assert.True(FailedFile.Is(e), e.GetType().Name));
        Exception[] ofCall =
        [
            new OperationCanceledException(),
            new TorchException("memory"),
            new OutOfMemoryException(),
        ];
        Assert.All(ofCall, e => Assert.False(FailedFile.Is(e), e.GetType().Name));
    }

    [Fact]
    public void What_a_method_cannot_do_is_refused_by_name()
    {
        var asked = new PredictionRequest
        {
            Threshold = 0.3,
            Components = true,
            Mpp = 1,
        };
        var error = Assert.Throws<InvalidOperationException>(() => asked.Only("multi-stage", "--mpp"));
        Assert.StartsWith("--threshold, --components: runs of the method multi-stage", error.Message);
        asked.Only("other", "--mpp", "--threshold", "--components");
    }

    private string At(string name) => Path.Combine(folder, name);

    private sealed class Told : ISlideProgress
    {
        public List<string> Lines { get; } = [];

        public void Predicted(string slide, int done, int all) { }

        public void Finished(SlideOutcome outcome) => Lines.Add(outcome.Name);

        public void Failed(FailedFile slide) => Lines.Add($"{slide.Name} failed");
    }
}
