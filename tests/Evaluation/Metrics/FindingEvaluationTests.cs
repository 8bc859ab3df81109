using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Evaluation.Tests.Metrics;

/// <summary>Figures of findings against scikit-learn (golden/findings.py), their file, and localisation by hand.</summary>
public sealed class FindingEvaluationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Figures_are_scikit_learns()
    {
        var golden = Golden.Of("findings.json");
        var evaluation = FindingEvaluation.Of(Of(golden), new EvaluationOptions { Bootstrap = 400 });
        Assert.Equal(90, evaluation.Images);
        for (var f = 0; f < 3; f++)
        {
            var figures = evaluation.Findings[f];
            Assert.Equal(golden.Numbers("auc")[f], figures.Auc.Value!.Value, 1e-12);
            Assert.Equal(golden.Numbers("sensitivity")[f], figures.Sensitivity.Value!.Value, 1e-12);
            Assert.Equal(golden.Numbers("specificity")[f], figures.Specificity.Value!.Value, 1e-12);
            Assert.InRange(figures.Auc.Value.Value, figures.Auc.Low!.Value, figures.Auc.High!.Value);
            Assert.True(figures.Auc.High - figures.Auc.Low > 0.02);
        }
        Assert.Equal(golden.GetProperty("mean_auc").GetDouble(), evaluation.MeanAuc.Value!.Value, 1e-12);
        Assert.InRange(evaluation.MeanAuc.Value.Value, evaluation.MeanAuc.Low!.Value, evaluation.MeanAuc.High!.Value);
    }

    [Fact]
    public void Several_models_of_the_same_patients_give_their_mean_and_no_narrower_interval()
    {
        var golden = Golden.Of("findings.json");
        var one = Of(golden);
        var other = one with
        {
            Rows =
            [
                .. one.Rows.Select(r => r with { Probabilities = [.. r.Probabilities.Select(p => Math.Abs(p - 0.3))] }),
            ],
        };
        var options = new EvaluationOptions { Bootstrap = 200 };
        var (a, b, twice, both) = (
            FindingEvaluation.Of(one, options),
            FindingEvaluation.Of(other, options),
            FindingEvaluation.Of([one, one], options),
            FindingEvaluation.Of([one, other], options)
        );
        Assert.Equal((a.Images, a.Patients), (both.Images, both.Patients));
        Assert.Equal(a.Findings[1].Auc.Low!.Value, twice.Findings[1].Auc.Low!.Value, 1e-12);
        Assert.Equal((a.MeanAuc.Value + b.MeanAuc.Value)!.Value / 2, both.MeanAuc.Value!.Value, 1e-12);
        Assert.Equal(golden.Numbers("sensitivity").Average(), a.MeanSensitivity.Value!.Value, 1e-12);
        Assert.Equal(golden.Numbers("specificity").Average(), a.MeanSpecificity.Value!.Value, 1e-12);
    }

    [Fact]
    public void Shown_cases_are_the_surest_of_each_kind_of_different_patients()
    {
        Prediction Row(string image, string patient, string label, double p) =>
            new(image, patient, label, p >= 0.5 ? "x" : "", [p]);
        var said = new Predictions(
            ["x"],
            [
                Row("a", "1", "x", 0.9),
                Row("b", "1", "x", 0.95),
                Row("c", "2", "x", 0.6),
                Row("d", "3", "x", 0.7),
                Row("e", "4", "x", 0.2),
                Row("f", "5", "x", 0.1),
                Row("g", "6", "", 0.8),
                Row("h", "7", "", 0.3),
            ]
        )
        {
            MultiLabel = true,
        };
        Assert.Equal(
            [
                (CaseKind.Right, 1, "b"),
                (CaseKind.Right, 2, "d"),
                (CaseKind.Missed, 1, "f"),
                (CaseKind.Missed, 2, "e"),
                (CaseKind.Wrong, 1, "g"),
            ],
            FindingCase.Of(said).Select(c => (c.Kind, c.Number, c.Image.Image))
        );
    }

    [Fact]
    public void A_finding_that_no_image_shows_has_no_figures_and_a_reason()
    {
        var predictions = new Predictions(
            ["x", "y"],
            [new("a", "1", "x", "", [0.9, 0.1]), new("b", "2", "", "y", [0.2, 0.8])]
        )
        {
            MultiLabel = true,
        };
        var evaluation = FindingEvaluation.Of(predictions);
        Assert.Equal("no image shows it", evaluation.Findings[1].Auc.Reason);
        Assert.Equal(1, evaluation.MeanAuc.Value);
    }

    [Fact]
    public void The_file_reads_back_and_need_not_sum_to_one()
    {
        var golden = Golden.Of("findings.json");
        var path = Path.Combine(folder.Path, "predictions.csv");
        var written = Of(golden);
        written.Write(path);
        Assert.StartsWith("image,patient,labels,predicted,p_x,p_y,p_z", File.ReadAllText(path));
        var read = Predictions.Read(path);
        Assert.True(read.MultiLabel);
        Assert.Equal(written.Rows.Select(r => (r.Label, r.Predicted)), read.Rows.Select(r => (r.Label, r.Predicted)));
        Assert.Throws<InvalidDataException>(() => ClassificationEvaluation.Of(read));
        Assert.Throws<ArgumentException>(() => read.Decide("x", 0.5));
    }

    [Fact]
    public void Unknown_truth_and_unknown_findings_are_refused()
    {
        Predictions One(string label) => new(["x"], [new("a", "1", label, "", [0.5])]) { MultiLabel = true };
        Assert.Contains("no known labels", Throw(One(Predictions.Unknown)));
        Assert.Contains("labeled 'q'", Throw(One("x;q")));
        Assert.Contains("of classes", Throw(new Predictions(["x", "y"], [new("a", "1", "x", "x", [0.5, 0.5])])));
    }

    [Fact]
    public void Hits_and_overlaps_are_those_of_the_best_box()
    {
        var path = folder.Write("cohort.csv", "image,labels,patient\na.png,x,1\nb.png,x;y,2\nc.png,y,3\n");
        var cohort = Cohort.Load(path, CohortChecks.Table);
        FindingBox Box(string image, string label, BoxArea area) => new(2, image, label, area);
        FindingBox[] boxes =
        [
            Box("a.png", "x", new(0, 0, 10, 10)),
            Box("a.png", "x", new(50, 50, 10, 10)),
            Box("b.png", "x", new(0, 0, 20, 10)),
        ];
        Activation[] seen =
        [
            new("a.png", "x", 0.9, 55, 55, new BoxArea(50, 50, 10, 10)), // hit; overlap 1
            new("b.png", "x", 0.1, 20, 5, new BoxArea(10, 0, 20, 10)), // just beyond the edge; overlap 100 / 300
            new("b.png", "y", 0.1, 1, 1, null), // no box: not judged
            new("c.png", "y", 0.1, 1, 1, null),
        ];
        var figures = Localisation.Judge(seen, boxes, cohort, bootstrap: 50);
        Assert.Equal(["x", "all"], figures.Select(f => f.Finding));
        Assert.Equal(2, figures[0].Images);
        Assert.Equal(0.5, figures[0].HitRate.Value);
        Assert.Equal((1 + 1 / 3.0) / 2, figures[0].Overlap.Value!.Value, 1e-12);
        var file = Path.Combine(folder.Path, "activations.csv");
        ActivationFile.Write(file, seen);
        Assert.Equal(seen, ActivationFile.Read(file));
        Assert.Throws<InvalidDataException>(() => Localisation.Judge([seen[3]], boxes, cohort));
    }

    private static string Throw(Predictions predictions) =>
        Assert.Throws<InvalidDataException>(() => FindingEvaluation.Of(predictions)).Message;

    private static Predictions Of(System.Text.Json.JsonElement golden)
    {
        var patients = golden.Integers("patients");
        string[] labels = [.. golden.GetProperty("labels").EnumerateArray().Select(l => l.GetString()!)];
        var scores = golden.GetProperty("scores").EnumerateArray().ToArray();
        return new Predictions(
            ["x", "y", "z"],
            [
                .. patients.Select(
                    (p, i) =>
                        new Prediction(
                            $"{i}.png",
                            $"{p}",
                            labels[i],
                            "",
                            [.. scores[i].EnumerateArray().Select(s => s.GetDouble())]
                        )
                ),
            ]
        )
        {
            MultiLabel = true,
        }.DecideFindings([0.5, 0.4, 0.6]);
    }
}
