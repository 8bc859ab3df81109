using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;
using Coverslip.Methods;
using Coverslip.Methods.SagaNet;

namespace Coverslip.Learning.Tests.Studies;

public sealed class StudyRecipeTests : IDisposable
{
    private const string Models =
        "models: {A: {recipe: base.yaml}, B: {recipe: base.yaml, with: {training: {rate: 2e-3}, network: {gated: false}}}}\n";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public StudyRecipeTests() =>
        File.WriteAllText(
            Path.Combine(folder, "base.yaml"),
            """
            method: saganet
            input: {form: masked, height: 64, width: 64}
            training: {epochs: 5, rate: 1e-4, batch: 2}
            """
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_ensemble_names_models_above_it_whose_folders_are_known_when_the_study_runs()
    {
        File.WriteAllText(Path.Combine(folder, "slides.yaml"), "method: tumor-detection");
        const string models =
            "models: {A: {recipe: slides.yaml}, B: {recipe: slides.yaml, with: {seed: 2}}, AB: {recipe: slides.yaml, ensemble: [A, B]}}\n";
        var study = Load("study: s\n" + models);
        var run = study.Runs[2];
        Assert.Equal(["A", "B"], run.Members);
        Assert.Empty(((Methods.TumorDetection.TumorDetectionRecipe)run.Recipe).Ensemble);
        var recipe = (Methods.TumorDetection.TumorDetectionRecipe)
            Known.Methods.Parse(run.With(null, ["runs/a", "runs/b"]), "r");
        Assert.Equal(["runs/a", "runs/b"], recipe.Ensemble);
        Assert.Equal(2, study.Runs[1].Recipe.Seed);
        var error = Assert.Throws<RecipeException>(() =>
            Load("study: s\n" + models.Replace("[A, B]", "[A, AB]", StringComparison.Ordinal))
        );
        Assert.Contains("ensemble is 'AB'; expected are A, B", error.Message);
    }

    [Fact]
    public void A_model_may_have_an_opponent_of_its_own_and_be_a_point_of_a_curve()
    {
        const string models =
            "models: {A: {recipe: base.yaml, line: l, at: 4}, B: {recipe: base.yaml, line: l, at: 8, against: A}}\n";
        var study = Load("study: s\ncurve: size\nagainst: none\n" + models);
        Assert.Equal([null, "A"], study.Runs.Select(study.AgainstOf));
        Assert.Equal([4.0, 8], study.Runs.Select(r => r.Point!.Value.At));
        Assert.Equal("B against A", study.AgainstWords);
        Refused("study: s\ncurve: size\n" + models.Replace("against: A", "against: AA"), "the nearest model is 'A'");
        Refused("study: s\n" + models, "give both or neither");
        Refused(
            "study: s\ncurve: size\n" + models.Replace("at: 8, ", ""),
            "a point of a curve has both 'line' and 'at'"
        );
        Refused("study: s\ncurve: size\n" + Models, "give both or neither");

        void Refused(string text, string expected) =>
            Assert.Contains(expected, Assert.Throws<RecipeException>(() => Load(text)).Message);
    }

    [Fact]
    public void A_run_is_the_recipe_under_what_is_common_under_the_models_own_under_the_input()
    {
        var study = Load(
            "study: s\nmetric: auc\nagainst: B\ninputs: [raw, masked]\ncommon: {training: {rate: 3e-3, epochs: 7}}\n"
                + Models
        );
        Assert.Equal(["a-raw", "a-masked", "b-raw", "b-masked"], study.Runs.Select(r => r.Name));
        Assert.Equal((StudyFigure.Of(Metric.Auc), "B", "s"), (study.Figure, study.Against, study.Title));
        var last = Assert.IsType<SagaNetRecipe>(study.Runs[2].Recipe);
        Assert.Equal((InputForm.Raw, 64, false), (last.Input.Form, last.Input.Height, last.Network.Gated));
        Assert.Equal((7, 2e-3, 2), (last.Training.Epochs, last.Training.Rate, last.Training.Batch));
        Assert.Equal(3e-3, ((INetworkRecipe)study.Runs[0].Recipe).Training.Rate);
        Assert.Contains("weights: /x/w.pth", study.Runs[3].With("/x/w.pth"));
        Assert.Equal(study.Runs[3].Text, study.Runs[3].With(null));
    }

    [Fact]
    public void A_model_may_be_trained_for_the_time_of_one_above_it()
    {
        File.WriteAllText(
            Path.Combine(folder, "chests.yaml"),
            "method: curriculum\nfindings: [a, b]\nnetwork: {name: mobilenet-v2}\n"
        );
        File.WriteAllText(Path.Combine(folder, "slides.yaml"), "method: tumor-detection");
        const string timed = "  B: {recipe: chests.yaml, same_time_as: A, with: {patches: {epochs: 0}}}\n";
        var study = Load("study: s\nbaselines: false\nmodels:\n  A: {recipe: chests.yaml}\n" + timed);
        Assert.Equal(["A"], study.Runs[1].After);
        Assert.Contains("same_time_as: /x/a", study.Runs[1].With(null, ["/x/a"]));
        Refused("study: s\nmodels:\n" + timed, "models above it are no entry");
        Refused("study: s\nrates: [1e-3]\nmodels:\n  A: {recipe: chests.yaml}\n" + timed, "the time of A");
        Refused(
            "study: s\nmodels:\n  A: {recipe: chests.yaml}\n  B: {recipe: slides.yaml, same_time_as: A}\n",
            "same_time_as"
        );

        void Refused(string text, string expected) =>
            Assert.Contains(expected, Assert.Throws<RecipeException>(() => Load(text)).Message);
    }

    [Fact]
    public void Settings_lie_over_everything_and_pretraining_is_not_touched_by_what_is_common()
    {
        File.WriteAllText(
            Path.Combine(folder, "net.yaml"),
            "method: backbone\ninput: {form: raw}\nnetwork: {name: mobilenet-v2}\ntraining: {epochs: 9}\n"
        );
        var study = Load(
            """
            study: s
            sample: 40
            by: magnification
            common: {training: {epochs: 3}}
            pretraining: {First: {recipe: net.yaml, with: {training: {rate: 1e-3}}}}
            models:
              A: {recipe: net.yaml, pretrained: First, with: {network: {trainable: last-four}}}
            """,
            ["input.width=96", "training.batch=2"]
        );
        var (before, run) = (Assert.Single(study.Pretrainings), Assert.Single(study.Runs));
        Assert.Equal((9, 1e-3, 2, 96), Figures(before.Recipe));
        Assert.Equal((3, 5e-6, 2, 96), Figures(run.Recipe));
        Assert.Equal(("First", 40, "magnification"), (run.Pretraining, study.Sample, study.By));
        Assert.Contains("weights: /x/first", run.With("/x/first"));
        static (int, double, int, int) Figures(IRecipe recipe) =>
            recipe is INetworkRecipe { Training: var training }
                ? (training.Epochs, training.Rate, training.Batch, recipe.Input.Width)
                : default;
    }

    [Fact]
    public void Image_wise_runs_follow_under_names_of_their_own()
    {
        var study = Load("study: s\nimage_wise: true\n" + Models);
        Assert.Equal(["a-recipe", "b-recipe"], study.Runs.Select(r => r.Name));
        Assert.Equal(
            [("a-recipe", false), ("b-recipe", false), ("a-recipe-image-wise", true), ("b-recipe-image-wise", true)],
            study.AllRuns.Select(r => (r.Name, r.ImageWise))
        );
        Assert.Equal(2, Load("study: s\n" + Models).AllRuns.Count);
    }

    [Theory]
    [InlineData("against: C\n" + Models, "against is 'C'; the nearest model is 'A'")]
    [InlineData("inputs: [gray]\n" + Models, "inputs is 'gray'; expected are recipe, raw, masked, mask-channel")]
    [InlineData("model: 1\n" + Models, "unknown key 'model'; the nearest known one is 'models'")]
    [InlineData("models: {A: {recipe: none.yaml}}\n", "models.A.recipe is 'none.yaml'; there is no file")]
    [InlineData(
        "models: {A: {recipe: base.yaml, whith: {}}}\n",
        "unknown key 'models.A.whith'; the nearest known one is 'models.A.with'"
    )]
    [InlineData(
        "models: {A: {recipe: base.yaml, with: {network: {growht: 3}}}}\n",
        "A, recipe: unknown key 'network.growht'; the nearest known one is 'network.growth'"
    )]
    [InlineData(
        "models: {A b: {recipe: base.yaml}, A-b: {recipe: base.yaml}}\n",
        "two models would share the folder 'a-b-recipe'"
    )]
    [InlineData(
        "models: {A: {recipe: base.yaml, pretrained: X}}\n",
        "models.A.pretrained is 'X'; 'pretraining' has no entry"
    )]
    [InlineData("metric: speed\n" + Models, "metric is 'speed'; expected is one of accuracy")]
    public void What_cannot_be_run_is_refused_with_the_key(string text, string message) =>
        Assert.Contains(message, Assert.Throws<RecipeException>(() => Load("study: s\n" + text)).Message);

    [Fact]
    public void Models_of_classes_stand_above_trivial_ones_that_no_recipe_names()
    {
        var study = Load("study: s\nbaselines: true\ninputs: [masked]\n" + Models, ["training.epochs=3"]);
        Assert.Equal(
            ["A", "B", "majority class", "brightness", "color histogram", "frozen features"],
            study.Runs.Select(r => r.Model)
        );
        Assert.Equal([false, false, true, true, true, true], study.Runs.Select(r => r.IsBaseline));
        Assert.All(study.Runs.Skip(2), r => Assert.Equal("raw", r.Input));
        Assert.Equal("against A", study.AgainstWords);
        Assert.Equal(["resnet-18"], study.Runs[^1].Recipe.Needs);
        Assert.DoesNotContain(Load("study: s\nbaselines: false\n" + Models).Runs, r => r.IsBaseline);
    }

    [Fact]
    public void Every_network_is_trained_at_every_rate_that_the_study_tries()
    {
        File.WriteAllText(Path.Combine(folder, "probe.yaml"), "method: probe");
        const string models = "models: {A: {recipe: base.yaml}, P: {recipe: probe.yaml, inputs: [raw]}}\n";
        var study = Load("study: s\nimage_wise: true\nrates: [3e-4, 1e-3]\ninputs: [raw]\n" + models);
        Assert.Equal(["A", "P"], study.Runs.Select(r => r.Model));
        Assert.Equal(
            [
                "a-raw-rate-0-0003",
                "a-raw-rate-0-001",
                "p-raw",
                "a-raw-image-wise-rate-0-0003",
                "a-raw-image-wise-rate-0-001",
                "p-raw-image-wise",
            ],
            study.AllRuns.Select(r => r.Name)
        );
        Assert.Equal([3e-4, 1e-3], study.AllRuns.Take(2).Select(r => ((INetworkRecipe)r.Recipe).Training.Rate));
        File.WriteAllText(Path.Combine(folder, "slides.yaml"), "method: tumor-detection");
        var error = Assert.Throws<RecipeException>(() =>
            Load(
                "study: s\nrates: [1e-3]\nmodels: {A: {recipe: slides.yaml}, AA: {recipe: slides.yaml, ensemble: [A]}}\n"
            )
        );
        Assert.Contains("AA is an ensemble, and 'rates' has 1 trainings of each of its members", error.Message);
    }

    [Fact]
    public void Figures_of_a_method_may_be_compared_where_a_model_has_them()
    {
        File.WriteAllText(Path.Combine(folder, "stages.yaml"), "method: multi-stage\nstages: {folds: 5}\n");
        const string models = "models: {A: {recipe: stages.yaml}}\n";
        var study = Load("study: s\nmetric: patch-pr-auc\nalso: [kappa, auc]\nsplit: {seeds: 3}\n" + models);
        Assert.Equal(["patch_pr_auc", "kappa", "auc"], study.Further.Prepend(study.Figure).Select(f => f.Key));
        Assert.Equal(3, study.Split.Seeds);
        var error = Assert.Throws<RecipeException>(() => Load("study: s\nmetric: froc\n" + models));
        Assert.Contains("metric is 'froc'; expected is one of accuracy", error.Message);
    }

    private StudyRecipe Load(string text, IReadOnlyList<string>? settings = null)
    {
        var path = Path.Combine(folder, "study.yaml");
        File.WriteAllText(path, text.Contains("baselines") ? text : text + "\nbaselines: false\n");
        return StudyRecipe.Load(path, Known.Methods, settings);
    }
}
