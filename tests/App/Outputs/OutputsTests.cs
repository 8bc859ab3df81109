using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Outputs;

/// <summary>
/// Every verb's output is some verb's input, or the table in <c>docs/outputs.md</c> says whose it is: small phantoms go through
/// every verb, and each output to its readers.
/// </summary>
[Collection("console")]
public sealed class OutputsTests : IDisposable
{
    private const string Network =
        "network: {stem_filters: 4, growth: 2, positions: shared}\ntraining: {epochs: 1, batch: 8, patience: 0}\n";
    private const string Masked =
        "method: saganet\ninput: {form: masked, height: 32, width: 32, mask_channels: 8, mask_steps: 5, mask_scale: 1}\n"
        + Network
        + "split: {folds: 2, validation_share: 0.34}\n";
    private const string Patches =
        "method: saganet\ninput: {form: raw, height: 32, width: 32}\n"
        + Network
        + "split: {folds: 2, validation_share: 0}\n";

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-outputs-").FullName;
    private readonly OutputWalk walk;

    public OutputsTests()
    {
        walk = new OutputWalk(folder);
        Write("masked.yaml", Masked);
        Write("patches.yaml", Patches);
        Write("masks.yaml", Commands.SelfSupervisedVerbsTests.Recipe);
        Write("chests.yaml", Commands.ChestRuns.Recipe);
        Write("tumor.yaml", Commands.SlideTrainingVerbsTests.Recipe);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_output_is_read_by_those_that_the_table_names()
    {
        Images();
        Masks();
        Segments();
        Chests();
        Slides();
        SlidePatches();
        Assert.Empty(walk.Unlisted);
        Assert.Empty(walk.Unwritten.Select(f => $"{f}"));
        Assert.Empty(walk.Unread);
        Assert.Equal(["study", "demo"], walk.NotRun); // they call the others; tests of their own run them
    }

    private string At(string name) => walk.At(name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);

    private string[] In(string name, string pattern) => Directory.GetFiles(At(name), pattern);

    private void Images()
    {
        walk.Run("phantoms", "phantoms", "--out", At("phantoms"), "--patients", "8", "--least", "2", "--most", "2", "--size", "48");
        var cohort = At("phantoms/cohort.csv");
        walk.Run("split", "", "--cohort", cohort, "--kind", "kfold", "--folds", "2", "--seed", "1", "--out", At("split.json"));
        foreach (var image in In("phantoms/images", "*.png"))
        {
            var name = Path.GetFileName(image);
            var copy = At($"colon/{(name[2] % 2 == 0 ? "benign" : "malignant")}/{name[..3]}/{name}");
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(image, copy);
        }
        walk.Run("cohort", "colon", At("colon"), "--layout", "folders", "--out", At("colon/cohort.csv"));
        Assert.Contains("images    16", walk.Run("cohort check", "", At("colon/cohort.csv")));
        Assert.Contains("wrote", walk.Run("split", "colon", "--cohort", At("colon/cohort.csv"), "--seed", "1", "--repeats", "2", "--out", At("colon/split.json")));

        var image1 = In("phantoms/images", "*.png")[0];
        walk.Run("stain fit", "", image1, "--method", "macenko", "--out", At("stain.json"));
        walk.Run("stain apply", "stained", At("stain.json"), "--cohort", cohort, "--out", At("stained"));
        Assert.Contains("images    16", walk.Run("cohort check", "", At("stained/cohort.csv")));
        using (var blank = new Image(48, 48))
            ImageFile.Write(At("phantoms/blank.png"), blank);
        Write("phantoms/blank.csv", "image,label,patient\nblank.png,benign,P99\n");
        walk.Run(1, "stain apply", "refused", At("stain.json"), "--cohort", At("phantoms/blank.csv"), "--out", At("refused"));

        walk.Run("recipe new", "", "saganet", "--out", At("new.yaml"));
        walk.Run("recipe explain", "", At("new.yaml"));
        walk.Run("recipe schema", "", "--out", At("recipe.schema.json"));
    }

    private void Masks()
    {
        var cohort = At("phantoms/cohort.csv");
        string[] settings = ["--scale", "1", "--channels", "8", "--start-labels", "8", "--steps", "5"];
        walk.Run("mask calibrate", "", ["--cohort", cohort, "--out", At("cohort.mask-rules.json"), .. settings]);
        string[] rules = ["--rules", At("cohort.mask-rules.json")];
        walk.Run("mask", "masks", ["--cohort", cohort, "--out", At("masks"), .. rules, .. settings]);
        walk.Run("mask calibrate", "", ["--cohort", cohort, "--segmentations", At("masks"), "--out", At("again.mask-rules.json"), .. settings]);
        Train("masked.yaml", cohort, "run", "--split", At("split.json"), "--masks", At("masks"), "--set", $"input.mask_rules={At("cohort.mask-rules.json")}");
        Train("masked.yaml", cohort, "stained-run", "--split", At("split.json"), "--set", $"input.stain={At("stain.json")}", "--part", "1");
        Train("new.yaml", At("stained/cohort.csv"), "new-run", "--set", "input.height=32", "--set", "input.width=32", "--set", "input.form=raw", "--set", "training.epochs=1", "--set", "split.folds=2", "--part", "1");
        Train("patches.yaml", At("colon/cohort.csv"), "colon-run", "--split", At("colon/split.json"), "--part", "1");

        var predicted = walk.Run("predict", "predicted", At("run"), "--cohort", cohort, "--per-patient", "mean", "--masks", At("masks"), "--out", At("predicted"));
        Assert.Contains("patients.csv", predicted);
        walk.Run("pack", "", At("run"), "--out", At("model.coverslip"));
        walk.Run("predict", "named", [At("model.coverslip"), .. In("phantoms/images", "*.png"), "--out", At("named")]);
        walk.Run("predict", "restained", At("stained-run"), At("stained/images/P01-01.png"), "--out", At("restained"));
        foreach (var file in (string[])["run/predictions.csv", "predicted/predictions.csv", "run/part-1/validation.csv"])
            Assert.Contains("auc", walk.Run("evaluate classification", "judged", At(file), "--cohort", cohort, "--bootstrap", "20", "--out", At("judged")));
        Assert.Contains("16 slides of 8 patients", walk.Run("evaluate roc", "", At("run/predictions.csv"), "--truth", cohort, "--positive", "benign", "--bootstrap", "20"));
        Assert.Contains("as good as", walk.Run("evaluate curves", "", At("run/part-1"), At("run/part-2"), "--out", At("curves.svg")));
    }

    private void Train(string recipe, string cohort, string into, params string[] more) =>
        Assert.Contains("report:", walk.Run("train", into, [At(recipe), "--cohort", cohort, "--out", At(into), .. more]));

    private void Segments()
    {
        var cohort = At("phantoms/cohort.csv");
        Train("masks.yaml", cohort, "segments");
        Assert.Contains("16 images", walk.Run("evaluate segmentation", "", At("segments/part-1/pixels.csv"), At("segments/part-2/pixels.csv"), "--bootstrap", "20"));
        walk.Run("predict", "segmented", At("segments"), "--cohort", cohort, "--reconstructions", "--out", At("segmented"));
        Assert.Contains("16 images", walk.Run("evaluate segmentation", "", At("segmented"), "--cohort", cohort, "--bootstrap", "20"));
        var outlines = In("segmented", "*.geojson").First(f => File.ReadAllText(f).Contains("\"name\"", StringComparison.Ordinal));
        walk.Run("annotations convert", "", outlines, "--to", "asap", "--out", At("field.xml"));
        Assert.Contains("class 'tumor'", walk.Run("annotations info", "", At("field.xml")));
        var image = At($"phantoms/images/{Path.GetFileNameWithoutExtension(outlines)}.png");
        walk.Run("annotations mask", "", At("field.xml"), "--image", image, "--out", At("field.png"));
        Write("field.csv", $"image,label,patient,mask\n{image},tumor,P01,field.png\n");
        Assert.Contains("1 images", walk.Run("evaluate segmentation", "", At("segmented"), "--cohort", At("field.csv"), "--bootstrap", "20"));
    }

    private void Chests()
    {
        walk.Run("radiographs", "chests", "--out", At("chests"), "--patients", "24", "--size", "64");
        var cohort = At("chests/cohort.csv");
        string[] boxes = ["--boxes", At("chests/boxes.csv")];
        walk.Run("cohort check", "", [cohort, .. boxes]);
        Train("chests.yaml", cohort, "findings");
        walk.Run("predict", "found", At("findings"), "--cohort", cohort, "--out", At("found"));
        foreach (var file in (string[])["findings/part-1/predictions.csv", "found/predictions.csv"])
            Assert.Contains("hit rate", walk.Run("evaluate findings", "", [At(file), "--cohort", cohort, "--activations", Path.Combine(Path.GetDirectoryName(At(file))!, "activations.csv"), "--bootstrap", "20", .. boxes]));
        Assert.Contains("1 epochs on patches", walk.Run("evaluate curves", "", At("findings/part-1"), At("findings/part-2"), "--out", At("curves.svg")));
    }

    private void Slides()
    {
        walk.Run("slide phantoms", "slides", "--out", At("slides"), "--mpp", "1", "--side", "768", "--patients", "4", "--slides", "5", "--tumor", "0.5");
        var (cohort, slide) = (At("slides/cohort.csv"), In("slides/slides", "*.tif").Order(StringComparer.Ordinal).First());
        walk.Run("slide phantom", "", At("alone.tif"), "--width", "600", "--height", "400", "--mpp", "1");
        walk.Run("slide info", "", At("alone.tif"));
        walk.Run("slide region", "", slide, "--x", "0", "--y", "0", "--width", "128", "--height", "128", "--mpp", "2", "--out", At("region.png"));
        walk.Run("slide thumbnail", "", slide, "--size", "128", "--out", At("thumbnail.png"));
        walk.Run("tissue", "tissue", [.. In("slides/slides", "*.tif"), "--mpp", "4", "--min-area", "0.001", "--out", At("tissue")]);
        walk.Run("annotations info", "", In("tissue", "*.geojson")[0]);
        walk.Run("annotations info", "", In("slides/annotations", "*.xml")[0]);
        Train("tumor.yaml", cohort, "slide-run");
        Assert.Contains("lesions", walk.Run("evaluate froc", "", At("slide-run/part-1/slides/detections"), "--masks", At("slide-run/part-1/truth"), "--level", "3", "--slide-mpp", "1", "--bootstrap", "20"));
        walk.Run("predict", "heatmaps", [At("slide-run"), .. In("slides/slides", "*.tif"), "--tissue", At("tissue"), "--stride", "32", "--no-orientations", "--out", At("heatmaps")]);
        Assert.Contains("20 slides", walk.Run("evaluate froc", "", At("heatmaps/detections"), "--masks", At("slides/masks"), "--slides", cohort, "--level", "3", "--slide-mpp", "1", "--bootstrap", "20"));
        Assert.Contains("20 slides", walk.Run("evaluate roc", "", At("heatmaps/slide_scores.csv"), "--truth", cohort, "--bootstrap", "20"));
        walk.Run("annotations info", "", In("heatmaps", "*.geojson")[0]);
        Assert.Contains("4 patients", walk.Run("evaluate kappa", "", At("slides/stages.csv"), "--truth", At("slides/stages.csv"), "--bootstrap", "20"));
    }

    private void SlidePatches()
    {
        string[] chosen = ["--tissue", At("tissue"), "--mpp", "1", "--side", "128", "--rule", "liu"];
        walk.Run("patches", "", [.. In("slides/slides", "*.tif"), "--cohort", At("slides/cohort.csv"), "--annotations", At("slides/annotations"), "--unannotated-normal", "--out", At("index.csv"), .. chosen]);
        Assert.Contains("class     tumor", walk.Run("cohort check", "", At("index.csv")));
        walk.Run("split", "", "--cohort", At("index.csv"), "--kind", "kfold", "--folds", "2", "--validation-share", "0", "--seed", "1", "--out", At("index.split.json"));
        walk.Run("mask", "patch-masks", "--cohort", At("index.csv"), "--out", At("patch-masks"), "--scale", "0.5", "--channels", "8", "--start-labels", "8", "--steps", "2");
        Train("patches.yaml", At("index.csv"), "patch-run", "--split", At("index.split.json"));
        walk.Run("predict", "patch-predictions", At("patch-run"), "--cohort", At("index.csv"), "--out", At("patch-predictions"));
        Assert.Contains("positive: tumor", walk.Run("evaluate classification", "patch-predictions", At("patch-predictions/predictions.csv"), "--cohort", At("index.csv"), "--positive", "tumor", "--bootstrap", "20"));
        Assert.Contains("tumor", walk.Run("evaluate roc", "", At("patch-run/predictions.csv"), "--truth", At("index.csv"), "--bootstrap", "20"));
        walk.Run("stain apply", "patch-images", At("stain.json"), "--cohort", At("index.csv"), "--out", At("patch-images"));
    }
}
