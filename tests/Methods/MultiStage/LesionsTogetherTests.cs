using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Methods.MultiStage;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>Lesions over the parts of a run: each counts once.</summary>
public sealed class LesionsTogetherTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Folds_add_up_and_weigh_by_their_lesions()
    {
        Part(1, ["a", "b"], micro: 3, found: 1);
        Part(2, ["c", "d"], micro: 1, found: 0);
        var together = LesionsTogether.Of(Run())!;
        Assert.Equal(0.75, Of(together, "lesions_found_micro").Value!.Value, 12);
        Assert.Null(Of(together, "lesions_found_macro").Value);
        Assert.Equal(
            [("slides", 4), ("patients", 4), ("lesions_itc", 0), ("lesions_micro", 4), ("lesions_macro", 0)],
            together.Counts
        );
    }

    [Fact]
    public void Parts_that_test_the_same_slides_are_a_mean_and_those_that_share_some_are_none()
    {
        Part(1, ["a", "b"], micro: 3, found: 1);
        Part(2, ["b", "a"], micro: 3, found: 0.5);
        var together = LesionsTogether.Of(Run())!;
        Assert.Equal(0.75, Of(together, "lesions_found_micro").Value!.Value, 12);
        Assert.Equal(("lesions_micro", 3), together.Counts[3]);
        Part(2, ["b", "c"], micro: 3, found: 0.5);
        Assert.Null(LesionsTogether.Of(Run()));
    }

    private static Estimate Of(RunFigures figures, string key) => figures.Figures.Single(f => f.Key == key).Figure;

    private FinishedRun Run()
    {
        var cohort = Path.Combine(folder, "cohort.csv");
        File.WriteAllText(Path.Combine(folder, "a.png"), "a");
        File.WriteAllText(Path.Combine(folder, "b.png"), "b");
        File.WriteAllText(cohort, "image,label,patient\na.png,normal,a\nb.png,tumor,b\n");
        return new FinishedRun(folder, Cohort.Load(cohort));
    }

    private void Part(int part, string[] slides, int micro, double found)
    {
        var own = Path.Combine(folder, $"part-{part}");
        Directory.CreateDirectory(own);
        new Predictions(
            ["normal", "tumor"],
            [.. slides.Select(s => new Prediction(s, s, "tumor", "tumor", [0, 1]))]
        ).Write(Path.Combine(own, "predictions.csv"));
        new RunFigures(
            [
                ("lesions_found_micro", new Estimate(found, 0, 1)),
                ("lesions_found_macro", Estimate.Undefined("no test slide has one")),
            ],
            [("slides", slides.Length), ("lesions_itc", 0), ("lesions_micro", micro), ("lesions_macro", 0)]
        ).Write(own);
        new RunDescription
        {
            CohortHash = "",
            Classes = ["normal", "tumor"],
            SourceChannels = 3,
            ScaleLow = 1,
            ScaleHigh = 1,
            Seed = 1,
            Part = part,
            Parts = 2,
            Parameters = 1,
            Epochs = 1,
            BestEpoch = 1,
            TrainingSeconds = 1,
            PeakMemory = 1,
            EmptyMasks = 0,
            Images = 2,
            Versions = "",
        }.Write(Path.Combine(own, "run.json"));
    }
}
