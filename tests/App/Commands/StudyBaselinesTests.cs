using Coverslip.App.Studies;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Studies;
using Coverslip.Methods;

namespace Coverslip.App.Tests.Commands;

/// <summary>Trivial models are rows of a study that does not name them.</summary>
[Collection("console")]
public sealed class StudyBaselinesTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void They_are_trained_on_the_same_split_and_found_again_by_the_next_call()
    {
        var study = Study("study: what it is worth\nsplit: {folds: 2, validation_share: 0.34}");
        string[] call = ["study", study, "--cohort", runs.CohortFile, "--out", runs.At("out"), "--jobs", "0"];
        var (code, output, errors) = VerbCall.Run([.. call, "--set", "training.epochs=1"]);
        Assert.True(code == 0, errors);
        // The majority of training is the minority of testing, or as large: chance, and the same for all.
        Assert.Matches(@"\| majority class +\| raw +\| 2/2 .*\| 2/2 +\| 8 ", output);
        foreach (var name in (string[])["brightness", "color histogram", "frozen features"])
            Assert.Matches($@"\| {name} +\| raw +\| 2/2 +\| [01]\.\d{{3}} ± \d\.\d{{3}} ", output);
        Assert.Matches(
            @"(Not recommended, no better than|Every model is better than) the best trivial baseline",
            output
        );
        Assert.Contains("Trivial baselines: majority class, brightness, color histogram, frozen features", output);
        var lines = File.ReadAllLines(runs.At("out/table.csv"));
        Assert.Equal(["no", "yes", "yes", "yes", "yes"], lines.Skip(1).Select(l => l.Split(',')[3]));
        Assert.Contains("training_accuracy,constant_parts,patients,epochs,processor_seconds", lines[0]);

        // What the cohort decides for them is part of what they are made of.
        (code, _, errors) = VerbCall.Run([.. call, "--set", "training.epochs=1"]);
        Assert.True(code == 0, errors);
        Assert.Contains("10 of 10 are done already", errors);
    }

    [Fact]
    public void One_whose_network_is_not_here_is_left_out_and_named()
    {
        var study = StudyRecipe.Load(Study("study: s"), Known.Methods);
        var lacking = Known.Methods.Parse("method: probe\nfeatures: {encoder: uni=none/uni.pth}", "lacking");
        study = study with { Runs = [.. study.Runs, study.Runs[^1] with { Model = "lacking", Recipe = lacking }] };
        var told = new List<string>();
        Assert.DoesNotContain(MissingBaselines.LeaveOut(study, told.Add).Runs, r => r.Model == "lacking");
        Assert.Contains(told, t => t.StartsWith("baseline left out: lacking needs the weights of none/uni.pth"));
    }

    [Fact]
    public void One_that_the_cohorts_rows_cannot_be_told_by_is_left_out_with_the_reason()
    {
        File.WriteAllText(runs.At("bags.yaml"), "method: bags\nbags: {kind: mean}\n");
        File.WriteAllText(runs.At("of-bags.yaml"), "study: bags\nmodels: {mean: {recipe: bags.yaml}}\n");
        var study = StudyRecipe.Load(runs.At("of-bags.yaml"), Known.Methods);
        Assert.Equal(["mean", "majority class of bags", "mean color of bags"], study.Runs.Select(r => r.Model));
        foreach (var name in (string[])["a.h5", "b.h5"])
            File.WriteAllText(runs.At(name), name);
        File.WriteAllText(runs.At("features.csv"), "image,label,patient\na.h5,x,P1\nb.h5,y,P2\n");
        var told = new List<string>();
        var left = MissingBaselines.LeaveOut(study, Cohort.Load(runs.At("features.csv")), told.Add);
        Assert.Equal(["mean", "majority class of bags"], left.Runs.Select(r => r.Model));
        Assert.StartsWith(
            "baseline left out: mean color of bags: features.kind is mean-color, and files of features hold no pixels",
            Assert.Single(told)
        );
    }

    private string Study(string text)
    {
        var file = runs.At("study.yaml");
        File.WriteAllText(file, text + "\nmodels: {gated: {recipe: small.yaml}}\n");
        return file;
    }
}
