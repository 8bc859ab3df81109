using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>A new user's first calls: a folder of images, a recipe by its name, a collection as downloaded.</summary>
[Collection("console")]
public sealed class FirstContactTests : IDisposable
{
    private const string Small = """
        method: classical
        classifier: nearest-neighbor
        input: {form: raw, height: 24, width: 24}
        features: {sets: [color-histogram]}
        split: {folds: 2, validation_share: 0.3}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_folder_of_images_is_trained_on_and_what_was_understood_is_told()
    {
        foreach (var (label, shade) in new[] { ("dark", 60), ("light", 200) })
            for (var patient = 0; patient < 6; patient++)
                Paint($"mine/{label}/p{patient}{label[0]}/a.png", shade + patient);
        File.WriteAllText(At("small.yaml"), Small);
        var (output, errors) = VerbCall.Run(0, "train", At("small.yaml"), "--cohort", At("mine"), "--out", At("run"));
        Assert.Contains(
            "mine: 12 images\n  classes, by the folders in it: dark (6 images), light (6 images)\n",
            errors
        );
        Assert.Contains("patients, by the folders within these: 12, such as p0d, p1d, p2d …", errors);
        Assert.Contains($"report: {At("run/report.html")}", output);
        Assert.True(File.Exists(At("run/report.html")));
        // From now on the file counts: what comes later is not left out in silence.
        Paint("mine/dark/p9d/a.png", 90);
        var told = VerbCall.Run(
            0,
            "split",
            "--cohort",
            At("mine"),
            "--kind",
            "kfold",
            "--folds",
            "2",
            "--seed",
            "1",
            "--out",
            At("folds.json")
        );
        Assert.Contains(
            "warning: 1 images of the folder are not in its cohort.csv and are left out, such as dark/p9d/a.png",
            told.Errors
        );
        VerbCall.Run(0, "predict", At("run"), At("mine/dark/p9d/a.png"), "--out", At("said"));
        Assert.Equal("dark", Assert.Single(Predictions.Read(At("said/predictions.csv")).Rows).Predicted);
    }

    [Fact]
    public void Without_patients_a_folder_is_refused_unless_it_is_said_that_no_one_has_two_images()
    {
        foreach (var (label, shade) in new[] { ("dark", 60), ("light", 200) })
            for (var image = 0; image < 4; image++)
                Paint($"flat/{label}/{image}{label[0]}.png", shade + image);
        File.WriteAllText(At("small.yaml"), Small);
        string[] call = ["train", At("small.yaml"), "--cohort", At("flat"), "--out", At("run")];
        Assert.Contains("dark/0d.png has no patient", VerbCall.Run(1, call).Errors);
        Assert.False(File.Exists(At("flat/cohort.csv")));
        var told = VerbCall.Run(0, [.. call, "--image-is-patient"]).Errors;
        Assert.Contains(
            "every image is taken for another one's, as --image-is-patient says; where one has two, figures are inflated",
            told
        );
        Assert.Equal(8, Cohort.Load(At("flat/cohort.csv")).PatientImages.Count);
    }

    [Fact]
    public void Recipes_are_found_by_name_and_a_file_here_goes_first()
    {
        var listed = VerbCall.Run(0, "recipes").Output;
        Assert.Contains("saganet-small ", listed);
        Assert.Contains("about ten minutes on two cores", listed);
        Assert.DoesNotContain("  Time:", listed);
        foreach (var name in (string[])["saganet-small", "saganet-table1-small"])
            Assert.Contains("which comes with the program", VerbCall.Run(0, "recipe", "explain", name).Errors);
        Assert.Equal(
            "error: there is no file sagnet-small here, and no recipe of that name comes with the program; the nearest is "
                + "'saganet-small' ('coverslip recipes' lists them)\n",
            VerbCall.Run(1, "recipe", "explain", "sagnet-small").Errors
        );
        File.WriteAllText(At("mine.yaml"), Small);
        Assert.Equal("", VerbCall.Run(0, "recipe", "explain", At("mine.yaml")).Errors);
        Assert.Equal($"recipe: the file {At("mine.yaml")}\n", VerbCall.Run(0, "recipe", "explain", At("mine")).Errors);
    }

    [Fact]
    public void Recipes_that_come_with_the_program_say_what_for_and_how_long()
    {
        var files = Directory.GetFiles(Path.Combine(Coverslip.Tests.TestData.Root, "recipes"), "*.yaml");
        Assert.Equal(
            files.Select(Path.GetFileNameWithoutExtension).Order(),
            Coverslip.App.Commands.RecipeFolder.All.Select(r => r.Name).Order()
        );
        Assert.All(
            Coverslip.App.Commands.RecipeFolder.All,
            r => Assert.True(r.What.Length > 20 && r.Time.Length > 5, $"{r}")
        );
    }

    [Fact]
    public void MoNuSeg_as_downloaded_is_a_cohort_with_masks()
    {
        const string image = "MoNuSeg 2018 Training Data/Tissue Images/TCGA-18-5592-01Z-00-DX1.tif";
        Paint(image, 120);
        Directory.CreateDirectory(At("MoNuSeg 2018 Training Data/Annotations"));
        File.WriteAllText(
            At("MoNuSeg 2018 Training Data/Annotations/TCGA-18-5592-01Z-00-DX1.xml"),
            """
            <Annotations MicronsPerPixel="0.252000"><Annotation Id="1" Name="" LineColor="65535"><Regions>
              <Region Id="1" NegativeROA="0"><Vertices><Vertex X="2" Y="3"/><Vertex X="12" Y="3"/><Vertex X="12" Y="9"/><Vertex X="2" Y="9"/></Vertices></Region>
            </Regions></Annotation></Annotations>
            """
        );
        string[] call = ["cohort", folder, "--layout", "monuseg", "--out", At("cohort.csv")];
        var told = VerbCall.Run(0, call).Output;
        Assert.Contains("training  1 of 37", told);
        Assert.Contains("masks     1 read, 0 with nothing set, 0 with everything set", told);
        using var mask = MaskFile.Read(At("masks/TCGA-18-5592-01Z-00-DX1.png"));
        Assert.Equal(60, mask.Pixels.ToArray().Count(p => p == 255)); // 10 × 6
        Assert.Contains("cohort.csv is there already", VerbCall.Run(1, call).Errors);
        File.Delete(At("cohort.csv"));
        VerbCall.Run(0, call);
    }

    [Fact]
    public void GlaS_as_downloaded_has_masks_of_eight_bit_bitmaps()
    {
        File.WriteAllText(
            At("Grade.csv"),
            "name,patient ID, grade (GlaS), grade (Sirinukunwattana et al. 2015)\ntrain_1,1, benign, healthy\ntestA_1,2, malignant, moderately differentiated\n"
        );
        foreach (var (name, shade) in new[] { ("train_1", 90), ("testA_1", 150) })
        {
            Paint($"{name}.bmp", shade);
            using var numbers = new Image(24, 24, channels: 1);
            numbers.WritablePixels.Clear();
            numbers.WritablePixels[..5].Fill(3);
            numbers.WritablePixels[30] = (byte)shade;
            ImageFile.Write(At($"{name}_anno.bmp"), numbers);
        }
        var told = VerbCall.Run(0, "cohort", folder, "--layout", "glas", "--out", At("cohort.csv")).Output;
        Assert.Contains("train, benign     1 of 37", told);
        var cohort = Cohort.Load(At("cohort.csv"));
        using var mask = MaskFile.Read(cohort.MaskPath(cohort.Rows[0])!);
        Assert.Equal(6, mask.Pixels.ToArray().Count(p => p == 255));
    }

    [Fact]
    public void What_was_written_beside_slides_is_no_slide_the_next_time()
    {
        Directory.CreateDirectory(At("slides"));
        var slide = At("slides/s.tif");
        VerbCall.Run(0, "slide", "phantom", slide, "--width", "512", "--height", "512", "--mpp", "1", "--seed", "1");
        VerbCall.Run(0, "tissue", slide, "--out", At("slides"));
        var again = VerbCall.Run(0, "tissue", slide, At("slides/s.overlay.png"), "--out", At("tissue"));
        Assert.Equal(
            $"note: left out 1 files that this program wrote, such as {At("slides/s.overlay.png")}\n",
            again.Errors
        );
        Assert.Contains("1 of 1 slides", again.Output);
    }

    [Fact]
    public void A_folder_is_no_image_and_a_folder_for_outputs_is_tried_before_the_work()
    {
        foreach (var (label, shade) in new[] { ("dark", 60), ("light", 200) })
            for (var patient = 0; patient < 6; patient++)
                Paint($"mine/{label}/p{patient}{label[0]}/a.png", shade + patient);
        File.WriteAllText(At("small.yaml"), Small);
        VerbCall.Run(0, "train", At("small.yaml"), "--cohort", At("mine"), "--out", At("run"));
        Assert.Contains(
            $"{At("mine")} is a folder; name its images ({At("mine")}/*.png), or give --cohort {At("mine")}",
            VerbCall.Run(1, "predict", At("run"), At("mine")).Errors
        );
        var told = VerbCall.Run(0, "predict", At("run"), "--cohort", At("mine"), "--out", At("said")).Errors;
        Assert.Single(told.Split('\n'), line => line.EndsWith("its cohort.csv says what is whose"));
        foreach (var verb in (string[])["tissue", "patches"])
            Assert.Contains(
                $"{At("small.yaml")} is a file and no folder; choose another --out",
                VerbCall.Run(1, verb, At("none.tif"), "--out", At("small.yaml/x/y")).Errors
            );
    }

    [Fact]
    public void A_device_is_no_table_and_no_recipe()
    {
        File.WriteAllText(At("small.yaml"), Small);
        Assert.Contains(
            "/dev/zero is a device",
            VerbCall.Run(1, "train", At("small.yaml"), "--cohort", "/dev/zero", "--out", At("run")).Errors
        );
        Assert.Contains(
            "/dev/zero is a device",
            VerbCall.Run(1, "train", "/dev/zero", "--cohort", "x", "--out", At("run")).Errors
        );
        Assert.Contains("/dev/zero is a device", VerbCall.Run(1, "cohort", "check", "/dev/zero").Errors);
    }

    private string At(string name) => Path.Combine(folder, name);

    private void Paint(string name, int shade)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        using var image = new Image(24, 24);
        for (var i = 0; i < 24 * 24; i++)
            image.WritablePixels.Slice(3 * i, 3).Fill((byte)(shade + i * 7 % 23));
        ImageFile.Write(At(name), image);
    }
}
