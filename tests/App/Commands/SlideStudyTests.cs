namespace Coverslip.App.Tests.Commands;

/// <summary>A study of recipes that train from slides.</summary>
[Collection("console")]
public sealed class SlideStudyTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_study_ends_in_a_table_with_intervals_ensembles_included()
    {
        VerbCall.Run(
            0,
            ["slide", "phantoms", "--out", runs.At("slides"), "--mpp", "1", "--side", "1024", "--patients", "8"]
        );
        File.WriteAllText(runs.At("tumor.yaml"), SlideTrainingVerbsTests.Recipe);
        File.WriteAllText(
            runs.At("table.yaml"),
            """
            study: slides
            metric: auc
            split: {folds: 2, validation_share: 0.5}
            models:
              one: {recipe: tumor.yaml}
              two: {recipe: tumor.yaml, with: {seed: 2}}
              both: {recipe: tumor.yaml, ensemble: [one, two]}
            """
        );
        var (code, output, errors) = VerbCall.Run([
            "study",
            runs.At("table.yaml"),
            "--cohort",
            runs.At("slides/cohort.csv"),
            "--out",
            runs.At("table"),
            "--jobs",
            "0",
        ]);
        Assert.True(code == 0, errors);
        Assert.Matches(
            @"\| model +\| slide auc +\| froc +\| froc of random places +\| sensitivity at 8 +\| slides \|",
            output
        );
        Assert.Matches(@"\| both +\| \d\.\d{3} \(\d\.\d{3} – \d\.\d{3}\)", output);
        Assert.Matches(@"\| both +\| recipe +\| 2/2 ", output);
        Assert.Matches(@"\| color of patches +\| recipe +\| 2/2 ", output);
    }
}
