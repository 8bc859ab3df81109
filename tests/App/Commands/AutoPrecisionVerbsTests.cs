using Coverslip.Learning.Runs;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verbs train and study with precision: auto.</summary>
[Collection("console")]
public sealed class AutoPrecisionVerbsTests : IDisposable
{
    private const string Recipe = """
        method: saganet
        input: {form: raw, height: 48, width: 48}
        network: {stem_filters: 8, growth: 4, positions: shared, dropout: 0.2}
        training: {epochs: 1, batch: 6, rate: 2e-3, schedule: constant, patience: 0, precision: auto}
        split: {folds: 4, validation_share: 0.34}
        """;

    private readonly PhantomRuns runs = new();

    public AutoPrecisionVerbsTests() => File.WriteAllText(runs.RecipeFile, Recipe);

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_run_keeps_what_it_chose_and_is_the_run_that_was_told_so()
    {
        var (code, _, errors) = VerbCall.Run(Train("auto", runs.RecipeFile));
        Assert.True(code == 0, errors);
        var (folder, choice) = (runs.At("auto"), PrecisionChoice.Kept(runs.At("auto"))!);
        Assert.Contains($"precision {choice.Words}; {Path.Combine(folder, "precision.json")} keeps the choice", errors);
        Assert.Contains($"precision: {choice.Chosen}", File.ReadAllText(Path.Combine(folder, "recipe.yaml")));
        Assert.Equal(choice, RunDescription.Read(Path.Combine(folder, "part-1", "run.json")).Precision);
        Assert.Contains(choice.Words, File.ReadAllText(Path.Combine(folder, "report.html")));

        var told = runs.At("told.yaml");
        File.WriteAllText(told, Recipe.Replace("auto", choice.Chosen));
        Assert.Equal(0, VerbCall.Run(Train("told", told)).Code);
        Assert.Null(RunDescription.Read(Path.Combine(runs.At("told"), "part-1", "run.json")).Precision);
        string Of(string run) => Path.Combine(runs.At(run), "part-1", "best.safetensors");
        Assert.Equal(File.ReadAllBytes(Of("told")), File.ReadAllBytes(Of("auto")));

        // Without the record nobody knows what auto came to; the run's own recipe does.
        Assert.Equal(0, VerbCall.Run([.. Train("auto", runs.RecipeFile), "--resume"]).Code);
        File.Delete(Path.Combine(folder, "precision.json"));
        Assert.Contains(
            $"keeps no precision.json, which says what precision: auto came to when it was begun; resume with its own recipe, {folder}/recipe.yaml",
            PhantomRuns.Call(1, [.. Train("auto", runs.RecipeFile), "--resume"])
        );
        Assert.Equal(0, VerbCall.Run([.. Train("auto", Path.Combine(folder, "recipe.yaml")), "--resume"]).Code);
    }

    [Fact]
    public void Reproducible_says_what_auto_does_not_repeat()
    {
        var (code, _, errors) = VerbCall.Run([.. Train("run", runs.RecipeFile), "--reproducible"]);
        Assert.True(code == 0, errors);
        Assert.Contains("goes by time, which --reproducible does not repeat", errors);
    }

    [Fact]
    public void A_study_has_one_precision_for_all_models_that_say_auto()
    {
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: two networks
            metric: auc
            against: gated
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            inputs: [raw]
            models:
              gated: {recipe: small.yaml}
              plain: {recipe: small.yaml, with: {network: {gated: false}}}
              told: {recipe: small.yaml, with: {training: {precision: float32}}}
            """
        );
        string[] call = ["study", runs.At("study.yaml"), "--cohort", runs.CohortFile, "--out", runs.At("study")];
        var (code, _, errors) = VerbCall.Run([.. call, "--jobs", "0"]);
        Assert.True(code == 0, errors);
        var choice = PrecisionChoice.Kept(runs.At("study"))!;
        Assert.Contains($"precision {choice.Words}, of all models that say auto together", errors);
        foreach (var model in (string[])["gated-raw", "plain-raw"])
            Assert.Contains($"precision: {choice.Chosen}", File.ReadAllText(runs.At($"study/recipes/{model}.yaml")));
        Assert.Contains("precision: float32", File.ReadAllText(runs.At("study/recipes/told-raw.yaml")));
        Assert.Contains(
            $"Precision of models that say auto: {choice.Words}.",
            File.ReadAllText(runs.At("study/table.md"))
        );

        File.Delete(runs.At("study/precision.json"));
        (code, _, errors) = VerbCall.Run([.. call, "--jobs", "0"]);
        Assert.Equal(1, code);
        Assert.Contains("keeps no precision.json, which says what precision: auto came to", errors);
    }

    private string[] Train(string run, string recipe) =>
        ["train", recipe, "--cohort", runs.CohortFile, "--out", runs.At(run), "--part", "1"];
}
