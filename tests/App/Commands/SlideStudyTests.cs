namespace Coverslip.App.Tests.Commands;

/// <summary>A study of recipes that train from slides.</summary>
[Collection("console")]
public sealed class SlideStudyTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    private string[] Study =>
        [
            "study",
            runs.At("table.yaml"),
            "--cohort",
            runs.At("slides/cohort.csv"),
            "--out",
            runs.At("table"),
            "--jobs",
            "0",
        ];

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_study_ends_in_a_table_with_intervals_ensembles_included()
    {
        VerbCall.Run(
            0,
            ["slide", "phantoms", "--out", runs.At("slides"), "--mpp", "1", "--side", "1024", "--patients", "8"]
        );
        VerbCall.Run(
            0,
            [
                "slide",
                "phantoms",
                "--out",
                runs.At("other"),
                "--mpp",
                "1",
                "--side",
                "1024",
                "--patients",
                "2",
                "--seed",
                "9",
                "--drift",
                "2",
            ]
        );
        File.WriteAllText(runs.At("tumor.yaml"), SlideTrainingVerbsTests.Recipe);
        File.WriteAllText(
            runs.At("table.yaml"),
            """
            study: slides
            metric: auc
            also: [heatmap-roughness]
            external: other/cohort.csv
            split: {folds: 2, validation_share: 0.5}
            models:
              one: {recipe: tumor.yaml}
              two: {recipe: tumor.yaml, with: {seed: 2}}
              both: {recipe: tumor.yaml, ensemble: [one, two]}
            """
        );
        var (code, output, errors) = VerbCall.Run(Study);
        Assert.True(code == 0, errors);
        Assert.Matches(
            @"\| model +\| slide auc +\| froc +\| froc of random places +\| sensitivity at 8 +\| heatmap roughness +\| slides \|",
            output
        );
        Assert.Matches(@"\| both +\| \d\.\d{3} \(\d\.\d{3} – \d\.\d{3}\)", output);
        Assert.Matches(@"\| both +\| recipe +\| 2/2 ", output);
        // An ensemble has no validation figure of its own.
        Assert.Matches(
            @"chosen by the mean validation AUC of the best epoch \(one, recipe .*not chosen among: both",
            output
        );
        Assert.Contains("(2 slides, 2 patients", output);
        var page = File.ReadAllText(runs.At("table/study.html"));
        Assert.Contains("Heatmaps side by side", page);
        Assert.Contains("color of patches: heatmap of", page);
        Assert.Matches(@"\| color of patches +\| recipe +\| 2/2 ", output);

        // Heatmaps are drawn from their values: pictures of them may be in the colors of an earlier version.
        foreach (var picture in Directory.GetFiles(runs.At("table"), "*-overlay.png", SearchOption.AllDirectories))
            File.Delete(picture);

        // Eight slides are too few to mislabel any; what the note says of some is read off the run.
        File.WriteAllText(
            runs.At("table/runs/two-recipe/mislabeled.csv"),
            "image,patient,label,taught\nslides/P01-1.tif,P01,tumor,normal\n"
        );
        var note = VerbCall.Run(0, [.. Study, "--table"]).Output;
        Assert.Matches(
            @"two, recipe: 1 \(P01-1\), of which the list of contradicted labels, \d of 8 long, has [01]",
            note
        );
        Assert.Contains("External validation", note); // as it was predicted
        Assert.Contains("color of patches: heatmap of", File.ReadAllText(runs.At("table/study.html")));
    }
}
