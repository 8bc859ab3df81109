using System.Text.RegularExpressions;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Phantoms;

namespace Coverslip.App.Tests.Commands;

/// <summary>
/// The verb study as a user calls it; where processes are not what is looked at, its cells are trained in this one.
/// </summary>
[Collection("console")]
public sealed class StudyVerbTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public StudyVerbTests()
    {
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: two networks
            metric: auc
            against: gated
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            inputs: [masked]
            common: {training: {epochs: 1}}
            models:
              gated: {recipe: small.yaml}
              plain: {recipe: small.yaml, with: {network: {gated: false}}}
            """
        );
    }

    private string Folder => runs.At("study");

    private string[] Here => [.. Arguments, "--jobs", "0"];

    private string[] Arguments => ["study", runs.At("study.yaml"), "--cohort", runs.CohortFile, "--out", Folder];

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task Two_calls_share_the_cells_and_a_third_finds_all_done()
    {
        var calls = await Task.WhenAll(
            ProgramProcess.Run(Arguments),
            ProgramProcess.Run([.. Arguments, "--jobs", "2"])
        );
        Assert.All(calls, c => Assert.True(c.Code == 0, c.Errors));
        Assert.Equal(4, calls.Sum(c => Regex.Count(c.Errors, @"part \d: done")));

        var (code, output, errors) = VerbCall.Run(Here);
        Assert.True(code == 0, errors);
        Assert.Contains("4 of 4 are done already", errors);
        var table = File.ReadAllText(Path.Combine(Folder, "table.md"));
        Assert.Matches(@"\| gated +\| masked +\| 2/2 +\| \d\.\d{3} ± \d\.\d{3} ", table);
        Assert.Matches(@"\| plain +\| masked +\| 2/2 ", table);
        Assert.Matches(@"\| peak MiB \| with area \| valid \| at limit \|", table);
        Assert.Matches(@"\| plain .* \| \d+ % +\| \d+ % +\| – +\|", table);
        Assert.Contains("two networks", output);
        Assert.Equal(3, File.ReadAllLines(Path.Combine(Folder, "table.csv")).Length);
        Assert.Contains("two networks", File.ReadAllText(Path.Combine(Folder, "study.html")));
    }

    [Fact]
    public void The_table_of_a_study_whose_recipe_is_another_now_is_refused()
    {
        Assert.Equal(0, VerbCall.Run(Here).Code);
        Assert.Equal(0, VerbCall.Run([.. Here, "--table"]).Code);
        var table = File.ReadAllText(Path.Combine(Folder, "table.md"));
        var study = File.ReadAllText(runs.At("study.yaml"));
        File.WriteAllText(runs.At("study.yaml"), study.Replace("gated: false", "dropout: 0.1"));
        foreach (var call in (string[][])[Here, [.. Here, "--table"]])
        {
            var (code, _, errors) = VerbCall.Run(call);
            Assert.Equal(1, code);
            Assert.Contains("the study was begun with another recipe of plain than now", errors);
        }
        Assert.Equal(table, File.ReadAllText(Path.Combine(Folder, "table.md")));
        File.WriteAllText(runs.At("study.yaml"), study.Replace("two networks", "another title"));
        Assert.Contains("another title", VerbCall.Run(0, [.. Here, "--table"]).Output);
    }

    [Fact]
    public void A_finished_cell_counts_only_as_what_it_would_be_made_of_now()
    {
        Assert.Equal(0, VerbCall.Run(Here).Code);
        var contents = Path.Combine(Folder, "runs", "plain-masked", "contents.txt");
        var parts = File.ReadAllLines(contents);
        File.WriteAllLines(contents, parts.Select(l => l.Replace("weights: ", "weights: other")));
        var (code, _, errors) = VerbCall.Run(Here);
        Assert.Equal(1, code);
        Assert.Contains("plain-masked was begun with another recipe, cohort or start than now: ", errors);
        File.Delete(contents);
        (code, _, errors) = VerbCall.Run(Here);
        Assert.Equal(1, code);
        Assert.Contains("plain-masked was begun with another", errors);
        Assert.Contains("an earlier version made it, which did not keep of what; delete the folder", errors);
        File.WriteAllLines(contents, parts.Select(l => l.StartsWith("program: ") ? "program: 0.0.1" : l));
        Assert.Equal(0, VerbCall.Run(Here).Code);
    }

    [Fact]
    public void Classical_classifiers_are_cells_like_any_other()
    {
        File.WriteAllText(
            runs.At("classical.yaml"),
            """
            method: classical
            input: {masks: column, height: 48, width: 48}
            features: {sets: [color-histogram+lbp]}
            forest: {trees: 20}
            """
        );
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: networks and others
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            inputs: [masked]
            models:
              gated: {recipe: small.yaml, with: {training: {epochs: 1}}}
              1-NN: {recipe: classical.yaml, with: {classifier: nearest-neighbor}, inputs: [raw]}
              RF: {recipe: classical.yaml, with: {classifier: random-forest}}
            external: elsewhere/cohort.csv
            """
        );
        PhantomCohort.Write(
            runs.At("elsewhere"),
            new PhantomCohortOptions
            {
                Seed = 9,
                Patients = 4,
                LeastPatches = 2,
                MostPatches = 2,
                Patch = new PatchPhantomOptions
                {
                    Size = 48,
                    NucleusRadius = 2,
                    StainDrift = 2,
                },
            }
        );
        var shared = VerbCall.Run(1, [.. Here, "--external", runs.CohortFile]).Errors;
        Assert.Contains($"share the image ", shared);
        Assert.Contains("an external cohort is of images that no model has seen", shared);
        var (code, _, errors) = VerbCall.Run(Here);
        Assert.True(code == 0, errors);
        // Phantom patients are numbered in every cohort.
        Assert.Contains("warning: 4 patients of ", errors);
        var external = Coverslip.Files.CsvTable.Read(Path.Combine(Folder, "external.csv"));
        Assert.Equal(
            ["accuracy", "balanced_accuracy", "auc", "sensitivity", "specificity"],
            external.Rows.Select(r => r.Fields[2])
        );
        Assert.All(external.Rows, r => Assert.True(r.Fields[3].Length > 0 && r.Fields[6].Length > 0));
        Assert.Contains("external figures chose nothing", File.ReadAllText(Path.Combine(Folder, "study.html")));
        Assert.Contains("8 images, 4 patients", File.ReadAllText(Path.Combine(Folder, "table.md")));
        var report = File.ReadAllText(Path.Combine(Folder, "runs", "rf-masked", "report.html"));
        Assert.Contains("trees=20 depth=25 least=10", report);
        Assert.DoesNotContain("hardly moved", report);
        var table = File.ReadAllText(Path.Combine(Folder, "table.md"));
        Assert.Matches(@"\| 1-NN +\| raw +\| 2/2 +\| \d\.\d{3} ± \d\.\d{3} ", table);
        Assert.Matches(@"\| RF +\| masked +\| 2/2 .*\| – +\| \d+\.\d ", table);
    }

    [Fact]
    public async Task A_cell_that_fails_is_named_with_its_reason_and_the_others_are_done()
    {
        // Each cell in a process of its own, as by default.
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: one too large
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            inputs: [masked]
            common: {training: {epochs: 1}}
            models:
              plain: {recipe: small.yaml, with: {network: {gated: false}}}
              vast: {recipe: small.yaml, with: {training: {batch: 65000}, input: {height: 768, width: 768}}}
            """
        );
        var (code, _, errors) = await ProgramProcess.Run(Arguments);
        Assert.Equal(1, code);
        Assert.Contains("error: vast, masked, part 1: error: training.batch is 65000", errors);
        Assert.Matches(@"\| vast +\| masked +\| 0/2 +\| –", File.ReadAllText(Path.Combine(Folder, "table.md")));
        Assert.Matches(@"\| plain +\| masked +\| 2/2 ", File.ReadAllText(Path.Combine(Folder, "table.md")));
    }

    [Fact]
    public void Models_start_from_a_network_that_the_study_trained_on_another_cohort()
    {
        File.WriteAllText(
            runs.At("net.yaml"),
            """
            method: backbone
            input: {form: raw, height: 32, width: 32}
            network: {name: mobilenet-v2, width: 0.25, hidden: 8, scaling: published}
            training: {epochs: 1, batch: 6, rate: 1e-3, schedule: constant}
            """
        );
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: starting points
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            pretrain_images: 16
            sample: 18
            pretraining: {Small: {recipe: net.yaml}}
            models:
              scratch: {recipe: net.yaml}
              pre: {recipe: net.yaml, pretrained: Small, with: {network: {trainable: last-four}}}
              published: {recipe: net.yaml, with: {network: {weights: weights/none.pth}}}
            """
        );
        var other = PhantomCohort.Write(
            runs.At("other"),
            new PhantomCohortOptions
            {
                Patients = 10,
                LeastPatches = 2,
                MostPatches = 2,
                Seed = 9,
                Patch = new PatchPhantomOptions { Size = 48, NucleusRadius = 2 },
            }
        );
        var (code, _, errors) = VerbCall.Run([.. Here, "--table"]);
        Assert.True(code == 0, errors);

        (code, _, errors) = VerbCall.Run([.. Here, "--pretrain-on", runs.CohortFile]);
        Assert.Equal(1, code);
        Assert.Contains("share the image", errors);

        (code, _, errors) = VerbCall.Run([.. Here, "--pretrain-on", other]);
        Assert.Equal(1, code); // one model's weights are not there
        Assert.Contains("published, recipe: left out, it needs weights/none.pth", errors);
        var table = File.ReadAllText(Path.Combine(Folder, "table.md"));
        Assert.Matches(@"\| pre +\| recipe +\| 2/2 ", table);
        Assert.Matches(@"\| published +\| recipe +\| 0/2 ", table);
        Assert.Contains("trained by this study on 16 images of 10 patients", table);
        Assert.Equal(19, File.ReadAllLines(Path.Combine(Folder, "cohort.csv")).Length);
        Assert.Contains("weights:", File.ReadAllText(Path.Combine(Folder, "recipes", "pre-recipe.yaml")));
    }

    [Fact]
    public void Groups_of_a_column_are_studied_apart_on_the_same_patients()
    {
        var rows = File.ReadAllLines(runs.CohortFile);
        File.WriteAllLines(
            runs.CohortFile,
            rows.Select((line, i) => i == 0 ? line + ",magnification" : $"{line},{(i % 3 == 0 ? 100 : 40)}")
        );
        File.AppendAllText(runs.At("study.yaml"), "\nby: magnification\n");
        var (code, output, errors) = VerbCall.Run([.. Here, "--set", "training.epochs=1"]);
        Assert.True(code == 0, errors);
        Assert.Contains("magnification 40: 16 images", errors);
        Assert.Matches(@"\| model +\| input +\| 40 +\| 100 +\|", output);
        Assert.Contains("## magnification 100", File.ReadAllText(Path.Combine(Folder, "table.md")));
        Assert.Contains("epochs: 1", File.ReadAllText(Path.Combine(Folder, "groups/40/recipes/gated-masked.yaml")));
    }

    [Fact]
    public void A_group_that_cannot_be_split_is_left_out_with_the_reason()
    {
        // One patient alone has images at 400.
        var rows = File.ReadAllLines(runs.CohortFile);
        File.WriteAllLines(
            runs.CohortFile,
            rows.Select((line, i) => i == 0 ? line + ",magnification" : $"{line},{(i <= 3 ? 400 : 40)}")
        );
        File.AppendAllText(runs.At("study.yaml"), "\nby: magnification\n");
        var (code, output, errors) = VerbCall.Run([.. Here, "--set", "training.epochs=1"]);
        Assert.Equal(1, code);
        Assert.Matches("error: magnification 400: left out, .*no such split", errors);
        Assert.Matches(@"\| gated +\| masked +\| 2/2 ", output);
    }

    [Fact]
    public void A_model_that_needs_the_cohorts_masks_is_left_out_where_there_are_none()
    {
        var rows = File.ReadAllLines(runs.CohortFile).Select(line => line.Split(',')).ToArray();
        var mask = Array.IndexOf(rows[0], "mask");
        File.WriteAllLines(runs.CohortFile, rows.Select(r => string.Join(',', r.Where((_, i) => i != mask))));
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: masks
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            common: {training: {epochs: 1}}
            models:
              none: {recipe: small.yaml, with: {input: {form: raw}}}
              true: {recipe: small.yaml}
            """
        );
        var (code, output, errors) = VerbCall.Run(Here);
        Assert.Equal(1, code);
        Assert.Contains(
            "true, recipe: left out, it needs a mask of each image in the cohort's column mask: row 2 (images/P01-01.png) names none",
            errors
        );
        Assert.Matches(@"\| none +\| recipe +\| 2/2 ", output);
    }

    [Fact]
    public void Fewer_patients_learn_and_the_same_are_tested()
    {
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: learning curve
            baselines: false
            split: {folds: 4, validation_share: 0.34, seeds: 1}
            train_patients: [4, 6]
            common: {training: {epochs: 1}}
            models:
              plain: {recipe: small.yaml, with: {input: {form: raw}}}
            """
        );
        var (code, output, errors) = VerbCall.Run(Here);
        Assert.True(code == 0, errors);
        Assert.Matches(@"\| model +\| input +\| 4 +\| 6 +\|", output);
        Assert.Contains("## training patients 4", File.ReadAllText(Path.Combine(Folder, "table.md")));
        var cohort = Cohort.Load(runs.CohortFile);
        var (few, more) = (Load(4), Load(6));
        Assert.Equal(few.Parts.Select(p => p.Test), more.Parts.Select(p => p.Test));
        Assert.All(few.Parts, p => Assert.Equal((4, 2), (p.Train.Count + p.Validation.Count, p.LeftOut!.Count)));
        Split Load(int patients) => Split.Load(Path.Combine(Folder, $"groups/{patients}/split.json"), cohort);
    }
}
