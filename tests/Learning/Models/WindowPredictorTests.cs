using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.Tests.Runs;
using Coverslip.Methods;
using Coverslip.Slides.Geometry;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Models;

/// <summary>Windows in memory are predicted as files are; what a run has to say before it predicts slides.</summary>
[NoTensorLeaks]
public sealed class WindowPredictorTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Windows_have_the_probabilities_of_the_same_images_as_files()
    {
        using var model = TrainedModel.Load(finished.Folder, Known.Methods, Device.Cpu);
        var set = new PatchSet(finished.Small.Cohort, model.Recipe.Input, null);
        var (files, bytes) = (model.Predict(set, 8), set.Patches.SelectMany(set.Pixels).ToArray());
        var averaged = ((INetworkRecipe)model.Recipe).Augmentation.AverageOrientations;
        var windows = new WindowBatch(bytes, set.Patches.Count);
        var same = model.Predict(windows, averaged);
        Assert.Equal(files.Rows.Count, same.Count);
        foreach (var (file, window) in files.Rows.Zip(same))
            for (var c = 0; c < window.Length; c++)
                Assert.Equal(file.Probabilities[c], window[c], 1e-5);
        var other = model.Predict(windows, !averaged);
        Assert.Contains(same.Zip(other), pair => Math.Abs(pair.First[0] - pair.Second[0]) > 1e-4);
    }

    [Fact]
    public void The_resolution_comes_from_the_run_or_from_the_caller()
    {
        using var model = TrainedModel.Load(finished.Folder, Known.Methods, Device.Cpu);
        var error = Assert.Throws<InvalidOperationException>(() => SlideModel.Of(model, null, true));
        Assert.Contains("pass --mpp", error.Message);
        var slides = SlideModel.Of(model, 0.5, true);
        Assert.Equal(Mpp.Of(0.5), slides.Window.Mpp);
        Assert.Equal(new PixelSize(48, 48), slides.Window.Side);
        Assert.Equal(model.Description.Classes[1], slides.Positive);
        Assert.Equal(
            "model.orientations was True, is False",
            Fingerprint.Difference($"{slides.MadeOf}", $"{SlideModel.Of(model, 0.5, false).MadeOf}")
        );
    }

    [Fact]
    public void A_recorded_resolution_comes_back()
    {
        var file = Path.Combine(finished.Small.Folder, "run.json");
        using var model = TrainedModel.Load(finished.Folder, Known.Methods, Device.Cpu);
        Assert.Null(model.Description.Mpp);
        (model.Description with { Mpp = 0.2431 }).Write(file);
        Assert.Equal(0.2431, RunDescription.Read(file).Mpp);
    }
}
