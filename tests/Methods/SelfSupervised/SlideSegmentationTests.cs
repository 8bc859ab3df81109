using Coverslip.Evaluation.Segmentation;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Segmentation;
using Coverslip.Learning.Tests;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Slides: windows of annotated ones train and test, new ones are segmented, stopped and taken up.</summary>
[NoTensorLeaks]
public sealed class SlideSegmentationTests : IDisposable
{
    private static readonly string[] Lines =
    [
        "patches: {mpp: 2, stride: 8, center: 16, unlabeled: 8, labeled: 4, repeats: 1, test: 10}",
    ];
    private readonly TinySlides slides = new();

    public void Dispose() => slides.Dispose();

    [Fact]
    public void Windows_of_test_slides_are_judged_and_a_new_slide_stopped_midway_comes_out_the_same()
    {
        var recipe = SmallMasks.Recipe(Lines);
        var split = recipe.Split.Draw(slides.Cohort, 1);
        var folder = Train(recipe, split);
        var tested = SegmentedImage.Read(Path.Combine(folder, SegmentedImage.FileName));
        Assert.Subset(split.Parts[0].Test.ToHashSet(), tested.Select(i => i.Patient).ToHashSet());
        var pixels = tested.Sum(i => i.Pixels.At(0) is var all ? all.TruePositives + all.FalsePositives : 0);
        Assert.Equal(10 * 32 * 32, pixels);
        Assert.Contains(tested, i => i.Pixels.At(0).TruePositives > 0);

        using var run = TrainedModel.Load(folder, Known.Methods, Device.Cpu);
        using var slide = SlideFile.Open(slides.At("s2.tif"));
        var tissue = SlideTissue.Of(slide, new TissueOptions());
        var options = new SlideSegmentationOptions(Mpp: 2, Stride: null, Batch: 4, Reconstruct: false)
        {
            SaveEvery = TimeSpan.Zero,
        };
        var segmentation = new SlideSegmentation(run, options);
        var whole = segmentation.Predict(slide, tissue);
        Assert.Equal((384, 320, 1), (whole.Map.Width, whole.Map.Height, whole.Grid.Stride));
        Assert.Equal(TinySlides.Width, whole.Grid.Columns * whole.Grid.CellWidth);

        using var stop = new CancellationTokenSource();
        var state = new HeatmapState(slides.At("state"), new Fingerprint());
        Assert.Throws<OperationCanceledException>(() =>
            segmentation.Predict(
                slide,
                tissue,
                state,
                (done, all) =>
                {
                    if (done > all / 2)
                        stop.Cancel();
                },
                stop.Token
            )
        );
        var left = 0;
        var again = segmentation.Predict(slide, tissue, state, (_, all) => left = all);
        Assert.Equal(whole.Map.Probability, again.Map.Probability);
        Assert.InRange(left, 1, 200); // of 414 windows

        // Where there is no tissue there is no probability; a map of means has the means of the finer one.
        Assert.True(float.IsNaN(whole.Map.Probability[0]));
        var coarse = new SlideSegmentation(run, options with { MostCells = 40_000 }).Predict(slide, tissue);
        Assert.Equal((192, 160), (coarse.Map.Width, coarse.Map.Height));
        var at = (100 * 384) + 160;
        float[] four = [.. new[] { at, at + 1, at + 384, at + 385 }.Select(i => whole.Map.Probability[i])];
        Assert.Equal(four.Average(), coarse.Map.Probability[(50 * 192) + 80], 1e-5);

        var files = new SegmentationFiles(slides.Folder, "s2");
        var share = files.WriteSlide(coarse, "tumor");
        var outlines = AnnotationFile.Read(files.Outlines).Region("tumor");
        var cell = coarse.Grid.CellWidth * coarse.Grid.CellHeight;
        Assert.Equal(coarse.Map.Probability.Count(p => p >= 0.5f) * cell, outlines.Area, 1e-3);
        Assert.InRange(share, 0, 1);
    }

    [Fact]
    public void Test_slides_are_judged_whole_where_the_recipe_says_so()
    {
        var recipe = SmallMasks.Recipe([Lines[0].Replace("test: 10", "test: 10, test_slides: whole")]);
        var split = recipe.Split.Draw(slides.Cohort, 1);
        var tested = SegmentedImage.Read(Path.Combine(Train(recipe, split), SegmentedImage.FileName));
        var test = split.Parts[0].Test;
        Assert.Equal(test.Order(), tested.Select(i => i.Patient).Order());
        foreach (var image in tested)
        {
            var all = image.Pixels.At(0);
            Assert.Equal(384 * 320, all.TruePositives + all.FalsePositives);
            // 120 × 100 µm at 2 µm per pixel, on every other slide.
            var isTumor = slides.Cohort.Rows.Single(r => r.Patient == image.Patient).Label == "tumor";
            Assert.Equal(isTumor ? 60 * 50 : 0, all.TruePositives);
            // Glass was never called foreground, whatever an untrained network says; windows reach beyond the tissue.
            Assert.InRange(image.Pixels.Background[0], 30_000, (384 * 320) - (288 * 224));
        }
    }

    private string Train(SelfSupervisedRecipe recipe, Split split)
    {
        using var data = new SelfSupervisedData(recipe, slides.Cohort, null, _ => { });
        var input = new SessionInput(recipe, data, split, Device.Cpu);
        new TrainingSession(input, slides.At("run"), _ => new SmallMasks.Silent()).Run(0);
        var part = TrainingSession.PartFolder(slides.At("run"), 0, split.Parts.Count);
        File.WriteAllText(Path.Combine(part, "recipe.yaml"), SmallMasks.TextOf(Lines));
        return part;
    }
}
