using Coverslip.App.Tests.Commands;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Outputs;

/// <summary>
/// Every verb's output is some verb's input, or the table in <c>docs/outputs.md</c> says whose it is: small phantoms go through
/// every verb, and each output to its readers.
/// </summary>
[Collection("console")]
public sealed class OutputsTests : IDisposable
{
    private const string Network = """
        network: {stem_filters: 4, growth: 2, positions: shared}
        training: {epochs: 1, batch: 8, patience: 0}
        split: {folds: 2, validation_share: 0.34}

        """;

    // Each line is where files go, a call, and what it has to say. @ stands before paths, [0] behind a pattern for its first
    // file, ! before a call that ends with 1.
    private const string Images = """
        phantoms: phantoms --out @phantoms --patients 8 --least 2 --most 2 --size 48
        .: split --cohort @phantoms/cohort.csv --kind kfold --folds 2 --seed 1 --out @split.json => wrote
        .: stain fit @phantoms/images/P01-01.png --method macenko --out @stain.json => apart
        stained: stain apply @stain.json --cohort @phantoms/cohort.csv --out @stained => normalized 16 of 16
        .: cohort check @stained/cohort.csv => images    16
        refused: !stain apply @stain.json --cohort @blank/cohort.csv --out @refused => normalized 0 of 1
        colon: cohort @colon --layout folders --out @colon/cohort.csv => images    16
        .: cohort check @colon/cohort.csv => patients  8
        colon: split --cohort @colon/cohort.csv --seed 1 --repeats 2 --out @colon/split.json => wrote
        .: recipe new saganet --out @new.yaml
        .: recipe explain @new.yaml => training.epochs
        .: recipe schema --out @recipe.schema.json
        """;

    private const string Runs = """
        .: mask calibrate --cohort @phantoms/cohort.csv --out @a.mask-rules.json --scale 1 --channels 8 --start-labels 8 --steps 5 => fitted
        masks: mask --cohort @phantoms/cohort.csv --rules @a.mask-rules.json --scale 1 --channels 8 --start-labels 8 --steps 5 --out @masks
        .: mask calibrate --cohort @phantoms/cohort.csv --segmentations @masks --out @b.mask-rules.json --scale 1 --channels 8 --start-labels 8 --steps 5 => fitted
        run: train @masked.yaml --cohort @phantoms/cohort.csv --split @split.json --masks @masks --set input.mask_rules=@a.mask-rules.json --out @run => auc
        stained-run: train @masked.yaml --cohort @phantoms/cohort.csv --set input.stain=@stain.json --set training.precision=auto --part 1 --out @stained-run => auc
        stained-run: train @masked.yaml --cohort @phantoms/cohort.csv --set input.stain=@stain.json --set training.precision=auto --part 1 --resume --out @stained-run => auc
        new-run: train @new.yaml --cohort @stained/cohort.csv --set input.height=32 --set input.width=32 --set input.form=raw --set training.epochs=1 --set split.folds=2 --part 1 --out @new-run => auc
        colon-run: train @raw.yaml --cohort @colon/cohort.csv --split @colon/split.json --part 1 --out @colon-run => auc
        colon-run: quantize @colon-run => wrote
        int8: predict @colon-run --cohort @colon/cohort.csv --int8 --unfamiliar --out @int8 => predictions.csv
        predicted: predict @run --cohort @phantoms/cohort.csv --per-patient mean --masks @masks --out @predicted => patients.csv
        .: pack @run --out @model.coverslip => 2 model(s)
        named: predict @model.coverslip @phantoms/images/*.png --reconstructions --out @named => inside.csv
        restained: predict @stained-run @stained/images/P01-01.png --out @restained => predictions.csv
        judged: evaluate classification @run/predictions.csv --cohort @phantoms/cohort.csv --bootstrap 20 --out @judged => auc
        judged: evaluate classification @predicted/predictions.csv --cohort @phantoms/cohort.csv --bootstrap 20 --out @judged => auc
        judged: evaluate classification @run/part-1/validation.csv --cohort @phantoms/cohort.csv --bootstrap 20 --out @judged => auc
        .: evaluate roc @run/predictions.csv --truth @phantoms/cohort.csv --positive rosettes --bootstrap 20 => 16 slides of 8 patients
        .: evaluate curves @run/part-1 @run/part-2 --out @curves.svg => best validation loss
        """;

    private const string Segments = """
        segments: train @masks.yaml --cohort @phantoms/cohort.csv --out @segments => pixel-f1
        .: evaluate segmentation @segments/part-1/pixels.csv @segments/part-2/pixels.csv --bootstrap 20 => 16 images
        segmented: predict @segments --cohort @phantoms/cohort.csv --reconstructions --out @segmented => foreground
        .: evaluate segmentation @segmented --cohort @phantoms/cohort.csv --bootstrap 20 => 16 images of 8 patients
        .: annotations convert @segmented/P01-01.geojson --to asap --out @field.xml => Asap
        .: annotations info @field.xml => Asap
        .: annotations mask @field.xml --image @phantoms/images/P01-01.png --tumor-classes tumor --out @field.png => 48 × 48
        .: evaluate segmentation @segmented --cohort @field.csv --bootstrap 20 => 1 images
        """;

    private const string Findings = """
        chests: radiographs --out @chests --patients 16 --size 64
        .: cohort check @chests/cohort.csv --boxes @chests/boxes.csv => boxes     nodule
        findings: train @chests.yaml --cohort @chests/cohort.csv --part 1 --set training.epochs=1 --out @findings => pneumothorax
        found: predict @findings --cohort @chests/cohort.csv --out @found => activations.csv
        .: evaluate findings @findings/part-1/predictions.csv --cohort @chests/cohort.csv --boxes @chests/boxes.csv --activations @findings/part-1/activations.csv --bootstrap 20 => hit rate
        .: evaluate findings @found/predictions.csv --cohort @chests/cohort.csv --boxes @chests/boxes.csv --activations @found/activations.csv --bootstrap 20 => hit rate
        """;

    private const string Slides = """
        slides: slide phantoms --out @slides --mpp 1 --side 768 --patients 2 --slides 5 --tumor 0.5
        .: slide phantom @alone.tif --width 600 --height 400 --mpp 1
        .: slide info @alone.tif => 600
        .: slide region @slides/slides/P01-1.tif --x 0 --y 0 --width 128 --height 128 --mpp 2 --out @region.png
        .: slide thumbnail @slides/slides/P01-1.tif --size 128 --out @thumbnail.png
        tissue: tissue @slides/slides/*.tif --mpp 4 --min-area 0.001 --out @tissue => 10 of 10 slides
        .: annotations info @slides/annotations/*.xml[0] => Asap
        .: split --cohort @slides/cohort.csv --kind kfold --folds 2 --validation-share 0 --seed 1 --out @slides.split.json => wrote
        slide-run: train @tumor.yaml --cohort @slides/cohort.csv --split @slides.split.json --part 1 --out @slide-run => slide auc
        .: evaluate froc @slide-run/part-1/slides/detections --masks @slide-run/part-1/truth --level 3 --slide-mpp 1 --bootstrap 20 => lesions
        .: evaluate roc @slide-run/part-1/slides/slide_scores.csv --truth @slide-run/part-1/predictions.csv --bootstrap 20 => AUC
        heatmaps: predict @slide-run @slides/slides/*.tif --tissue @tissue --stride 32 --no-orientations --out @heatmaps
        heatmaps: predict @slide-run @slides/slides/*.tif --tissue @tissue --stride 32 --no-orientations --out @heatmaps => finished before
        .: evaluate froc @heatmaps/detections --masks @slides/masks --slides @slides/cohort.csv --level 3 --slide-mpp 1 --bootstrap 20 => 10 slides
        .: evaluate froc @heatmaps/detections --cohort @slides/cohort.csv --bootstrap 20 => 10 slides
        .: annotations mask @slides/annotations/*.xml[0] --slide @slides/slides/*.tif[0] --level 3 --out @outlines/P01-1.png => 96 × 96
        .: evaluate froc @heatmaps/detections --masks @outlines --level 3 --slide-mpp 1 --bootstrap 20 => 10 slides
        .: evaluate roc @heatmaps/slide_scores.csv --truth @slides/cohort.csv --bootstrap 20 => 10 slides
        .: annotations info @heatmaps/P01-1.geojson => GeoJson
        .: annotations info @slide-run/part-1/slides/*.geojson[0] => GeoJson
        .: reading new @study --slides @slides/cohort.csv --run @heatmaps --readers ada,ben => 10 slides, 2 readers
        .: reading verify @study.reading => 1 row, each follows the one before
        .: reading list @study.reading => ada: 0 of 10
        .: reading backup @study.reading --out @copy => 1 row
        .: reading verify @copy.reading => 1 row
        .: evaluate kappa @slides/stages.csv --truth @slides/stages.csv --bootstrap 20 => 2 patients
        """;

    private const string Patches = """
        cut: patches @slides/slides/*.tif --cohort @slides/cohort.csv --rule none --mpp 1 --side 128 --random 1 --seed 1 --write @cut --out @cut/cohort.csv => cut
        .: cohort check @cut/cohort.csv => images
        .: patches @slides/slides/*.tif --cohort @slides/cohort.csv --annotations @slides/annotations --unannotated-normal --tissue @tissue --mpp 1 --side 128 --rule liu --random 8 --seed 1 --out @index.csv => kept
        .: cohort check @index.csv => class     tumor
        .: split --cohort @index.csv --kind kfold --folds 2 --validation-share 0 --seed 1 --out @index.split.json => wrote
        patch-masks: mask --cohort @index.csv --scale 0.25 --channels 8 --start-labels 8 --steps 2 --out @patch-masks
        patch-run: train @raw.yaml --cohort @index.csv --split @index.split.json --out @patch-run => auc
        patch-run/new: predict @patch-run --cohort @index.csv --out @patch-run/new => predictions.csv
        wsinfer: pack @patch-run --torchscript @wsinfer => wrote
        judged: evaluate classification @patch-run/new/predictions.csv --cohort @index.csv --positive tumor --bootstrap 20 --out @judged => positive: tumor
        .: evaluate roc @patch-run/predictions.csv --truth @index.csv --bootstrap 20 => of 2 patients
        patch-images: stain apply @stain.json --cohort @index.csv --out @patch-images => normalized
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-outputs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_output_is_read_by_those_that_the_table_names()
    {
        Write(
            "masked.yaml",
            "method: saganet\ninput: {form: masked, height: 32, width: 32, mask_channels: 8, mask_steps: 5, mask_scale: 1}\n"
                + Network
        );
        Write("raw.yaml", "method: saganet\ninput: {form: raw, height: 32, width: 32}\n" + Network);
        Write("masks.yaml", SelfSupervisedVerbsTests.Recipe);
        Write("chests.yaml", ChestRuns.Recipe);
        Write("tumor.yaml", SlideTrainingVerbsTests.Recipe);
        Write("field.csv", "image,label,patient,mask\nphantoms/images/P01-01.png,tumor,P01,field.png\n");
        Write("blank/cohort.csv", "image,label,patient\nblank.png,benign,P99\n");
        using (var blank = Image.From(new byte[48 * 48], 48, 48, channels: 1))
            ImageFile.Write(Path.Combine(folder, "blank/blank.png"), blank);

        var walk = new OutputWalk(folder);
        foreach (var line in Images.Split('\n'))
        {
            walk.Run(line);
            if (line.StartsWith("phantoms:", StringComparison.Ordinal))
                LayOut();
        }
        foreach (var line in string.Join('\n', Runs, Segments, Findings, Slides, Patches).Split('\n'))
            walk.Run(line);
        Assert.True(walk.Wrong.Count == 0, string.Join('\n', walk.Wrong));
        // The last two call the others, and a report needs readers; tests of their own run them.
        Assert.Equal(["reading report", "study", "demo"], walk.NotRun);
    }

    /// <summary>The phantoms as people lay images out: a folder per class, in it one per patient.</summary>
    private void LayOut()
    {
        foreach (
            var row in File.ReadAllLines(Path.Combine(folder, "phantoms/cohort.csv")).Skip(1).Select(l => l.Split(','))
        )
        {
            var copy = Path.Combine(folder, "colon", row[1], row[2], Path.GetFileName(row[0]));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(folder, "phantoms", row[0]), copy);
        }
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
