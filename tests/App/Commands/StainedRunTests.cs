using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Masks;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.App.Tests.Commands;

/// <summary>Runs on images of a normalized stain: masks, training, packing and predicting with the one reference.</summary>
[Collection("console")]
public sealed class StainedRunTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public StainedRunTests()
    {
        using (var patch = PatchPhantom.Paint(new PatchPhantomOptions { Size = 96, StainSeed = 11 }, seed: 3))
            ImageFile.Write(runs.At("reference.png"), patch.Image);
        PhantomRuns.Call(0, ["stain", "fit", runs.At("reference.png"), "--method", "macenko", "--out", Stain]);
        File.WriteAllText(
            runs.RecipeFile,
            PhantomRuns
                .Recipe.Replace("masks: column,", $"mask_channels: 8, mask_steps: 2, stain: {Stain},")
                .Replace("epochs: 4", "epochs: 1")
                .Replace("folds: 4", "folds: 2")
        );
    }

    private string Stain => runs.At("stain.json");

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_run_its_package_and_a_run_on_images_normalized_before_predict_alike()
    {
        string[] call = ["train", runs.RecipeFile, "--cohort", runs.CohortFile];
        PhantomRuns.Call(0, [.. call, "--out", runs.At("run")]);
        Assert.Equal(StainFile.Read(Stain), StainFile.Read(runs.At("run/stain.json")));
        Assert.Contains("brought to that of stain.json", File.ReadAllText(runs.At("run/report.html")));

        // The same images normalized by hand, under a recipe without the key: the same numbers.
        PhantomRuns.Call(0, ["stain", "apply", Stain, "--cohort", runs.CohortFile, "--out", runs.At("by-hand")]);
        File.WriteAllText(runs.At("plain.yaml"), File.ReadAllText(runs.RecipeFile).Replace($", stain: {Stain}", ""));
        string[] byHand = ["--cohort", runs.At("by-hand/cohort.csv"), "--out", runs.At("plain")];
        PhantomRuns.Call(0, ["train", runs.At("plain.yaml"), .. byHand]);
        ExpectEqual("run/predictions.csv", "plain/predictions.csv");
        Assert.False(File.Exists(runs.At("plain/stain.json")), "nothing was normalized");

        // The package needs neither the run nor the file that the recipe names.
        PhantomRuns.Call(0, ["pack", runs.At("run"), "--out", runs.At("model.coverslip")]);
        Predict("run", "from-run");
        var (stain, kept) = (File.ReadAllText(Stain), runs.At("run/stain.json"));
        File.Delete(Stain);
        Predict("model.coverslip", "from-package");
        ExpectEqual("from-run/predictions.csv", "from-package/predictions.csv");

        // A run begun with a reference goes on with it, and with no other.
        Assert.Contains("accuracy", PhantomRuns.Call(0, [.. call, "--out", runs.At("run"), "--resume"]));
        File.WriteAllText(Stain, stain.Replace("\"macenko\"", "\"vahadane\""));
        Assert.Contains(
            "begun with another stain",
            PhantomRuns.Call(1, [.. call, "--out", runs.At("run"), "--resume"])
        );

        File.Delete(kept);
        var image = runs.At("cohort/images/P01-01.png");
        var refused = PhantomRuns.Call(1, ["predict", runs.At("run"), image, "--out", runs.At("refused")]);
        Assert.Contains("that stain is missing here; put the run's stain.json back", refused);
        Assert.Contains("stain is missing", PhantomRuns.Call(1, ["pack", runs.At("run"), "--out", runs.At("m")]));
    }

    [Fact]
    public void Masks_are_made_of_normalized_images_and_others_are_refused()
    {
        string[] settings = ["--channels", "8", "--start-labels", "8", "--steps", "2"];
        string[] mask = ["mask", "--cohort", runs.CohortFile, .. settings];
        PhantomRuns.Call(0, [.. mask, "--stain", Stain, "--out", runs.At("stained")]);
        PhantomRuns.Call(0, ["stain", "apply", Stain, "--cohort", runs.CohortFile, "--out", runs.At("by-hand")]);
        string[] byHand = ["--cohort", runs.At("by-hand/cohort.csv"), "--out", runs.At("hand-masks")];
        PhantomRuns.Call(0, ["mask", .. byHand, .. settings]);
        var (stained, hand) = (MaskStore.Read(runs.At("stained")), MaskStore.Read(runs.At("hand-masks")));
        Assert.Equal(24, stained.Rows.Count);
        foreach (var row in stained.Rows)
        {
            var other = hand.Row(row.Image)!;
            Assert.Equal(
                row.Areas.Select(a => (a.Pixels, a.Brightness)),
                other.Areas.Select(a => (a.Pixels, a.Brightness))
            );
            using var one = stained.ReadMask(row.Image);
            using var two = hand.ReadMask(row.Image);
            Assert.True(one.Pixels.SequenceEqual(two.Pixels), row.Image);
        }

        var refused = PhantomRuns.Call(1, [.. mask, "--out", runs.At("stained")]);
        Assert.Contains("other options or of images of another stain", refused);
        string[] train = ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--masks"];
        Assert.Contains(
            "of another stain",
            PhantomRuns.Call(1, [.. train, runs.At("hand-masks"), "--out", runs.At("wrong")])
        );
        string[] calibrate = ["mask", "calibrate", "--cohort", runs.CohortFile, "--segmentations", runs.At("stained")];
        Assert.Contains(
            "of another stain",
            PhantomRuns.Call(1, [.. calibrate, .. settings, "--out", runs.At("rules.json")])
        );
    }

    [Fact]
    public void An_image_without_stain_stops_a_run_before_it_begins_or_is_counted()
    {
        using (var blank = new Image(48, 48))
        {
            blank.WritablePixels.Fill(250);
            ImageFile.Write(runs.At("cohort/images/P01-01.png"), blank);
        }
        string[] call = ["train", runs.RecipeFile, "--cohort", runs.CohortFile];
        var refused = PhantomRuns.Call(1, [.. call, "--out", runs.At("run")]);
        Assert.Contains("images/P01-01.png: its stain cannot be normalized: no tissue", refused);

        File.WriteAllText(
            runs.RecipeFile,
            File.ReadAllText(runs.RecipeFile).Replace("form: masked", "form: raw, stain_refused: keep")
        );
        PhantomRuns.Call(0, [.. call, "--out", runs.At("kept")]);
        Assert.Contains("but for 1 image without a stain", File.ReadAllText(runs.At("kept/report.html")));
        Assert.Contains("\"stains_kept\": 1", File.ReadAllText(runs.At("kept/part-1/run.json")));
    }

    private void Predict(string model, string folder) =>
        PhantomRuns.Call(0, ["predict", runs.At(model), "--cohort", runs.CohortFile, "--out", runs.At(folder)]);

    private void ExpectEqual(string one, string two)
    {
        var (a, b) = (Predictions.Read(runs.At(one)), Predictions.Read(runs.At(two)));
        Assert.Equal(24, a.Rows.Count);
        foreach (var (first, second) in a.Rows.Zip(b.Rows))
        {
            Assert.Equal((first.Image, first.Predicted), (second.Image, second.Predicted));
            Assert.Equal(first.Probabilities[0], second.Probabilities[0], 1e-5);
        }
    }
}
