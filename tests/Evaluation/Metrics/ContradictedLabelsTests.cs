using Coverslip.Evaluation.Metrics;

namespace Coverslip.Evaluation.Tests.Metrics;

/// <summary>Expected values worked out by hand from the definition (Northcutt et al. 2021, sec. 3.1).</summary>
public sealed class ContradictedLabelsTests
{
    /// <summary>Means of the labeled: a 0.6, b 0.7, c 0.5. a3 alone reaches another class's; b2 and c2 reach none.</summary>
    [Fact]
    public void A_label_is_contradicted_where_another_class_reaches_its_own_mean()
    {
        var found = ContradictedLabels.Of(
            Said(
                ["a", "b", "c"],
                ("a1", "a", [0.9, 0.1, 0]),
                ("a2", "a", [0.7, 0.2, 0.1]),
                ("a3", "a", [0.2, 0.8, 0]),
                ("b1", "b", [0.1, 0.8, 0.1]),
                ("b2", "b", [0.3, 0.6, 0.1]),
                ("c1", "c", [0.2, 0.2, 0.6]),
                ("c2", "c", [0.5, 0.1, 0.4]),
                ("nobody knows", "", [0.1, 0.9, 0])
            )
        );

        var one = Assert.Single(found);
        Assert.Equal(("a3", "a", "b"), (one.Row.Image, one.Label, one.Says));
        Assert.Equal((0.2, 0.8), (one.OfLabel, one.OfSaid));
        Assert.Equal(0.7, one.Bound, 1e-12);
        Assert.Equal(0.8 - 0.7 - (0.2 - 0.6), one.Margin, 1e-12);
    }

    /// <summary>
    /// Maxima of slides: one half says nothing. Means: tumor 2.54 / 3, normal 1 / 3. The slide of tumor at 0.6 is more normal than normal
    /// slides are, and the normal one at 0.9 more tumor than slides of tumor.
    /// </summary>
    [Fact]
    public void Scores_that_are_high_everywhere_are_held_against_their_own_means()
    {
        var found = ContradictedLabels.Of(
            Slides(("n", 0.5), ("n", 0.6), ("n", 0.9), ("t", 0.95), ("t", 0.99), ("t", 0.6))
        );

        Assert.Equal(["5", "2"], found.Select(f => f.Row.Image));
        Assert.Equal(0.4 - (1 / 3.0) - (0.6 - (2.54 / 3)), found[0].Margin, 1e-12);
        Assert.Equal(0.9 - (2.54 / 3) - (0.1 - (1 / 3.0)), found[1].Margin, 1e-12);
    }

    [Theory]
    [InlineData(0.3, 0.3)]
    [InlineData(0.6, 0.4)]
    public void A_model_that_tells_nothing_contradicts_nobody(double normal, double tumor) =>
        Assert.Empty(ContradictedLabels.Of(Slides(("n", normal), ("n", normal), ("t", tumor), ("t", tumor))));

    [Fact]
    public void Findings_are_asked_one_by_one()
    {
        var said = Said(
            ["edema", "mass"],
            ("1", "edema;mass", [0.9, 0.8]),
            ("2", "mass", [0.95, 0.9]),
            ("3", "", [0.1, 0.2]),
            ("4", Predictions.Unknown, [0.9, 0.1])
        ) with
        {
            MultiLabel = true,
        };

        var one = Assert.Single(ContradictedLabels.Of(said));
        Assert.Equal(("2", "no edema", "edema"), (one.Row.Image, one.Label, one.Says));
    }

    private static Predictions Slides(params (string Label, double Score)[] slides) =>
        Said(["n", "t"], [.. slides.Select((s, i) => ($"{i}", s.Label, new[] { 1 - s.Score, s.Score }))]);

    private static Predictions Said(string[] classes, params (string Image, string Label, double[] P)[] rows) =>
        new(classes, [.. rows.Select(r => new Prediction(r.Image, "", r.Label, r.Label, r.P))]);
}
