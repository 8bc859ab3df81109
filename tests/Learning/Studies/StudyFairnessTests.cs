using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Studies;

namespace Coverslip.Learning.Tests.Studies;

/// <summary>What a study says beside means: who does not beat trivial models, who says the same of all, at which rates.</summary>
public sealed class StudyFairnessTests : IDisposable
{
    private readonly MadeUpStudy madeUp = new();

    public void Dispose() => madeUp.Dispose();

    [Fact]
    public void What_does_not_beat_the_best_trivial_model_is_not_recommended()
    {
        var (study, rows) = madeUp.StudyOf(
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
        var (_, rows) = madeUp.Study(false, ("SagaNet", [9, 8]), ("Same", [5, 6]));
        Assert.Equal(0, rows[0].Facts.Constant);
        foreach (var part in (int[])[1, 2])
        {
            var file = Path.Combine(madeUp.Folder, "Same", $"part-{part}", "predictions.csv");
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
        (_, rows) = madeUp.Study(false, ("SagaNet", [9, 8]), ("Same", []));
        Assert.Equal("2/2", StudyTable.CellsOf(rows[1])[8]);
    }

    [Fact]
    public void Of_the_rates_that_are_tried_each_parts_validation_patients_choose_one()
    {
        var (study, _) = madeUp.Study(false, ("SagaNet", [9, 8]));
        var run = study.Runs[0];
        study = study with { Runs = [run with { Tried = [run with { Rate = 1e-3 }, run with { Rate = 1e-2 }] }] };
        string At(StudyRun tried) => Path.Combine(madeUp.Folder, $"rate{tried.Rate}");
        foreach (
            var (rate, part, right, sure) in ((double, int, int, double)[])
                [(1e-3, 1, 9, 0.9), (1e-2, 1, 4, 0.6), (1e-3, 2, 3, 0.6)]
        )
        {
            var at = Path.Combine(At(run with { Rate = rate }), $"part-{part}");
            MadeUpStudy.Write(at, right);
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
}
