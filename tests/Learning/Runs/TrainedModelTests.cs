using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>A run of two parts, trained once for the tests of what becomes of it.</summary>
public sealed class FinishedRun : IDisposable
{
    public SmallCohort Small { get; } = new();

    public string Folder => Path.Combine(Small.Folder, "run");

    public FinishedRun() =>
        new SmallRun(
            Small.Cohort,
            Folder,
            """
            training: {epochs: 2, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
            decision: {threshold_from_validation: true, conformal: 0.5}
            """
        )
        {
            Parts = 2,
        }.Train();

    public void Dispose() => Small.Dispose();
}

/// <summary>A trained model as a folder and as a file: equal predictions, and refusals with a reason.</summary>
[NoTensorLeaks]
public sealed class TrainedModelTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    private readonly Cohort cohort = finished.Small.Cohort;

    [Fact]
    public void A_packed_model_predicts_as_its_run_does()
    {
        var file = At("model.coverslip");
        using var run = Load(finished.Folder);
        run.Pack(file);
        using var packed = Load(file);
        Assert.Equal(2, packed.Parts.Count);
        Assert.Equal(run.RecipeText, packed.RecipeText);
        Assert.Equal((cohort.Hash, cohort.Hash), (run.Description.CohortHash, packed.Description.CohortHash));
        Assert.Equal(run.Parts.Select(p => p.Threshold), packed.Parts.Select(p => p.Threshold));
        Assert.Equal($"{run.MadeOf}", $"{packed.MadeOf}");
        var set = Set(cohort);
        var (before, after) = (run.Predict(set, 5), packed.Predict(set, 5));
        Assert.Equal(before.Rows.Select(r => r.Predicted), after.Rows.Select(r => r.Predicted));
        foreach (var (a, b) in before.Rows.Zip(after.Rows))
            Assert.Equal(a.Probabilities, b.Probabilities);
        Assert.Equal(cohort.Rows.Select(r => r.Image), after.Rows.Select(r => r.Image));
    }

    [Fact]
    public void A_set_has_every_class_that_a_part_leaves_in_and_distances_are_means()
    {
        using var run = Load(finished.Folder);
        Assert.All(run.Parts, p => Assert.True(p.Conformal!.Patients > 0 && p.Conformal.Score > 0));
        var set = Set(cohort);
        var (both, first, second) = (run.Predict(set, 5), run.Only([1]).Predict(set, 5), run.Only([2]).Predict(set, 5));
        foreach (var (i, row) in both.Rows.Index())
        {
            var (one, two) = (first.Rows[i], second.Rows[i]);
            bool Admits(int part, Prediction said, int c) => run.Parts[part].Conformal!.Admits(said.Probabilities[c]);
            Assert.Equal(
                both.Classes.Where((name, c) => Admits(0, one, c) || Admits(1, two, c) || name == row.Predicted),
                row.Set
            );
            Assert.Equal((one.Unfamiliar + two.Unfamiliar) / 2, row.Unfamiliar);
        }
        // A training image is as far from itself as half precision is from single.
        Assert.Contains(first.Rows, r => r.Unfamiliar < 1e-2);
        Assert.Contains(first.Rows, r => r.Unfamiliar > 0.1);
        // What a run says of its test images is what it says of them later.
        var tested = Predictions.Read(new RunFolder(Path.Combine(finished.Folder, "part-1")).Predictions);
        foreach (var row in tested.Rows)
        {
            var again = first.Rows.Single(r => r.Image == row.Image);
            Assert.Equal(again.Set, row.Set);
            Assert.Equal(again.Unfamiliar!.Value, row.Unfamiliar!.Value, 2e-2);
        }
    }

    [Fact]
    public void One_weight_changed_is_another_model()
    {
        var other = Changed("changed");
        // As of a run of before the hash was kept: with it, it would be damage.
        var described = Path.Combine(other, "part-2", "run.json");
        File.WriteAllLines(described, File.ReadAllLines(described).Where(l => !l.Contains("\"weights_hash\"")));
        using var run = Load(finished.Folder);
        using var changed = Load(other);
        Assert.Matches(
            "^model.part_2.weights was [0-9a-f]{64}, is [0-9a-f]{64}$",
            Fingerprint.Difference($"{run.MadeOf}", $"{changed.MadeOf}")
        );
    }

    [Fact]
    public void Damaged_and_missing_weights_of_a_run_are_named()
    {
        var damaged = Changed("damaged");
        var file = Path.Combine(damaged, "part-2", "best.safetensors");
        Assert.Matches(
            $"^{Regex.Escape(file)}: the file is damaged, or of another training: its bytes have the SHA-256 [0-9a-f]{{12}}…, "
                + $"weights_hash of {Regex.Escape(Path.Combine(damaged, "part-2", "run.json"))} says [0-9a-f]{{12}}…; copy it anew",
            Assert.Throws<InvalidDataException>(() => Load(damaged)).Message
        );
        File.Delete(file);
        Assert.StartsWith(
            $"{file}: the weights of a finished training are missing; put the file back",
            Assert.Throws<FileNotFoundException>(() => Load(damaged)).Message
        );
    }

    /// <summary>A copy of the run with one bit of the last weight of its second part changed.</summary>
    private string Changed(string name)
    {
        var other = At(name);
        foreach (var path in Directory.GetFiles(finished.Folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(other, Path.GetRelativePath(finished.Folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to);
        }
        var file = Path.Combine(other, "part-2", "best.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        return other;
    }

    [Fact]
    public void Parts_predict_with_their_mean_and_decide_at_the_mean_threshold()
    {
        using var whole = Load(finished.Folder);
        var recipe = (INetworkRecipe)whole.Recipe;
        var set = Set(cohort);
        var expected = new double[set.Patches.Count];
        foreach (var (index, part) in whole.Parts.Index())
        {
            using var model = recipe.Build(2, Device.Cpu);
            using (new TensorScope())
                model.Store.Load(
                    SafeTensors.Read(Path.Combine(finished.Folder, $"part-{index + 1}", "best.safetensors"))
                );
            var probabilities = new Predictor(model, new BatchReader(set, 4, Device.Cpu), recipe).Probabilities(
                set.Patches
            );
            for (var i = 0; i < expected.Length; i++)
                expected[i] += probabilities[i][1] / 2;
        }
        var threshold = whole.Parts.Average(p => p.Threshold!.Value);
        foreach (var (row, mean) in whole.Predict(set, 4).Rows.Zip(expected))
        {
            Assert.Equal(mean, row.Probabilities[1], 1e-6);
            if (Math.Abs(mean - threshold) > 1e-5)
                Assert.Equal(mean > threshold ? "sheets" : "rosettes", row.Predicted);
        }
    }

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
        using var model = Load(finished.Folder);
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
        using var run = Load(finished.Folder);
        run.Pack(file);
        using var packed = Load(file);
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
        var set = Set(cohort);
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
        using var run = Load(finished.Folder);
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

    [Fact]
    public void An_unfinished_run_is_no_model()
    {
        var folder = At("unfinished");
        Directory.CreateDirectory(Path.Combine(folder, "part-2"));
        Directory.CreateDirectory(Path.Combine(folder, "part-1"));
        File.Copy(Path.Combine(finished.Folder, "recipe.yaml"), Path.Combine(folder, "recipe.yaml"));
        foreach (var file in Directory.GetFiles(Path.Combine(finished.Folder, "part-1")))
            File.Copy(file, Path.Combine(folder, "part-1", Path.GetFileName(file)));
        Assert.EndsWith(
            "is not finished (1 of 2 parts); go on with 'coverslip train … --resume'",
            Assert.Throws<InvalidOperationException>(() => Load(folder)).Message
        );
    }

    [Fact]
    public void What_is_no_model_is_refused_by_name()
    {
        var (text, plain, empty) = (At("notes.coverslip"), At("plain.safetensors"), At("empty"));
        File.WriteAllText(text, "no model at all");
        using (var scope = new TensorScope())
            SafeTensors.Write(plain, [("a", Tensor.Ones([2]))]);
        Directory.CreateDirectory(empty);
        Assert.Contains(text, Assert.ThrowsAny<InvalidDataException>(() => Load(text)).Message);
        Assert.Equal(
            $"{plain} is no packed model; 'coverslip pack RUN --out FILE' writes one",
            Assert.Throws<InvalidDataException>(() => Load(plain)).Message
        );
        Assert.EndsWith("has no recipe.yaml", Assert.Throws<FileNotFoundException>(() => Load(empty)).Message);
        Assert.Contains(
            "neither a run folder nor a packed model",
            Assert.Throws<FileNotFoundException>(() => Load(At("nowhere"))).Message
        );
    }

    [Fact]
    public void A_package_without_the_stain_of_its_recipe_is_refused_with_the_way_out()
    {
        var (file, without) = (At("stained.coverslip"), At("stainless.coverslip"));
        using (var run = Load(finished.Folder))
            run.Pack(file);
        using (var scope = new TensorScope())
        {
            var metadata = SafeTensors.ReadMetadata(file).ToDictionary();
            Assert.DoesNotContain("stain", metadata.Keys);
            metadata["recipe"] = metadata["recipe"].Replace("form: raw", "form: raw, stain: reference.json");
            SafeTensors.Write(without, SafeTensors.Read(file, Device.Cpu).Select(p => (p.Key, p.Value)), metadata);
        }
        var error = Assert.Throws<InvalidDataException>(() => Load(without)).Message;
        Assert.StartsWith($"{without}: the model was trained on images of a normalized stain", error);
        Assert.Contains("(input.stain: reference.json), and that stain is missing here", error);
        Assert.Contains("pack it anew", error);
    }

    [Fact]
    public void Weights_of_another_network_are_refused_and_leave_nothing_behind()
    {
        var folder = At("other");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Path.Combine(finished.Folder, "part-1")))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var recipe = File.ReadAllText(Path.Combine(finished.Folder, "recipe.yaml"));
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), recipe.Replace("growth: 4", "growth: 6"));
        Assert.Contains(
            "the weights do not fit the network",
            Assert.Throws<TorchException>(() => Load(folder)).Message
        );
    }

    private static TrainedModel Load(string path) => TrainedModel.Load(path, Known.Methods, Device.Cpu);

    private static PatchSet Set(Cohort cohort) =>
        new(
            cohort,
            new InputOptions
            {
                Form = InputForm.Raw,
                Height = 48,
                Width = 48,
            },
            null
        );

    private string At(string name) => Path.Combine(finished.Small.Folder, name);

    /// <summary>The reason for which an image is refused; null if it is not.</summary>
    private string? Refused(string name, Image image, bool unfamiliar = true)
    {
        ImageFile.Write(At(name), image);
        var table = At($"{name}.csv");
        CohortFile.Write(table, [new CohortRow(2, At(name), "unknown", "unknown")], []);
        using var model = Load(finished.Folder);
        return Record.Exception(() => model.CheckFits(Cohort.Load(table, CohortChecks.Names), unfamiliar)) is { } error
            ? Assert.IsType<InvalidDataException>(error).Message
            : null;
    }
}
