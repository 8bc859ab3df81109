using System.Text.Json;
using System.Xml.Linq;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;

namespace Coverslip.App.Tests.Commands;

/// <summary>The multi-stage method as a user calls it: a study with seeds, stages of patients, other slides.</summary>
[Collection("console")]
public sealed class MultiStageVerbsTests(MultiStageSlides runs) : IClassFixture<MultiStageSlides>
{
    internal const string Recipe = """
        method: multi-stage
        input: {width: 32, height: 32}
        patches: {mpp: 2, side: 64, unannotated_is_normal: true, examples: 64, validation_examples: 16}
        network: {name: mobilenet-v1, width: 0.25, features: 4}
        training: {epochs: 1, batch: 16, rate: 2.0e-3}
        augmentation: {shift: 4}
        maps: {side: 16, per_lump: false}
        segmentation: {width: 4, depth: 2, epochs: 2, batch: 4, rate: 1.0e-3, cell: 4}
        end_to_end: {epochs: 1, extractor_rate: 1.0e-5, segmentation_rate: 1.0e-4, mini_batch: 16}
        stages: {folds: 2}
        split: {folds: 2, validation_share: 0.34, seeds: 2}
        """;
    internal const string Study = """
        study: small
        baselines: false
        metric: patch-pr-auc
        also: [kappa, tumor-points-per-slide]
        split: {folds: 2, validation_share: 0.34, seeds: 2}
        models:
          alone: {recipe: stages.yaml, with: {learning: segmentation}}
          both: {recipe: stages.yaml}
        """;

    /// <summary>New patients are staged by all slides that the run staged; without a cohort nobody knows whose slides they are.</summary>
    private void Stages(string run)
    {
        // The same slides as those of somebody new, one of whom cannot be read.
        Directory.CreateDirectory(runs.At("new/slides"));
        foreach (var file in Directory.EnumerateFiles(runs.At("slides/slides"), "P01-*.tif"))
            File.Copy(
                file,
                runs.At($"new/slides/{Path.GetFileName(file).Replace("P01", "N01", StringComparison.Ordinal)}")
            );
        File.WriteAllText(runs.At("new/slides/M01-1.tif"), "no slide");
        File.Copy(runs.At("slides/slides/P02-1.tif"), runs.At("new/slides/M01-2.tif"));
        File.WriteAllText(
            runs.At("new/cohort.csv"),
            """
            image,label,patient
            slides/N01-1.tif,normal,N01
            slides/N01-2.tif,normal,N01
            slides/N01-3.tif,normal,N01
            slides/N01-4.tif,normal,N01
            slides/N01-5.tif,normal,N01
            slides/M01-1.tif,normal,M01
            slides/M01-2.tif,normal,M01

            """
        );
        var (code, text, _) = VerbCall.Run([
            "predict",
            run,
            "--cohort",
            runs.At("new/cohort.csv"),
            "--out",
            runs.At("staged"),
        ]);
        Assert.Equal(1, code);
        Assert.Contains("classes of 6 slides (a forest over 30 staged ones): slide_classes.csv", text);
        Assert.Contains("stages of 1 patients: stages.csv; without a stage, since a slide failed", text);
        var stages = File.ReadAllLines(runs.At("staged/stages.csv"));
        Assert.Matches(@"^N01\.zip,pN", stages[1]);
        Assert.Equal(1 + 1 + 5, stages.Length);
        Assert.All(stages[2..], line => Assert.Matches(@"^N01-\d\.tif,(negative|itc|micro|macro)$", line));
        Assert.Equal(1 + 6, File.ReadLines(runs.At("staged/slide_classes.csv")).Count());

        var alone = PhantomRuns.Call(
            0,
            ["predict", run, runs.At("new/slides/N01-1.tif"), "--out", runs.At("without-cohort")]
        );
        Assert.Contains("no stages, since nobody says whose slides they are: give --cohort", alone);
        Assert.False(File.Exists(runs.At("without-cohort/stages.csv")));
    }

    [Fact]
    public void A_study_compares_patches_and_stages_over_seeds_and_its_run_predicts_other_slides()
    {
        var (code, told, errors) = VerbCall.Run([
            "study",
            runs.At("study.yaml"),
            "--cohort",
            runs.At("slides/cohort.csv"),
            "--out",
            runs.At("study"),
            "--jobs",
            "0",
        ]);
        Assert.True(code == 0, errors);
        Assert.Contains("patch pr auc on test patients", told);
        Assert.Contains("The parts are one division of the patients with other seeds", told);
        var figures = File.ReadAllLines(runs.At("study/figures.csv"));
        Assert.Equal(1 + (2 * 3 * 2), figures.Length);
        Assert.StartsWith(",alone,recipe,patch_pr_auc,1,0.", figures[1]);
        // Parts are seeds and test the same slides: these and their lesions count once.
        Assert.Matches(
            @"\| model +\| lesions found itc +\|.*\| slides +\| patients +\| lesions itc +\| lesions micro +\| lesions macro +\|",
            told
        );
        var tested = File.ReadLines(runs.At("study/runs/both-recipe/part-1/predictions.csv")).Count() - 1;
        Assert.Matches($@"\| both +\|.* \| {tested} +\| \d+ +\| \d+ +\| \d+ +\| \d+ +\|", told);
        var page = File.ReadAllText(runs.At("study/study.html"));
        Assert.Contains("Prediction maps", page);
        Assert.Contains("both: slides/P", page);
        // Every stage's epochs are curves, with the area that a class looked for has.
        var report = File.ReadAllText(runs.At("study/runs/both-recipe/report.html"));
        Assert.All(
            (string[])["Stage extractor", "Stage segmentation", "Stage end-to-end", "PR AUC"],
            words => Assert.Contains(words, report)
        );

        // A picture to each slide shown, with both models, the truth and nothing that a viewer would have to fetch.
        var pictures = Directory.GetFiles(runs.At("study/pictures"), "*.svg");
        Assert.Contains($"pictures of {pictures.Length} test slides: ", told);
        Assert.InRange(pictures.Length, 1, 12);
        var picture = XDocument.Load(pictures[0]);
        string[] words = [.. picture.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.Equal(
            [Path.GetFileNameWithoutExtension(pictures[0]), "tissue", "truth", "alone", "both"],
            words[..6].Where(w => !w.StartsWith("annotation", StringComparison.Ordinal))
        );
        Assert.All(
            picture.Descendants().Attributes("href"),
            link => Assert.Matches("^(data:image/|#map|#slide|#tissue)", link.Value)
        );

        // What is judged is what 'evaluate kappa' says of the files beside it.
        var part = runs.At("study/runs/both-recipe/part-1");
        using var own = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(part, "figures.json")));
        using var again = JsonDocument.Parse(
            PhantomRuns.Call(
                0,
                [
                    "evaluate",
                    "kappa",
                    Path.Combine(part, "stages.csv"),
                    "--truth",
                    Path.Combine(part, "stages_true.csv"),
                    "--json",
                ]
            )
        );
        Assert.Equal(
            own.RootElement.GetProperty("kappa").GetProperty("value").GetRawText(),
            again.RootElement.GetProperty("kappa").GetProperty("value").GetRawText()
        );
        Assert.Equal(1 + 15, File.ReadLines(Path.Combine(part, "slide_classes.csv")).Count());
        // The true stages are those of the cohort's own table.
        var known = File.ReadAllLines(runs.At("slides/stages.csv")).ToHashSet();
        Assert.Subset(known, File.ReadAllLines(Path.Combine(part, "stages_true.csv")).ToHashSet());

        var text = PhantomRuns.Call(
            0,
            [
                "predict",
                runs.At("study/runs/both-recipe"),
                runs.At("slides/slides/P01-1.tif"),
                "--out",
                runs.At("predicted"),
            ]
        );
        Assert.Matches(
            @"P01-1: score 0\.\d+ .*, \d+ of \d+ patches above 0\.5, \d+ detections? \(places above 0\.5\)",
            text
        );
        foreach (var ending in (string[])["-map.png", "-patches.csv", "-heatmap.npy", "-heatmap.tif", "-overlay.png"])
            Assert.True(File.Exists(runs.At($"predicted/P01-1{ending}")), ending);
        // Detections as tumor detection writes them.
        Assert.True(File.Exists(runs.At("predicted/detections/P01-1.csv")));
        Assert.Contains("FeatureCollection", File.ReadAllText(runs.At("predicted/P01-1.geojson")));
        var scores = File.ReadAllText(runs.At("predicted/slide_scores.csv"));
        Assert.Matches(
            @"^image,probability,called,called_from_score,detections,detections_above_probability,trained_on\nP01-1,0\.\d+,",
            scores
        );

        Stages(runs.At("study/runs/both-recipe"));

        // Again with another slide: the finished one is not computed anew, and a model's other prediction is refused.
        var map = File.GetLastWriteTimeUtc(runs.At("predicted/P01-1-map.png"));
        string Again(int exit, string run) =>
            PhantomRuns.Call(
                exit,
                [
                    "predict",
                    runs.At($"study/runs/{run}-recipe"),
                    runs.At("slides/slides/P01-1.tif"),
                    runs.At("slides/slides/P02-1.tif"),
                    "--out",
                    runs.At("predicted"),
                ]
            );
        text = Again(0, "both");
        Assert.Matches(@"P01-1: score 0\.\d+ .*, \d+ of \d+ patches above 0\.5, .*, finished before", text);
        Assert.DoesNotMatch("P02-1.*finished before", text);
        Assert.Equal(map, File.GetLastWriteTimeUtc(runs.At("predicted/P01-1-map.png")));
        Assert.StartsWith(scores, File.ReadAllText(runs.At("predicted/slide_scores.csv")));
        Assert.Contains("P01-1-map.json was made of something else than now: model.", Again(1, "alone"));

        // Both seeds of 'alone' have the same pixels on their maps; all else differs between seeds and methods.
        var shared = Directory.GetDirectories(runs.At("study/shared")).Select(d => Path.GetFileName(d)!);
        Assert.Equal(
            [("claims", 1), ("extractor", 2), ("features", 3), ("segmentation", 4)],
            shared.CountBy(name => name.Split('-')[0]).Select(c => (c.Key, c.Value)).Order()
        );
    }

    [Fact]
    public void Runs_share_what_they_have_in_common_and_come_out_as_if_each_had_trained_its_own()
    {
        string Train(string name, string learning, params string[] more)
        {
            var told = PhantomRuns.Call(
                0,
                [
                    "train",
                    runs.At("stages.yaml"),
                    "--cohort",
                    runs.At("slides/cohort.csv"),
                    "--out",
                    runs.At(name),
                    "--part",
                    "1",
                    "--set",
                    $"learning={learning}",
                    "--set",
                    "stages.folds=0",
                    .. more,
                ]
            );
            Assert.Contains("patches without label not judged", told);
            return File.ReadAllText(runs.At($"{name}/part-1/predictions.csv"));
        }
        string[] share = ["--share", runs.At("shared")];
        var alone = Train("alone", "separate");
        var first = Train("first", "classifier", share);
        var trained = File.GetLastWriteTimeUtc(runs.At("first/part-1/extractor/state.safetensors"));
        Assert.Equal(alone, Train("second", "separate", share));
        // Without an epoch of its own, end-to-end learning is where separate learning ended.
        Assert.Equal(alone, Train("third", "end-to-end", [.. share, "--set", "end_to_end.epochs=0"]));
        Assert.NotEqual(alone, first);
        Assert.Equal(trained, File.GetLastWriteTimeUtc(runs.At("third/part-1/extractor/state.safetensors")));
        // A classifier that speaks of the slides' shares is the same one, laid over at its end; by chance nothing is trained.
        Assert.NotEqual(first, Train("corrected", "classifier", [.. share, "--set", "patches.prior=slides"]));
        _ = Train("chance", "chance", share);
        Assert.Equal(trained, File.GetLastWriteTimeUtc(runs.At("corrected/part-1/extractor/state.safetensors")));
        // Maps twice as fine have vectors of their own, of the same extractor, and heatmaps with cells half as wide.
        _ = Train("fine", "separate", [.. share, "--set", "maps.stride=0.5", "--set", "maps.side=32"]);
        PhantomRuns.Call(
            0,
            ["predict", runs.At("fine"), runs.At("slides/slides/P01-1.tif"), "--out", runs.At("finer")]
        );
        Assert.Contains("(32, 32)", File.ReadAllText(runs.At("finer/P01-1-heatmap.npy")));
        // Another rate is another extractor.
        _ = Train("other", "classifier", [.. share, "--set", "training.rate=1e-3"]);
        Assert.Equal(
            [("claims", 1), ("extractor", 2), ("features", 2), ("segmentation", 2)],
            Directory
                .GetDirectories(runs.At("shared"))
                .CountBy(d => Path.GetFileName(d).Split('-')[0])
                .Select(c => (c.Key, c.Value))
                .Order()
        );
        // So is another annotation, of a patient who trains.
        var cohort = Cohort.Load(runs.At("slides/cohort.csv"));
        var split = Split.Load(runs.At("first/split.json"), cohort);
        var annotation = cohort
            .Rows.Where(r => split.Parts[0].Train.Contains(r.Patient))
            .Select(r => cohort.Further(r, "annotation")!)
            .First(a => a.Length > 0);
        var file = Path.Combine(cohort.Folder, annotation);
        var before = File.ReadAllBytes(file);
        File.WriteAllBytes(file, [.. before, (byte)'\n']);
        _ = Train("annotated", "classifier", share);
        File.WriteAllBytes(file, before); // other tests look at the same slides
        Assert.Equal(3, Directory.GetDirectories(runs.At("shared"), "extractor-*").Length);
    }
}
