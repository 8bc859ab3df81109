using Coverslip.Evaluation.Metrics;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>A run that the verbs' tests share.</summary>
public sealed class TrainedRun : IDisposable
{
    public PhantomRuns Runs { get; } = new();

    public string Folder => Runs.At("run");

    /// <summary>What train said.</summary>
    public string Output { get; }

    public TrainedRun() =>
        Output = PhantomRuns.Call(0, "train", Runs.RecipeFile, "--cohort", Runs.CohortFile, "--out", Folder);

    public void Dispose() => Runs.Dispose();
}

/// <summary>The verbs train, predict and pack as a user calls them.</summary>
[Collection("console")]
public sealed class TrainingVerbsTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private readonly PhantomRuns runs = trained.Runs;

    [Fact]
    public void Train_leaves_a_run_of_every_part_and_says_what_it_found()
    {
        string[] files =
        [
            "cohort.txt",
            "contents.txt",
            "contradicted.csv",
            "environment.txt",
            "predictions.csv",
            "recipe.yaml",
            "report.html",
            "split.json",
            "training-images.json",
        ];
        Assert.Equal(
            files,
            Directory.GetFiles(trained.Folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(4, Directory.GetDirectories(trained.Folder, "part-*").Length);
        Assert.Equal(PhantomRuns.Recipe, File.ReadAllText(Path.Combine(trained.Folder, "recipe.yaml")));
        Assert.Contains("accuracy", trained.Output);
        Assert.Contains("auc", trained.Output);
        Assert.Contains($"report: {Path.Combine(trained.Folder, "report.html")}", trained.Output);
        Assert.Equal(24, Predictions.Read(Path.Combine(trained.Folder, "predictions.csv")).Rows.Count);
    }

    [Fact]
    public void Predictions_do_not_replace_those_of_the_runs_own_test()
    {
        var before = File.ReadAllBytes(Path.Combine(trained.Folder, "predictions.csv"));
        foreach (var place in (string[])[trained.Folder, Path.Combine(trained.Folder, "part-1")])
            Assert.Contains(
                "which holds a run",
                PhantomRuns.Call(1, "predict", trained.Folder, "--cohort", runs.CohortFile, "--out", place)
            );
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(trained.Folder, "predictions.csv")));
    }

    [Fact]
    public void A_run_is_resumed_only_as_what_it_was_begun_as()
    {
        string[] call = ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", trained.Folder];
        Assert.Contains("holds a run already; add --resume", PhantomRuns.Call(1, call));
        Assert.Contains("accuracy", PhantomRuns.Call(0, [.. call, "--resume"]));

        var other = runs.At("other.yaml");
        File.WriteAllText(other, PhantomRuns.Recipe.Replace("epochs: 4", "epochs: 5"));
        Assert.Contains(
            "begun with another recipe",
            PhantomRuns.Call(1, "train", other, "--cohort", runs.CohortFile, "--out", trained.Folder, "--resume")
        );

        var contents = Path.Combine(trained.Folder, "contents.txt");
        var parts = File.ReadAllText(contents);
        File.Delete(contents);
        Assert.Contains("has no contents.txt: an earlier version made it", PhantomRuns.Call(1, [.. call, "--resume"]));
        File.WriteAllText(contents, parts);

        var split = runs.At("split.json");
        PhantomRuns.Call(
            0,
            "split",
            "--cohort",
            runs.CohortFile,
            "--kind",
            "kfold",
            "--folds",
            "2",
            "--seed",
            "9",
            "--out",
            split
        );
        Assert.Contains("begun with another split", PhantomRuns.Call(1, [.. call, "--resume", "--split", split]));
        var kept = Path.Combine(trained.Folder, "split.json");
        Assert.Contains("accuracy", PhantomRuns.Call(0, [.. call, "--resume", "--split", kept]));
    }

    [Fact]
    public void A_packed_file_predicts_the_same_rows_as_the_run()
    {
        var (file, whole) = (runs.At("model.coverslip"), Path.Combine(runs.At("whole"), "predictions.csv"));
        File.WriteAllText(file, "PK\u0003\u0004 docx");
        Assert.Contains("a ZIP archive", PhantomRuns.Call(1, "pack", trained.Folder, "--out", file));
        Assert.StartsWith("PK", File.ReadAllText(file));
        File.Delete(file);
        for (var call = 1; call <= 2; call++)
            Assert.Contains("4 model(s)", PhantomRuns.Call(0, "pack", trained.Folder, "--out", file));
        Assert.Contains(
            $"wrote {whole}",
            PhantomRuns.Call(0, "predict", trained.Folder, "--cohort", runs.CohortFile, "--out", runs.At("whole"))
        );
        PhantomRuns.Call(
            0,
            "predict",
            file,
            "--cohort",
            runs.CohortFile,
            "--out",
            runs.At("packed"),
            "--batch",
            "5",
            "--per-patient",
            "mean"
        );
        var (a, b) = (Predictions.Read(whole), Predictions.Read(Path.Combine(runs.At("packed"), "predictions.csv")));
        var patients = Predictions
            .Read(Path.Combine(runs.At("packed"), "patients.csv"))
            .Rows.ToDictionary(r => r.Patient);
        Assert.Equal(b.Rows.Select(r => r.Patient).Distinct().Order(), patients.Keys.Order());
        foreach (var images in b.Rows.GroupBy(r => r.Patient))
            Assert.Equal(images.Average(r => r.Probabilities[0]), patients[images.Key].Probabilities[0], 1e-5);
        Assert.Equal(["rosettes", "sheets"], a.Classes);
        Assert.Equal(24, a.Rows.Count);
        foreach (var (one, two) in a.Rows.Zip(b.Rows))
        {
            Assert.Equal(
                (one.Image, one.Patient, one.Label, one.Predicted),
                (two.Image, two.Patient, two.Label, two.Predicted)
            );
            Assert.Equal(one.Probabilities[0], two.Probabilities[0], 1e-5);
        }
    }

    [Fact]
    public void A_folder_for_WSInfer_needs_no_file_beside_it_and_takes_no_masked_run()
    {
        Assert.Contains(
            "--out FILE, --torchscript FOLDER, --onnx FILE, or several",
            PhantomRuns.Call(2, "pack", trained.Folder)
        );
        string[] pack = ["pack", trained.Folder, "--out", runs.At("both.coverslip")];
        Assert.Contains("--part is for --torchscript", PhantomRuns.Call(2, [.. pack, "--part", "1"]));
        var folder = runs.At("wsinfer");
        Assert.Contains(
            "train one with input.form: raw",
            PhantomRuns.Call(1, [.. pack, "--torchscript", folder, "--mpp", "0.5"])
        );
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Predict_refuses_what_does_not_fit_with_the_reason()
    {
        var image = runs.At("cohort/images/P01-01.png");
        var (gray, large, text) = (runs.At("gray.png"), runs.At("large.png"), runs.At("text.png"));
        using (var picture = ImageFile.Read(image))
        using (var turned = ColorSpaces.Convert(picture, ColorConversion.RgbToGray))
        using (var enlarged = Transforms.Resize(picture, 96, 96))
        {
            ImageFile.Write(gray, turned);
            ImageFile.Write(large, enlarged);
        }
        File.WriteAllText(text, "no picture");
        string Refused(string model, params string[] rest) =>
            PhantomRuns.Call(1, ["predict", model, .. rest, "--out", runs.At("refused")]);
        Assert.Contains("gray.png has 1 channel(s)", Refused(trained.Folder, gray));
        Assert.Contains("large.png would be scaled by 0.5 to the model's 48 pixels", Refused(trained.Folder, large));
        Assert.Contains("text.png", Refused(trained.Folder, text));
        Assert.Contains("names no mask", Refused(trained.Folder, image));
        Assert.Contains("text.png", Refused(text, image));
        Assert.Contains("neither a run folder nor a packed model", Refused(runs.At("nowhere"), image));
        Assert.Contains("images or cohorts after it", Refused(runs.CohortFile, trained.Folder));
        Assert.False(Directory.Exists(runs.At("refused"))); // nothing came of it, and nothing is left of it
    }

    [Fact]
    public void Predict_needs_no_label_of_an_image()
    {
        var recipe = runs.At("raw.yaml");
        File.WriteAllText(
            recipe,
            PhantomRuns.Recipe.Replace("form: masked, masks: column", "form: raw").Replace("epochs: 4", "epochs: 1")
        );
        var run = runs.At("raw");
        PhantomRuns.Call(0, "train", recipe, "--cohort", runs.CohortFile, "--out", run, "--part", "2");
        var image = runs.At("cohort/images/P01-01.png");
        // Only one of the four parts is trained: the run is not finished.
        Assert.Single(Directory.GetDirectories(run, "part-*"));
        PhantomRuns.Call(0, "train", recipe, "--cohort", runs.CohortFile, "--out", run, "--resume");
        PhantomRuns.Call(0, "predict", run, image, "--out", runs.At("one"));
        var row = Assert.Single(Predictions.Read(Path.Combine(runs.At("one"), "predictions.csv")).Rows);
        Assert.Equal((image, ""), (row.Image, row.Label));
        Assert.Contains(row.Predicted, (string[])["rosettes", "sheets"]);

        var folder = runs.At("raw-wsinfer");
        Assert.Contains("pass --mpp", PhantomRuns.Call(1, "pack", run, "--torchscript", folder));
        Assert.Contains(
            $"wrote {folder} (torchscript_model.pt of 4 model(s), config.json)",
            PhantomRuns.Call(0, "pack", run, "--torchscript", folder, "--mpp", "0.5")
        );
        var config = File.ReadAllText(Path.Combine(folder, "config.json"));
        Assert.Contains("\"architecture\": \"saganet\"", config);
        PhantomRuns.Call(0, "pack", run, "--torchscript", folder, "--mpp", "0.5");
        const string Mine = "{\"mine\": 1}";
        foreach (var other in (string[])[Mine, config.Replace("  ", " ")])
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), other);
            Assert.Contains(
                "config.json, which no earlier call wrote so",
                PhantomRuns.Call(1, "pack", run, "--torchscript", folder, "--mpp", "0.5")
            );
            Assert.Equal(other, File.ReadAllText(Path.Combine(folder, "config.json")));
        }

        var onnx = runs.At("raw.onnx");
        File.WriteAllText(onnx, "\b mine");
        Assert.Contains("not an ONNX file", PhantomRuns.Call(1, "pack", run, "--onnx", onnx));
        File.Delete(onnx);
        PhantomRuns.Call(0, "pack", run, "--onnx", onnx);
        PhantomRuns.Call(0, "pack", run, "--onnx", onnx, "--part", "1");
        var quantized = Path.Combine(trained.Folder, "part-1", "int8.onnx");
        File.Copy(onnx, quantized);
        Assert.Contains("is a file of the run", PhantomRuns.Call(1, "pack", run, "--onnx", quantized));
        File.Delete(quantized);
    }

    [Fact]
    public void Train_refuses_a_batch_that_cannot_fit_and_names_one_that_would()
    {
        var recipe = runs.At("huge.yaml");
        File.WriteAllText(
            recipe,
            PhantomRuns
                .Recipe.Replace("batch: 6", "batch: 60000")
                .Replace("height: 48, width: 48", "height: 512, width: 512")
        );
        var errors = PhantomRuns.Call(1, "train", recipe, "--cohort", runs.CohortFile, "--out", runs.At("huge"));
        Assert.Matches(
            @"error: training\.batch is 60000, which needs about [\d.]+ GiB where [\d.]+ are free; a batch of \d+ would fit",
            errors
        );
        Assert.False(Directory.Exists(runs.At("huge")));
    }

    [Fact]
    public void A_failed_start_leaves_no_run_behind()
    {
        var (recipe, run) = (runs.At("broken.yaml"), runs.At("broken"));
        File.WriteAllText(
            recipe,
            PhantomRuns.Recipe.Replace("form: masked, masks: column", "form: raw").Replace("epochs: 4", "epochs: 1")
        );
        string[] call = ["train", recipe, "--cohort", runs.CohortFile, "--out", run, "--part", "1"];
        var image = runs.At("cohort/images/P03-02.png");
        var whole = File.ReadAllBytes(image);
        try
        {
            File.WriteAllBytes(image, whole[..(whole.Length / 2)]);
            Assert.Contains("P03-02.png", PhantomRuns.Call(1, call));
            Assert.False(Directory.Exists(run));
        }
        finally
        {
            File.WriteAllBytes(image, whole);
        }
        Assert.Contains("accuracy", PhantomRuns.Call(0, call)); // afresh, without --resume
    }

    [Fact]
    public void A_cohort_of_one_class_is_refused_by_its_name()
    {
        var cohort = runs.At("cohort/single.csv");
        var rows = File.ReadAllLines(runs.CohortFile);
        var label = rows[1].Split(',')[1];
        File.WriteAllLines(cohort, rows.Where((row, i) => i == 0 || row.Split(',')[1] == label));
        Assert.Contains(
            $"every row is labeled '{label}'",
            PhantomRuns.Call(1, "train", runs.RecipeFile, "--cohort", cohort, "--out", runs.At("single"))
        );
        Assert.False(Directory.Exists(runs.At("single")));
    }

    [Fact]
    public void A_start_that_fails_before_anything_is_trained_takes_back_what_it_wrote_and_nothing_else()
    {
        var (cohort, run) = (runs.At("cohort/black.csv"), runs.At("black"));
        using (var black = Image.From(new byte[48 * 48], 48, 48, channels: 1))
            ImageFile.Write(runs.At("cohort/black.png"), black);
        var rows = File.ReadAllLines(runs.CohortFile).Select(row => row.Split(',')).ToList();
        var mask = Array.IndexOf(rows[0], "mask");
        foreach (var row in rows.Skip(1))
            row[mask] = "black.png";
        File.WriteAllLines(cohort, rows.Select(row => string.Join(',', row)));
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "notes.txt"), "mine");
        string[] call = ["train", runs.RecipeFile, "--cohort", cohort, "--out", run, "--set", "training.epochs=1"];

        Assert.Contains(
            "no image to train on that has a mask",
            PhantomRuns.Call(1, [.. call, "--set", "input.empty_mask=drop"])
        );
        Assert.Equal([Path.Combine(run, "notes.txt")], Directory.GetFileSystemEntries(run));
        Assert.Contains("accuracy", PhantomRuns.Call(0, call)); // afresh, without --resume
    }

    [Theory]
    [InlineData(2, "train")]
    [InlineData(2, "train", "r.yaml", "--cohort", "c.csv")]
    [InlineData(1, "train", "nowhere.yaml", "--cohort", "c.csv", "--out", "o")]
    [InlineData(2, "predict", "run", "--out", "o")]
    [InlineData(2, "predict", "run", "a.png", "--cohort", "c.csv", "--out", "o")]
    [InlineData(2, "predict", "run", "a.png", "--out", "o", "--batch", "0")]
    [InlineData(2, "pack", "run")]
    [InlineData(1, "pack", "nowhere", "--out", "m.coverslip")]
    [InlineData(2, "demo", "--seed", "one")]
    public void Wrong_usage_is_2_and_failure_is_1(int code, params string[] args) => PhantomRuns.Call(code, args);

    [Fact]
    public void A_part_that_the_split_lacks_is_refused_before_anything_is_written()
    {
        var errors = PhantomRuns.Call(
            1,
            "train",
            runs.RecipeFile,
            "--cohort",
            runs.CohortFile,
            "--out",
            runs.At("fifth"),
            "--part",
            "5"
        );
        Assert.Contains("--part is 5; the split has 4 part(s)", errors);
        Assert.False(File.Exists(Path.Combine(runs.At("fifth"), "recipe.yaml")));
    }
}
