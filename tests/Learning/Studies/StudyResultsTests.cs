using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;

namespace Coverslip.Learning.Tests.Studies;

/// <summary>The table of runs whose predictions are made up: ten test images, so many of them right.</summary>
public sealed class StudyResultsTests : IDisposable
{
    private readonly MadeUpStudy madeUp = new();

    public void Dispose() => madeUp.Dispose();

    [Fact]
    public void Means_deviations_and_paired_tests_are_those_of_the_parts()
    {
        int[] own = [9, 8, 7, 9],
            first = [7, 7, 6, 8],
            second = [9, 9, 8];
        var rows = madeUp.Table(("SagaNet", own), ("First", first), ("Second", second));
        Assert.Equal(0.825, rows[0].Mean!.Value, 12);
        Assert.Equal(
            Math.Sqrt(((0.075 * 0.075 * 2) + (0.025 * 0.025) + (0.125 * 0.125)) / 3),
            rows[0].Deviation!.Value,
            12
        );
        Assert.Null(rows[0].Comparison);

        double[] differences = [-0.2, -0.1, -0.1, -0.1];
        var (a, b) = (rows[1].Comparison!, rows[2].Comparison!);
        Assert.Equal(-0.125, a.Difference!.Value, 12);
        Assert.Equal(PairedTests.TTest(differences)!.Value, a.T.Value!.Value, 6);
        Assert.Equal(PairedTests.CorrectedTTest(differences, 10 / 40.0)!.Value, a.CorrectedT.Value!.Value, 6);
        Assert.True(a.CorrectedT.Value > a.T.Value);
        // The unfinished part is left out of the pairs.
        Assert.Equal(
            (0.2 / 3, "3/4"),
            (
                Math.Round(b.Difference!.Value, 9) == Math.Round(0.2 / 3, 9) ? 0.2 / 3 : -1,
                StudyTable.CellsOf(rows[2])[2]
            )
        );
        Assert.Equal(PairedTests.Holm([a.T.Value, b.T.Value])[0], a.T.Holm);
    }

    [Fact]
    public void Tables_say_what_is_missing()
    {
        var (study, rows) = madeUp.Study(false, ("SagaNet", [9, 8]), ("None", []));
        Assert.Equal(["None", "raw", "0/2", .. Enumerable.Repeat("–", 13)], StudyTable.CellsOf(rows[1]));
        Assert.Equal(
            [
                "SagaNet",
                "raw",
                "2/2",
                "0.850 ± 0.071",
                "–",
                "–",
                "–",
                "0.750",
                "–",
                "2",
                "5",
                "7.5",
                "–",
                "1.50 M",
                "2.0",
                "321",
            ],
            StudyTable.CellsOf(rows[0])
        );
        var outcome = new StudyOutcome(study, [("", rows)]);
        Assert.Contains("| SagaNet | raw   | 2/2   | 0.850 ± 0.071", StudyTable.Markdown(outcome));
        Assert.Equal(["", "None", "raw", "no", "", ""], StudyTable.Csv(outcome).ElementAt(2).Take(6));
        Assert.Contains(
            "Trivial baselines were left out",
            StudyTable.NoteOf(outcome with { Study = study with { Baselines = false } })
        );
        Assert.Contains("no trivial baseline for what these models are asked", StudyTable.NoteOf(outcome));
    }

    [Fact]
    public void The_papers_own_figures_stand_beside_the_means_where_a_study_names_any()
    {
        var (study, rows) = madeUp.Study(false, ("SagaNet", [9, 8]), ("First", [7, 7]));
        Assert.Equal([StudyTable.Heads(rows), StudyTable.CellsOf(rows[0])], StudyTable.Lines(rows).Take(2));
        StudyRow[] told = [rows[0] with { Run = rows[0].Run with { Published = "0.803 ± 0.058" } }, rows[1]];
        var lines = StudyTable.Lines(told);
        Assert.Equal(["mean ± deviation", "published", "p: t"], lines[0].Skip(3).Take(3));
        Assert.Equal(["0.850 ± 0.071", "0.803 ± 0.058"], lines[1].Skip(3).Take(2));
        Assert.Equal("–", lines[2][4]);
        Assert.All(lines, line => Assert.Equal(lines[0].Count, line.Count));
        var outcome = new StudyOutcome(study, [("", told)]);
        Assert.Contains("the paper's own figure, of its own images", StudyTable.NoteOf(outcome));
        var csv = StudyTable.Csv(outcome).ToArray();
        Assert.Equal("0.803 ± 0.058", csv[1][csv[0].ToList().IndexOf("published")]);
    }

    [Fact]
    public void Chance_is_said_where_no_row_shows_it()
    {
        const string said = "No row is chance: that is an AUC of 0.5";
        var (study, rows) = madeUp.Study(false, ("SagaNet", [9, 8]), ("First", [7, 7]));
        var outcome = new StudyOutcome(study, [("", rows)]);
        Assert.DoesNotContain(said, StudyTable.NoteOf(outcome));
        var auc = outcome with { Study = study with { Figure = StudyFigure.Of(Metric.Auc) } };
        Assert.Contains(said, StudyTable.NoteOf(auc));
        var patches = outcome with { Study = study with { Figure = new StudyFigure("patch_pr_auc") } };
        Assert.DoesNotContain(said, StudyTable.NoteOf(patches));
        // Also of a figure that only the table of unseen patients has.
        var unseen = new RunFigures([("slide_auc", new Estimate(0.9, 0.8, 1))], []);
        Assert.Contains(said, StudyTable.NoteOf(outcome with { Groups = [("", [rows[0] with { Unseen = unseen }])] }));
        var shown = auc.Study with { Runs = [.. auc.Study.Runs, auc.Study.Runs[0] with { IsChance = true }] };
        Assert.DoesNotContain(said, StudyTable.NoteOf(auc with { Study = shown }));
    }

    [Fact]
    public void What_masks_leave_stands_in_the_rows_and_a_form_without_areas_is_void()
    {
        var (study, made) = madeUp.Study(false, ("SagaNet", [9, 8]), ("First", [7, 7]), ("Raw", [7, 7]));
        Assert.DoesNotContain("with area", StudyTable.Lines(made)[0]);
        IReadOnlyList<StudyRow> rows =
        [
            made[0] with
            {
                Run = made[0].Run with { Input = "masked" },
                Facts = made[0].Facts with { Masks = new MaskSummary(50, 39, 0.4, 10) },
            },
            made[1] with
            {
                Run = made[1].Run with { Input = "mask-channel" },
                Facts = made[1].Facts with { Masks = new MaskSummary(50, 40, 0.25, null) },
            },
            made[2],
        ];
        var lines = StudyTable.Lines(rows);
        Assert.Equal(["with area", "valid", "at limit"], lines[0].TakeLast(3));
        Assert.Equal(["78 %", "40 %", "20 %"], lines[1].TakeLast(3));
        Assert.Equal(["80 %", "25 %", "–"], lines[2].TakeLast(3));
        Assert.Equal(["–", "–", "–"], lines[3].TakeLast(3));
        Assert.Equal(["masked (void)", "mask-channel", "raw"], lines.Skip(1).Select(l => l[1]));
        var own = rows[0] with { Run = rows[0].Run with { Input = StudyRun.OwnInput } };
        Assert.Equal("recipe (masked: void)", own.InputWords);
        var outcome = new StudyOutcome(study, [("", rows)]);
        Assert.Contains("masked is a name there, and no masking", StudyTable.NoteOf(outcome));
        var csv = StudyTable.Csv(outcome).ToArray();
        var at = csv[0].ToList().IndexOf("images_with_area");
        Assert.Equal(["0.78", "0.4", "0.2", "0.9"], csv[1].Skip(at).Take(4));
        Assert.Equal(["", "", "", "0.7"], csv[3].Skip(at).Take(4));
        Assert.Equal("masked (void)", csv[1][2]);
    }

    [Fact]
    public void Groups_stand_side_by_side_and_each_on_its_own()
    {
        var (study, rows) = madeUp.Study(false, ("SagaNet", [9, 8]), ("First", [7, 7]));
        var outcome = new StudyOutcome(study with { By = "magnification" }, [("40", rows), ("100", rows)])
        {
            PretrainedOn = "Pre-trained means: on other images.",
        };
        Assert.Equal(["model", "input", "40", "100"], StudyTable.SideBySide(outcome)[0]);
        Assert.Equal(["First", "raw", "0.700 ± 0.000", "0.700 ± 0.000"], StudyTable.SideBySide(outcome)[2]);
        var text = StudyTable.Markdown(outcome);
        Assert.Contains("## magnification 100", text);
        Assert.Contains("Pre-trained means: on other images.", text);
        Assert.Equal(["group", "40", "40", "100", "100"], StudyTable.Csv(outcome).Select(l => l[0]));
    }

    [Fact]
    public void Image_wise_figures_stand_beside_the_others_and_are_not_tested()
    {
        foreach (var (part, correct) in ((int[])[10, 9]).Index())
            MadeUpStudy.Write(Path.Combine(madeUp.Folder, "First-leaky", $"part-{part + 1}"), correct);
        var (study, rows) = madeUp.Study(true, ("SagaNet", [9, 8]), ("First", [7, 7]));
        Assert.Equal(0.95, rows[1].ImageWise!.Mean!.Value, 12);
        Assert.Equal(0.7, rows[1].Mean!.Value, 12);
        Assert.Equal(-0.15, rows[1].Comparison!.Difference!.Value, 12);
        Assert.Null(rows[1].ImageWise!.Comparison);
        Assert.Equal("image-wise (inflated)", StudyTable.Heads(rows)[4]);
        Assert.Equal(["0.700 ± 0.000", "0.950 ± 0.071"], StudyTable.CellsOf(rows[1]).Skip(3).Take(2));
        Assert.Equal("–", StudyTable.CellsOf(rows[0])[4]);
        Assert.Equal(StudyTable.Heads(rows).Count, StudyTable.CellsOf(rows[0]).Count);
        var file = Path.Combine(madeUp.Folder, "table.csv");
        CsvTable.Write(file, StudyTable.Csv(new StudyOutcome(study, [("", rows)])));
        var lines = File.ReadAllLines(file);
        Assert.EndsWith(",image_wise_inflated_part_1,image_wise_inflated_part_2", lines[0]);
        Assert.EndsWith(",1,0.9", lines[2]);
    }

    [Fact]
    public void Further_figures_stand_beside_their_difference_and_its_interval_and_in_a_file_part_by_part()
    {
        foreach (var (model, values) in ((string, double[])[])[("SagaNet", [1, 2, 3]), ("First", [2, 4, 6])])
        foreach (var (part, value) in values.Index())
        {
            var at = Path.Combine(madeUp.Folder, model, $"part-{part + 1}");
            Directory.CreateDirectory(at);
            new RunFigures([("froc", new Estimate(value, null, null))], []).Write(at);
        }
        var (study, _) = madeUp.Study(false, ("SagaNet", [9, 8, 7]), ("First", [7, 7, 7]));
        study = study with
        {
            Further = [new StudyFigure("froc")],
            Split = new SplitOptions { Seeds = 3 },
        };
        var part0 = new SplitPart([], [], []);
        var rows = StudyResults.Read(
            study,
            new Split(SplitKind.Random, "", 1, [part0, part0, part0]),
            run => Path.Combine(madeUp.Folder, run.Model),
            _ => (10, 40)
        );
        var lines = StudyDifferences.Lines(study, rows);
        Assert.Equal(["model", "input", "accuracy", "difference", "froc", "difference"], lines[0]);
        Assert.Equal(["SagaNet", "raw", "0.800 ± 0.100", "–", "2.000 ± 1.000", "–"], lines[1]);
        Assert.Equal("4.000 ± 2.000", lines[2][4]);
        Assert.Equal("+2.000 (-0.484 – +4.484)", lines[2][5]);
        var outcome = new StudyOutcome(study, [("", rows)]);
        Assert.Contains(["", "First", "raw", "froc", "3", "6"], StudyDifferences.Csv(outcome));
        Assert.Contains("other seeds", StudyTable.Markdown(outcome));
        Assert.Empty(StudyDifferences.Lines(study with { Further = [] }, rows));
    }
}
