using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;
using Coverslip.Methods;

namespace Coverslip.Learning.Tests.Studies;

/// <summary>The table of runs whose predictions are made up: ten test images, so many of them right.</summary>
public sealed class StudyResultsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Means_deviations_and_paired_tests_are_those_of_the_parts()
    {
        int[] own = [9, 8, 7, 9],
            first = [7, 7, 6, 8],
            second = [9, 9, 8];
        var rows = Table(("SagaNet", own), ("First", first), ("Second", second));
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
        var (study, rows) = Study(false, ("SagaNet", [9, 8]), ("None", []));
        Assert.Equal(["None", "raw", "0/2", .. Enumerable.Repeat("–", 12)], StudyTable.CellsOf(rows[1]));
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
    public void What_does_not_beat_the_best_trivial_model_is_not_recommended()
    {
        var (study, rows) = StudyOf(
            false,
            [new("SagaNet", [9, 8]), new("First", [6, 7]), new("half", [5, 5], true), new("color", [7, 7], true)]
        );
        var line = StudyVerdict.Of(study, rows)!;
        Assert.Equal(
            "Not recommended, no better than the best trivial baseline in accuracy: First, raw (0.650; color 0.700 on the same 2 parts).",
            line
        );
        Assert.Contains(line, StudyTable.Markdown(new StudyOutcome(study, [("", rows)])));
        // They are tested as the others are, and cost these nothing in Holm's correction.
        Assert.Equal(rows[1].Comparison!.T.Value, rows[1].Comparison!.T.Holm);
        Assert.NotNull(rows[3].Comparison!.Difference);
        Assert.Equal("yes", StudyTable.Csv(new StudyOutcome(study, [("", rows)])).ElementAt(4)[3]);

        var lower = study with { Figure = study.Figure with { LowerIsBetter = true } };
        Assert.Contains("SagaNet, raw (0.850; half 0.500", StudyVerdict.Of(lower, rows));
        Assert.StartsWith("Every model is better", StudyVerdict.Of(study, [rows[0], .. rows.Skip(2)]));
        Assert.Null(StudyVerdict.Of(study, [.. rows.Take(2)]));
    }

    [Fact]
    public void A_model_that_calls_all_images_the_same_is_flagged()
    {
        var (_, rows) = Study(false, ("SagaNet", [9, 8]), ("Same", [5, 6]));
        Assert.Equal(0, rows[0].Facts.Constant);
        foreach (var part in (int[])[1, 2])
        {
            var file = Path.Combine(folder, "Same", $"part-{part}", "predictions.csv");
            // One part calls all of one class; the other is sure of both to the sixth digit.
            string[] lines = [.. File.ReadAllLines(file).Skip(1).Select(l => string.Join(',', l.Split(',')[..3]))];
            File.WriteAllLines(
                file,
                [
                    "image,patient,label,predicted,p_a,p_b",
                    .. lines.Select(
                        (l, i) => part == 1 ? $"{l},a,0.{90 - i},0.{10 + i}" : $"{l},{"ab"[i % 2]},0.5,0.5"
                    ),
                ]
            );
        }
        (_, rows) = Study(false, ("SagaNet", [9, 8]), ("Same", []));
        Assert.Equal("2/2", StudyTable.CellsOf(rows[1])[8]);
    }

    [Fact]
    public void Of_the_rates_that_are_tried_each_parts_validation_patients_choose_one()
    {
        var (study, _) = Study(false, ("SagaNet", [9, 8]));
        var run = study.Runs[0];
        study = study with { Runs = [run with { Tried = [run with { Rate = 1e-3 }, run with { Rate = 1e-2 }] }] };
        string At(StudyRun tried) => Path.Combine(folder, $"rate{tried.Rate}");
        foreach (
            var (rate, part, right, sure) in ((double, int, int, double)[])
                [(1e-3, 1, 9, 0.9), (1e-2, 1, 4, 0.6), (1e-3, 2, 3, 0.6)]
        )
        {
            var at = Path.Combine(At(run with { Rate = rate }), $"part-{part}");
            Write(at, right);
            File.WriteAllText(
                Path.Combine(at, "validation.csv"),
                $"image,patient,label,predicted,p_a,p_b\nv.png,q,a,a,{sure},{1 - sure:0.0}\n"
            );
        }
        var split = new Split(SplitKind.KFold, "", 1, [new SplitPart([], [], ["p0"]), new SplitPart([], [], ["p1"])]);
        var row = Assert.Single(StudyResults.Read(study, split, At, _ => (10, 40)));
        // The second part has no training at the other rate yet.
        Assert.Equal([0.9, null], row.Figures);
        Assert.Equal([1e-3, null], row.Rates);
        Assert.Equal((15.0, 1), (row.Facts.ProcessorSeconds, row.Patients));
        Assert.Contains(
            "validation patients chose by log loss: SagaNet, raw 0.001.",
            StudyTable.NoteOf(new StudyOutcome(study, [("", [row])]))
        );
    }

    [Fact]
    public void Groups_stand_side_by_side_and_each_on_its_own()
    {
        var (study, rows) = Study(false, ("SagaNet", [9, 8]), ("First", [7, 7]));
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
            Write(Path.Combine(folder, "First-leaky", $"part-{part + 1}"), correct);
        var (study, rows) = Study(true, ("SagaNet", [9, 8]), ("First", [7, 7]));
        Assert.Equal(0.95, rows[1].ImageWise!.Mean!.Value, 12);
        Assert.Equal(0.7, rows[1].Mean!.Value, 12);
        Assert.Equal(-0.15, rows[1].Comparison!.Difference!.Value, 12);
        Assert.Null(rows[1].ImageWise!.Comparison);
        Assert.Equal("image-wise (inflated)", StudyTable.Heads(rows)[4]);
        Assert.Equal(["0.700 ± 0.000", "0.950 ± 0.071"], StudyTable.CellsOf(rows[1]).Skip(3).Take(2));
        Assert.Equal("–", StudyTable.CellsOf(rows[0])[4]);
        Assert.Equal(StudyTable.Heads(rows).Count, StudyTable.CellsOf(rows[0]).Count);
        var file = Path.Combine(folder, "table.csv");
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
            var at = Path.Combine(folder, model, $"part-{part + 1}");
            Directory.CreateDirectory(at);
            new RunFigures([("froc", new Estimate(value, null, null))], []).Write(at);
        }
        var (study, _) = Study(false, ("SagaNet", [9, 8, 7]), ("First", [7, 7, 7]));
        study = study with
        {
            Further = [new StudyFigure("froc")],
            Split = new SplitOptions { Seeds = 3 },
        };
        var part0 = new SplitPart([], [], []);
        var rows = StudyResults.Read(
            study,
            new Split(SplitKind.Random, "", 1, [part0, part0, part0]),
            run => Path.Combine(folder, run.Model),
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

    /// <summary>A model whose parts have so many of ten images right; none are written where none are given.</summary>
    private sealed record Made(string Model, int[] Right, bool Trivial = false);

    private IReadOnlyList<StudyRow> Table(params (string Model, int[] Right)[] models) => Study(false, models).Rows;

    private (StudyRecipe Study, IReadOnlyList<StudyRow> Rows) Study(
        bool imageWise,
        params (string Model, int[] Right)[] models
    ) => StudyOf(imageWise, [.. models.Select(m => new Made(m.Model, m.Right))]);

    private (StudyRecipe Study, IReadOnlyList<StudyRow> Rows) StudyOf(bool imageWise, IReadOnlyList<Made> models)
    {
        const string recipe = "{method: saganet, input: {form: raw, height: 64, width: 64}}";
        var study = new StudyRecipe
        {
            Title = "made up",
            Figure = StudyFigure.Of(Metric.Accuracy),
            Against = "SagaNet",
            Split = new SplitOptions(),
            Seed = 1,
            Runs =
            [
                .. models.Select(m => new StudyRun(m.Model, "raw", recipe, Known.Methods.Parse(recipe, "test"))
                {
                    IsBaseline = m.Trivial,
                }),
            ],
            ImageWise = imageWise,
        };
        var parts = models.Max(m => m.Right.Length);
        var split = new Split(
            SplitKind.KFold,
            "",
            1,
            [.. Enumerable.Range(0, parts).Select(_ => new SplitPart([], [], ["p0", "p1"]))]
        );
        foreach (var (model, right, _) in models)
        foreach (var (part, correct) in right.Index())
            Write(Path.Combine(folder, model, $"part-{part + 1}"), correct);
        return (
            study,
            StudyResults.Read(
                study,
                split,
                run => Path.Combine(folder, run.Model + (run.ImageWise ? "-leaky" : "")),
                _ => (10, 40)
            )
        );
    }

    private static void Write(string path, int correct)
    {
        Directory.CreateDirectory(path);
        var rows = Enumerable
            .Range(0, 10)
            .Select(i =>
            {
                var (label, right) = (i % 2 == 0 ? "a" : "b", i < correct);
                var p = right == (label == "a") ? 0.8 : 0.2;
                return $"{i}.png,p{i / 5},{label},{(p > 0.5 ? "a" : "b")},{p},{1 - p:0.0}";
            });
        File.WriteAllText(
            Path.Combine(path, "predictions.csv"),
            "image,patient,label,predicted,p_a,p_b\n" + string.Join('\n', rows) + "\n"
        );
        new RunDescription
        {
            CohortHash = "",
            Classes = ["a", "b"],
            SourceChannels = 3,
            ScaleLow = 1,
            ScaleHigh = 1,
            Seed = 1,
            Part = 1,
            Parts = 1,
            Parameters = 1_500_000,
            Epochs = 5,
            BestEpoch = 1,
            TrainingSeconds = 10,
            ProcessorSeconds = 7.5,
            TrainingAccuracy = 0.75,
            WeightsMoved = 0.1,
            EmptyMasks = 0,
            Images = 50,
            PeakMemory = 321,
            Versions = "",
        }.Write(Path.Combine(path, "run.json"));
    }
}
