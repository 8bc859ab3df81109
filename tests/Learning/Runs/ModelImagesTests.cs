using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Runs;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>Which images a run takes, and which it says that it was trained on.</summary>
[NoTensorLeaks]
[Collection(FinishedRunCollection.Name)]
public sealed class ModelImagesTests(FinishedRun finished)
{
    private readonly Cohort cohort = finished.Small.Cohort;

    [Fact]
    public void A_gray_image_is_refused_by_a_model_of_color_images()
    {
        using var gray = new Image(48, 48, channels: 1);
        Assert.EndsWith("gray.png has 1 channel(s), the model was trained on images of 3", Refused("gray.png", gray));
    }

    [Theory]
    [InlineData(96, false)]
    [InlineData(24, false)]
    [InlineData(46, true)]
    [InlineData(50, true)]
    public void An_image_of_another_scale_is_refused(int side, bool fits)
    {
        using var image = new Image(side, side);
        image.WritablePixels.Fill(200);
        var name = $"side-{side}.png";
        if (!fits)
            Assert.Contains(
                $"to the model's 48 pixels, its training images were scaled by 1 to 1; cut or resize",
                Refused(name, image)
            );
        else
            Assert.Null(Refused(name, image));
    }

    [Fact]
    public void Held_out_phantoms_look_familiar_and_a_radiograph_does_not()
    {
        using var model = FinishedRun.Load(finished.Folder);
        var others = Cohort.Load(
            PhantomCohort.Write(
                At("others"),
                new PhantomCohortOptions
                {
                    Seed = 77,
                    Patients = 40,
                    LeastPatches = 3,
                    MostPatches = 3,
                    Patch = new PatchPhantomOptions { Size = 48, NucleusRadius = 2 },
                }
            )
        );
        model.CheckFits(others);
        using var ramp = new Image(48, 48);
        for (var i = 0; i < 48 * 48; i++)
            ramp.WritablePixels.Slice(3 * i, 3).Fill((byte)(i / 48 * 5));
        var refused = Refused("chest.png", ramp, unfamiliar: false);
        Assert.Contains(
            "chest.png looks like none of the 24 images that the model was trained on: color -4.61",
            refused
        );
        Assert.EndsWith("or pass --unfamiliar to predict it all the same", refused);
        Assert.Null(Refused("chest.png", ramp));
    }

    [Fact]
    public void An_image_of_the_runs_cohort_is_predicted_by_the_parts_that_did_not_train_on_it()
    {
        var file = At("seen.coverslip");
        using var run = FinishedRun.Load(finished.Folder);
        run.Pack(file);
        using var packed = FinishedRun.Load(file);
        var seen = packed.TrainedOn!.Seen(cohort);
        var split = new SmallRun(cohort, finished.Folder) { Parts = 2 }.Split;
        foreach (var (row, of) in cohort.Rows.Zip(seen))
        {
            int[] away =
            [
                .. split.Parts.Index().Where(p => p.Item.Test.Contains(row.Patient)).Select(p => p.Index + 1),
            ];
            Assert.Equal(away.Length > 0 ? SeenImage.HeldOut : SeenImage.ByImage, of.TrainedOn);
            Assert.Equal(away.Length > 0 ? away : [1, 2], of.Parts);
        }
        Assert.Contains(seen, s => s.TrainedOn == SeenImage.HeldOut);
        var set = FinishedRun.Pixels(cohort);
        var told = packed.Predict(set, 5, seen);
        var tested = split
            .Parts.SelectMany(
                (_, p) => Predictions.Read(Path.Combine(finished.Folder, $"part-{p + 1}", "predictions.csv")).Rows
            )
            .ToDictionary(r => r.Image);
        foreach (var row in told.Rows.Where(r => r.TrainedOn == SeenImage.HeldOut))
        {
            Assert.Equal(tested[row.Image].Predicted, row.Predicted);
            Assert.Equal(tested[row.Image].Probabilities[0], row.Probabilities[0], 1e-6);
        }
        Assert.Contains("the model was trained on", told.SeenNote);
        Assert.StartsWith("warning: the model was trained on", SeenImage.Notes(seen).First());
    }

    [Fact]
    public void A_copied_picture_and_another_picture_of_its_patient_are_known_and_a_name_alone_is_a_note()
    {
        using var run = FinishedRun.Load(finished.Folder);
        var trained = cohort.Rows[
            run.TrainedOn!.Seen(cohort).Index().First(s => s.Item.TrainedOn == SeenImage.ByImage).Index
        ];
        var folder = At("copies");
        Directory.CreateDirectory(folder);
        File.Copy(cohort.ImagePath(trained), Path.Combine(folder, "copy.png"));
        using (var image = new Image(48, 48))
        {
            image.WritablePixels.Fill(90);
            ImageFile.Write(Path.Combine(folder, "new.png"), image);
            image.WritablePixels.Fill(91);
            ImageFile.Write(Path.Combine(folder, "other.png"), image);
        }
        var other = cohort.Rows.First(r => r.Patient != trained.Patient && SeenNames(run).Contains(r.Patient)).Patient;
        var table = Path.Combine(folder, "cohort.csv");
        CohortFile.Write(
            table,
            [
                new CohortRow(2, "copy.png", trained.Label, "elsewhere"),
                new CohortRow(3, "new.png", trained.Label, "elsewhere"),
                new CohortRow(4, "other.png", trained.Label, other),
            ],
            []
        );
        Assert.Equal(
            [SeenImage.ByImage, SeenImage.ByPatient, SeenImage.ByName],
            run.TrainedOn!.Seen(Cohort.Load(table)).Select(s => s.TrainedOn)
        );
    }

    private IEnumerable<string> SeenNames(TrainedModel run) =>
        cohort
            .Rows.Zip(run.TrainedOn!.Seen(cohort))
            .Where(r => r.Second.TrainedOn == SeenImage.ByImage)
            .Select(r => r.First.Patient);

    private string At(string name) => Path.Combine(finished.Small.Folder, name);

    /// <summary>The reason for which an image is refused; null if it is not.</summary>
    private string? Refused(string name, Image image, bool unfamiliar = true)
    {
        ImageFile.Write(At(name), image);
        var table = At($"{name}.csv");
        CohortFile.Write(table, [new CohortRow(2, At(name), "unknown", "unknown")], []);
        using var model = FinishedRun.Load(finished.Folder);
        return Record.Exception(() => model.CheckFits(Cohort.Load(table, CohortChecks.Names), unfamiliar)) is { } error
            ? Assert.IsType<InvalidDataException>(error).Message
            : null;
    }
}
