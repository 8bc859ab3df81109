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
        Assert.Equal(["None", "raw", "0/2", "–", "–", "–", "–", "–", "–", "–"], StudyTable.CellsOf(rows[1]));
        Assert.Equal(
            ["SagaNet", "raw", "2/2", "0.850 ± 0.071", "–", "–", "–", "1.50 M", "2.0", "321"],
            StudyTable.CellsOf(rows[0])
        );
        var outcome = new StudyOutcome(study, [("", rows)]);
        Assert.Contains("| SagaNet | raw   | 2/2   | 0.850 ± 0.071", StudyTable.Markdown(outcome));
        Assert.Equal(["", "None", "raw", "", "", ""], StudyTable.Csv(outcome).ElementAt(2).Take(6));
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

    private IReadOnlyList<StudyRow> Table(params (string Model, int[] Right)[] models) => Study(false, models).Rows;

    private (StudyRecipe Study, IReadOnlyList<StudyRow> Rows) Study(
        bool imageWise,
        params (string Model, int[] Right)[] models
    )
    {
        const string recipe = "{method: saganet, input: {form: raw, height: 64, width: 64}}";
        var study = new StudyRecipe
        {
            Title = "made up",
            Figure = StudyFigure.Of(Metric.Accuracy),
            Against = "SagaNet",
            Split = new SplitOptions(),
            Seed = 1,
            Runs = [.. models.Select(m => new StudyRun(m.Model, "raw", recipe, Known.Methods.Parse(recipe, "test")))],
            ImageWise = imageWise,
        };
        var parts = models.Max(m => m.Right.Length);
        var split = new Split(
            SplitKind.KFold,
            "",
            1,
            [.. Enumerable.Range(0, parts).Select(_ => new SplitPart([], [], []))]
        );
        foreach (var (model, right) in models)
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
            WeightsMoved = 0.1,
            EmptyMasks = 0,
            Images = 50,
            PeakMemory = 321,
            Versions = "",
        }.Write(Path.Combine(path, "run.json"));
    }
}
