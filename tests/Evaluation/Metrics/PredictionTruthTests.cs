using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Evaluation.Tests.Metrics;

/// <summary>Predictions whose names are spelled in another way than the cohort's.</summary>
public sealed class PredictionTruthTests : IDisposable
{
    private const string Composed = "M\u00FCller",
        Decomposed = "Mu\u0308ller";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Classes_of_columns_predictions_and_labels_are_found_in_any_case()
    {
        var said = Within(
            "image,patient,label,predicted,P_NORMAL,P_TUMOUR,set\na.png,1,Normal,NORMAL,0.9,0.1,NORMAL|TUMOUR\nb.png,2,,TUMOUR,0.2,0.8,TUMOUR",
            "image,label,patient\na.png,normal,1\nb.png,tumor,2"
        );
        Assert.Equal(["normal", "tumor"], said.Classes);
        Assert.Equal([("normal", "normal"), ("tumor", "tumor")], said.Rows.Select(r => (r.Label, r.Predicted)));
        Assert.Equal(["normal", "tumor"], said.Rows[0].Set);
        Assert.Equal(1, ClassificationEvaluation.Of(said).Figures[Metric.Accuracy].Value);
    }

    [Fact]
    public void Names_that_could_be_two_classes_stay_as_they_are()
    {
        var said = Within(
            "image,patient,label,predicted,p_A,p_a\na.png,1,a,a,0.1,0.9",
            "image,label,patient\na.png,a,1\nb.png,c,2"
        );
        Assert.Equal(["A", "a"], said.Classes);
    }

    [Fact]
    public void A_class_without_a_column_is_told_with_file_and_columns()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            ClassificationEvaluation.Of(
                Within("image,patient,label,predicted,p_x,p_y\na.png,1,z,x,0.9,0.1", "image,label,patient\na.png,z,1")
            )
        );
        Assert.StartsWith(Path.Combine(folder.Path, "p.csv"), error.Message);
        Assert.Contains("class 'z' has no probability column p_z; the file has: p_x, p_y", error.Message);
    }

    [Theory]
    [InlineData(Composed, Decomposed)]
    [InlineData(Decomposed, Composed)]
    public void Accents_may_be_characters_of_their_own(string here, string there)
    {
        var row = Assert.Single(
            Within(
                $"image,patient,label,predicted\n{here}.png,{here},{here},{here}",
                $"image,label,patient\n{there}.png,{there},{there}\nb.png,b,b"
            ).Rows
        );
        Assert.Equal((there + ".png", there, there, there), (row.Image, row.Patient, row.Label, row.Predicted));
    }

    [Fact]
    public void An_image_in_two_spellings_is_predicted_twice() =>
        Assert.Contains(
            "is predicted twice, its accents written in two ways",
            Assert
                .Throws<InvalidDataException>(() =>
                    Within(
                        $"image,patient,label,predicted\n{Composed}.png,,,a\n{Decomposed}.png,,,a",
                        $"image,label,patient\n{Composed}.png,a,1\nb.png,b,2"
                    )
                )
                .Message
        );

    [Fact]
    public void Findings_are_a_set_in_any_order_and_case()
    {
        var said = Within(
            "image,patient,labels,predicted,p_Mass,p_Nodule\na.png,1,Nodule;Mass,NODULE; mass,0.9,0.9\nb.png,2,,,0.1,0.1",
            "image,labels,patient\na.png,Mass;Nodule,1\nb.png,,2"
        );
        Assert.Equal(("Mass;Nodule", "Mass;Nodule"), (said.Rows[0].Label, said.Rows[0].Predicted));
        var figures = FindingEvaluation.Of(said, new EvaluationOptions { Bootstrap = 0 }).Findings;
        Assert.Equal([1, 1], figures.Select(f => f.Sensitivity.Value));
    }

    [Theory]
    [InlineData("banana")]
    [InlineData("Mass,Nodule")]
    [InlineData("Mass|Nodule")]
    [InlineData("Mass/Nodule")]
    public void A_finding_that_has_no_column_is_refused_with_its_row(string predicted)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            Predictions.Read(
                folder.Write(
                    "p.csv",
                    $"image,patient,labels,predicted,p_Mass,p_Nodule\na.png,1,Mass,Mass,0.9,0.1\nb.png,2,,\"{predicted}\",0.1,0.1"
                )
            )
        );
        Assert.Contains(
            $"row 3: predicted names '{predicted}', which is none of the findings Mass, Nodule;",
            error.Message
        );
        Assert.Contains("with ; between", error.Message);
    }

    [Fact]
    public void Other_findings_than_the_cohorts_are_refused() =>
        Assert.Contains(
            "is labeled Mass here and Mass;Nodule in",
            Assert
                .Throws<InvalidDataException>(() =>
                    Within(
                        "image,patient,labels,predicted,p_Mass,p_Nodule\na.png,1,Mass,Mass,0.9,0.1",
                        "image,labels,patient\na.png,Nodule;Mass,1"
                    )
                )
                .Message
        );

    [Fact]
    public void Predictions_of_other_classes_are_not_compared()
    {
        var two = Predictions.Read(
            folder.Write("two.csv", "image,patient,label,predicted,p_a,p_b\nx,1,a,a,0.9,0.1\ny,2,b,b,0.1,0.9")
        );
        var three = Predictions.Read(
            folder.Write("three.csv", "image,patient,label,predicted,p_a,p_b,p_c\nx,1,a,a,0.9,0.1,0\ny,2,b,b,0.1,0.9,0")
        );
        var error = Assert.Throws<InvalidDataException>(() => PairedComparison.Of(two, three));
        Assert.Contains($"{two.Source} has the classes a, b, {three.Source} has a, b, c", error.Message);
        PairedComparison.Of(two, two with { Classes = ["b", "a"] }, new EvaluationOptions { Bootstrap = 0 });
        var fewer = Assert.Throws<InvalidDataException>(() =>
            PairedComparison.Of(two, two with { Rows = [two.Rows[0]] })
        );
        Assert.Contains($"y is in {two.Source} only", fewer.Message);
    }

    private Predictions Within(string predictions, string cohort) =>
        Predictions
            .Read(folder.Write("p.csv", predictions))
            .Within(Cohort.Load(folder.Write("cohort.csv", cohort), CohortChecks.Table));
}
