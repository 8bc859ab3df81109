using Coverslip.Evaluation.Metrics;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>What the verbs say of cohorts that hold what they should not, and of images that a run knows.</summary>
[Collection("console")]
public sealed class CohortVerbsTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private readonly PhantomRuns runs = trained.Runs;

    [Fact]
    public void Images_of_the_runs_own_cohort_are_predicted_as_in_its_test()
    {
        var folder = runs.At("own");
        var (_, told) = VerbCall.Run(0, "predict", trained.Folder, "--cohort", runs.CohortFile, "--out", folder);
        Assert.Contains("note: 24 of 24 images are of the run's own cohort", told);
        var tested = Predictions.Read(Path.Combine(trained.Folder, "predictions.csv")).Rows.ToDictionary(r => r.Image);
        var predicted = Predictions.Read(Path.Combine(folder, "predictions.csv"));
        Assert.All(predicted.Rows, r => Assert.Equal("held_out", r.TrainedOn));
        Assert.All(predicted.Rows, r => Assert.Equal(tested[r.Image].Predicted, r.Predicted));
        Assert.All(predicted.Rows, r => Assert.Equal(tested[r.Image].Probabilities[0], r.Probabilities[0], 1e-6));
        Assert.Null(predicted.SeenNote);
    }

    [Fact]
    public void Evaluate_says_that_figures_are_of_what_was_trained_on()
    {
        var own = Predictions.Read(Path.Combine(trained.Folder, "predictions.csv"));
        var file = runs.At("seen.csv");
        (own with { Rows = [.. own.Rows.Select((r, i) => r with { TrainedOn = i < 5 ? "image" : "" })] }).Write(file);
        var told = PhantomRuns.Call(
            0,
            [
                "evaluate",
                "classification",
                file,
                "--cohort",
                runs.CohortFile,
                "--bootstrap",
                "20",
                "--out",
                runs.At("judged"),
            ]
        );
        Assert.Contains("the model was trained on 5 of 24 of these images or their patients", told);
        Assert.Contains("trained on 5 of 24", File.ReadAllText(Path.Combine(runs.At("judged"), "evaluation.json")));
    }

    [Fact]
    public void A_picture_of_another_kind_is_refused_unless_it_is_asked_for()
    {
        var chest = runs.At("chest.png");
        using (var ramp = new Image(48, 48))
        {
            for (var i = 0; i < 48 * 48; i++)
                ramp.WritablePixels.Slice(3 * i, 3).Fill((byte)(i / 48 * 5));
            ImageFile.Write(chest, ramp);
        }
        string[] call = ["predict", trained.Folder, chest, "--out", runs.At("chest")];
        // Masks of the recipe stand in the cohort's column, which single images lack: the look comes first.
        var refused = PhantomRuns.Call(1, call);
        Assert.Contains("looks like none of the 24 images that the model was trained on: color", refused);
        Assert.DoesNotContain("looks like none", PhantomRuns.Call(1, [.. call, "--unfamiliar"]));
    }

    [Fact]
    public void Check_opens_every_file_and_names_what_is_no_image()
    {
        var folder = runs.At("checked");
        Directory.CreateDirectory(Path.Combine(folder, "a", "p1", ".ipynb_checkpoints"));
        Directory.CreateDirectory(Path.Combine(folder, "b", "p2"));
        var images = Directory.GetFiles(
            Path.Combine(Path.GetDirectoryName(runs.CohortFile)!, "images"),
            "*.png",
            SearchOption.AllDirectories
        );
        File.Copy(images[0], Path.Combine(folder, "a", "p1", "1.png"));
        File.Copy(images[0], Path.Combine(folder, "a", "p1", "._1.png"));
        File.Copy(images[1], Path.Combine(folder, "b", "p2", "2.png"));
        var table = Path.Combine(folder, "cohort.csv");
        var written = PhantomRuns.Call(0, "cohort", folder, "--layout", "folders", "--out", table);
        Assert.Contains("left out 1 files that are hidden", written);
        Assert.Contains("pixels    2 of 2 images read", written);
        File.WriteAllBytes(Path.Combine(folder, "b", "p2", "2.png"), []);
        Assert.Contains("row 3: image", PhantomRuns.Call(1, "cohort", "check", table));
        Assert.Contains("the file is empty", PhantomRuns.Call(1, "cohort", "check", table, "--decode"));
    }
}
