using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;
using Coverslip.Learning.Tests;
using Coverslip.Methods.SagaNet;
using Coverslip.Slides.Stain;
using Coverslip.Tests;

namespace Coverslip.Methods.Tests;

/// <summary>What a recipe may say, and what it is told when it may not.</summary>
public sealed class RecipesTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "recipes");

    public static TheoryData<string> Files => [.. Named("method:")];

    public static TheoryData<string> StudyFiles => [.. Named("study:")];

    [Theory, MemberData(nameof(Files))]
    public void Every_recipe_of_the_repository_is_read_and_its_model_can_be_built(string file)
    {
        var recipe = Known.Methods.Load(Path.Combine(Folder, file));
        using var model = recipe.Untrained(2, Torch.Device.Cpu);
        Assert.Equal(recipe is INetworkRecipe, model.Parameters > 1000);
    }

    [Theory, MemberData(nameof(StudyFiles))]
    public void Every_study_of_the_repository_is_read_with_all_its_recipes(string file) =>
        Assert.True(StudyRecipe.Load(Path.Combine(Folder, file), Known.Methods).Runs.Count > 1);

    [Fact]
    public void Every_file_of_the_folder_is_one_or_the_other() =>
        Assert.Equal(
            Directory.GetFiles(Folder, "*.yaml").Length,
            Files.Count + StudyFiles.Count + Named("start:").Count()
        );

    [Fact]
    public void Start_picks_recipes_that_there_are() =>
        Assert.All(
            StartChoice
                .Explain(File.ReadAllText(Path.Combine(Folder, "start.yaml")), "start.yaml")
                .Select(key => $"{key.Value}"),
            name => Assert.Contains($"{name}.yaml", Files.Select(f => f.Data))
        );

    [Fact]
    public void What_a_recipe_leaves_out_is_as_published()
    {
        var recipe = Assert.IsType<SagaNetRecipe>(Known.Methods.Parse("method: saganet", "r.yaml"));
        var training = recipe.Training;
        Assert.Equal(
            (300, 4, 5e-6, 0.7, 20),
            (training.Epochs, training.Batch, training.Rate, training.Factor, training.Patience)
        );
        Assert.Equal(
            (OptimizerKind.Adam, RateSchedule.Exponential, BestBy.Loss),
            (training.Optimizer, training.Schedule, training.BestBy)
        );
        Assert.Equal((0.9, 0.1, 0.5), (recipe.Hinge.Upper, recipe.Hinge.Lower, recipe.Hinge.AbsentWeight));
        Assert.Equal((768, 768, InputForm.Masked), (recipe.Input.Height, recipe.Input.Width, recipe.Input.Form));
        Assert.Equal((64, 32), (recipe.Network.StemFilters, recipe.Network.Growth));
        Assert.Equal([1, 1, 2, 2], recipe.Network.Blocks);
        Assert.True(recipe.Augmentation.Orientations);
        Assert.False(recipe.Reconstruction.Sum);
    }

    [Theory]
    [InlineData("input: {form: raw}", true, true, nameof(ClassLoss.Hinge), InputForm.Raw)]
    [InlineData("network: {gated: false}", false, true, nameof(ClassLoss.Hinge), InputForm.Masked)]
    [InlineData("loss: {reconstruct: false}", true, false, nameof(ClassLoss.Hinge), InputForm.Masked)]
    [InlineData("loss: {class: cross-entropy}", true, true, nameof(ClassLoss.CrossEntropy), InputForm.Masked)]
    [InlineData(
        "input: {form: raw}\nnetwork: {gated: false}\nloss: {reconstruct: false, class: cross-entropy}",
        false,
        false,
        nameof(ClassLoss.CrossEntropy),
        InputForm.Raw
    )]
    public void The_ablations_and_the_baseline_are_options(
        string text,
        bool gated,
        bool reconstruct,
        string loss,
        InputForm form
    )
    {
        var recipe = (SagaNetRecipe)Known.Methods.Parse($"method: saganet\n{text}", "r.yaml");
        Assert.Equal(
            (gated, reconstruct, loss, form),
            (recipe.Network.Gated, recipe.Network.Reconstruct, $"{recipe.Network.ClassLoss}", recipe.Input.Form)
        );
    }

    [Fact]
    public void Values_reach_their_options()
    {
        var recipe = (SagaNetRecipe)
            Known.Methods.Parse(
                """
                method: saganet
                seed: 7
                input: {form: mask-channel, height: 64, width: 96, masks: column, fill: true, empty_mask: drop}
                network: {blocks: [2, 3], positions: shared, recompute: on, dropout: 0.5}
                loss: {upper: 0.8, lower: 0.2, absent_weight: 0.25, reconstruction_weight: 0.1, reconstruction_sum: yes}
                training: {optimizer: adam-w, schedule: one-cycle, precision: bfloat16, class_weights: balanced, best_by: auc, per_step: true}
                augmentation: {orientations: no, shift: 4, hue: 0.02}
                split: {folds: 0, repeats: 3, images: 4-6}
                decision: {positive: tumor, threshold_from_validation: true}
                """,
                "r.yaml"
            );
        Assert.Equal(
            (7, 4, 64, 96),
            (recipe.Seed, recipe.Input.Channels, recipe.Shape(3).Height, recipe.Shape(3).Width)
        );
        Assert.Equal(
            (MaskSource.Column, true, EmptyMask.Drop),
            (recipe.Input.Masks, recipe.Input.Fill, recipe.Input.EmptyMask)
        );
        Assert.Equal([2, 3], recipe.Network.Blocks);
        Assert.Equal(
            (Positions.Shared, true, 0.5),
            (recipe.Network.Positions, recipe.Network.Recompute, recipe.Network.Dropout)
        );
        Assert.Equal(
            new LengthAwareHingeLoss
            {
                Upper = 0.8,
                Lower = 0.2,
                AbsentWeight = 0.25,
            },
            recipe.Hinge
        );
        Assert.Equal(new PartialReconstruction { Weight = 0.1, Sum = true }, recipe.Reconstruction);
        Assert.Equal(
            (OptimizerKind.AdamW, RateSchedule.OneCycle, Precision.Bfloat16),
            (recipe.Training.Optimizer, recipe.Training.Schedule, recipe.Training.Precision)
        );
        Assert.Equal(
            (ClassWeights.Balanced, BestBy.Auc, true),
            (recipe.Training.ClassWeights, recipe.Training.BestBy, recipe.Training.PerStep)
        );
        Assert.Equal(
            (false, 4, 0.02),
            (recipe.Augmentation.Orientations, recipe.Augmentation.Shift, recipe.Augmentation.Hue)
        );
        Assert.Equal((0, 3, "4-6"), (recipe.Split.Folds, recipe.Split.Repeats, recipe.Split.Images));
        Assert.Equal(new DecisionOptions { Positive = "tumor", ThresholdFromValidation = true }, recipe.Decision);
    }

    [Fact]
    public void Stain_and_the_split_of_BreakHis_are_read()
    {
        var standard = Known.Methods.Parse("method: saganet", "r.yaml");
        Assert.Equal(
            (false, RefusedStain.Error, false),
            (standard.Input.Restained, standard.Input.StainRefused, standard.Split.BreakHis)
        );
        var recipe = Known.Methods.Parse(
            """
            method: backbone
            input: {stain: a/b.png, stain_method: reinhard, stain_refused: keep}
            network: {name: resnet-50}
            split: {breakhis: true}
            """,
            "r.yaml"
        );
        Assert.Equal(
            (true, "a/b.png", StainMethod.Reinhard, RefusedStain.Keep),
            (recipe.Input.Restained, recipe.Input.Stain, recipe.Input.StainMethod, recipe.Input.StainRefused)
        );
        using var small = new SmallCohort();
        var split = recipe.Split.Draw(small.Cohort, 3);
        Assert.Equal((SplitKind.BreakHis, 5), (split.Kind, split.Parts.Count));
    }

    [Theory]
    [InlineData("trainin: {epochs: 3}", "r.yaml, line 2: unknown key 'trainin'; the nearest known one is 'training'")]
    [InlineData(
        "training: {epoch: 3}",
        "r.yaml, line 2: unknown key 'training.epoch'; the nearest known one is 'training.epochs'"
    )]
    [InlineData(
        "loss: {reconstuct: false}",
        "r.yaml, line 2: unknown key 'loss.reconstuct'; the nearest known one is 'loss.reconstruct'"
    )]
    [InlineData(
        "training: {epochs: many}",
        "r.yaml, line 2: training.epochs is 'many'; expected is a whole number from 1 to 1000000"
    )]
    [InlineData(
        "training: {batch: 0}",
        "r.yaml, line 2: training.batch is '0'; expected is a whole number from 1 to 65536"
    )]
    [InlineData("training: {rate: nan}", "r.yaml, line 2: training.rate is 'nan'; expected is a number from 0 to 100")]
    [InlineData("training: {rate: -1}", "r.yaml, line 2: training.rate is '-1'; expected is a number from 0 to 100")]
    [InlineData(
        "input: {form: gray}",
        "r.yaml, line 2: input.form is 'gray'; expected is one of masked, raw, mask-channel"
    )]
    [InlineData(
        "loss: {class: CrossEntropy}",
        "r.yaml, line 2: loss.class is 'CrossEntropy'; expected is one of hinge, cross-entropy"
    )]
    [InlineData("network: {gated: maybe}", "r.yaml, line 2: network.gated is 'maybe'; expected is true or false")]
    [InlineData(
        "network: {blocks: 3}",
        "r.yaml, line 2: network.blocks is '3'; expected is a list such as [1, 1, 2, 2]"
    )]
    [InlineData(
        "network: {blocks: [1, 0]}",
        "r.yaml, line 2: network.blocks is '0'; expected are whole numbers from 1 to 64"
    )]
    [InlineData("training: 3", "r.yaml, line 2: training is '3'; expected is a mapping of keys to values")]
    [InlineData("seed: [1]", "r.yaml, line 2: seed is '[ 1 ]'; expected is a single value")]
    [InlineData("[a]: 1", "r.yaml, line 2: a key is one word, not '[ a ]'")]
    public void A_mistake_is_refused_with_its_place_and_the_way_out(string text, string message) =>
        Assert.Equal(
            message,
            Assert.Throws<RecipeException>(() => Known.Methods.Parse($"method: saganet\n{text}", "r.yaml")).Message
        );

    [Theory]
    [InlineData(
        "",
        "r.yaml: the key 'method' is missing; known methods: saganet, backbone, classical, probe, bags, tumor-detection, multi-stage, self-supervised, curriculum"
    )]
    [InlineData(
        "seed: 1",
        "r.yaml: the key 'method' is missing; known methods: saganet, backbone, classical, probe, bags, tumor-detection, multi-stage, self-supervised, curriculum"
    )]
    [InlineData("study: s", "r.yaml is a study; 'coverslip study' runs it")]
    [InlineData("method: saganett", "r.yaml, line 1: method is 'saganett'; the nearest known one is 'saganet'")]
    [InlineData("- a", "r.yaml, line 1: a recipe is a mapping of keys to values")]
    public void Something_that_is_no_recipe_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<RecipeException>(() => Known.Methods.Parse(text, "r.yaml")).Message);

    [Fact]
    public void Broken_yaml_is_told_with_its_line() =>
        Assert.StartsWith(
            "r.yaml, line ",
            Assert.Throws<RecipeException>(() => Known.Methods.Parse("method: saganet\nseed: [1", "r.yaml")).Message
        );

    private static IEnumerable<string> Named(string key) =>
        Directory
            .GetFiles(Folder)
            .Where(f => File.ReadLines(f).Any(l => l.StartsWith(key, StringComparison.Ordinal)))
            .Select(f => Path.GetFileName(f));
}
