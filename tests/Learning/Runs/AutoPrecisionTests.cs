using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>What precision: auto chooses, where it keeps it, and that timing leaves a training as it is.</summary>
[NoTensorLeaks]
public sealed class AutoPrecisionTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    private const string One =
        "training: {epochs: 1, batch: 5, rate: 2e-3, schedule: constant, patience: 0, precision: ";

    /// <summary>Dropout draws, batch normalization counts, the order of images is drawn: all of it is compared.</summary>
    [Theory]
    [InlineData(0, "bfloat16")]
    [InlineData(1e9, "float32")]
    public void A_run_that_chose_equals_one_that_was_told_to_the_last_bit(double leastGain, string expected)
    {
        var asked = Asked();
        var folder = NewFolder();
        var auto = new AutoPrecision(folder, "a", begun: false) { HasBfloat16 = _ => true, LeastGain = leastGain };
        using var scope = new TensorScope();
        TorchRuntime.Seed(7);
        var before = Tensor.Rand([4]).ToArray<float>();
        TorchRuntime.Seed(7);
        var choice = auto.Choose(Stages(asked), Device.Cpu, 1, default);
        Assert.Equal(before, Tensor.Rand([4]).ToArray<float>());
        Assert.Equal((expected, PrecisionTrial.Pairs, null), (choice.Chosen, choice.Pairs, choice.Untimed));
        Assert.True(choice is { Float32Seconds: > 0, Bfloat16Seconds: > 0 });

        var chosen = new SmallRun(small.Cohort, folder, asked.With(choice.Precision));
        var told = new SmallRun(small.Cohort, NewFolder(), One + expected + "}");
        Assert.Equal(
            chosen.Train()[0].Rows,
            told.Train()[0].Rows,
            (a, b) => a.Probabilities.SequenceEqual(b.Probabilities)
        );
        Assert.Equal(told.Losses, chosen.Losses);
        Assert.Equal(File.ReadAllBytes(told.Run.Best), File.ReadAllBytes(chosen.Run.Best));
    }

    [Fact]
    public void A_processor_without_bfloat16_is_never_timed_and_never_chooses_it()
    {
        var auto = new AutoPrecision(NewFolder(), "a", begun: false) { HasBfloat16 = _ => false, LeastGain = 0 };
        var choice = auto.Choose(Stages(Asked()), Device.Cpu, 1, default);
        Assert.Equal(("float32", 0, null), (choice.Chosen, choice.Pairs, choice.Gain));
        Assert.Equal("float32: this processor has no bfloat16 instructions", choice.Words);
    }

    [Theory]
    [InlineData(1.0, "float32")]
    [InlineData(1.2, "float32")]
    [InlineData(1.3, "bfloat16")]
    [InlineData(0.1, "float32")]
    public void Only_what_gains_enough_in_the_median_of_the_pairs_is_taken(double gain, string expected)
    {
        // A neighbor on the machine makes one pair say anything.
        double[] slow = [gain, gain * 9, gain, gain / 9, gain],
            fast = [1, 1, 1, 1, 1];
        var choice = PrecisionChoice.Of(new PrecisionTimes(slow, fast), PrecisionChoice.StandardLeastGain, "here", "a");
        Assert.Equal((expected, gain), (choice.Chosen, choice.Gain!.Value));
        Assert.Contains($"{gain:0.00} times as fast, and 1.25 are asked for", choice.Words);
    }

    [Fact]
    public void What_a_folder_keeps_is_chosen_again_for_the_same_and_for_whatever_goes_on_there()
    {
        var folder = NewFolder();
        PrecisionChoice Choose(string madeOf, bool begun) =>
            new AutoPrecision(folder, madeOf, begun) { HasBfloat16 = _ => false }.Choose([], Device.Cpu, 1, default);
        (Choose("a", false) with { Chosen = "bfloat16" }).Keep(folder);
        Assert.Equal("bfloat16", Choose("a", false).Chosen);
        Assert.Equal("bfloat16", Choose("b", true).Chosen);
        Assert.Equal("float32", Choose("b", false).Chosen); // another recipe in a folder where nothing is trained yet
        Assert.Equal(PrecisionChoice.FileName, Path.GetFileName(Assert.Single(Directory.GetFiles(folder))));

        File.WriteAllText(Path.Combine(folder, PrecisionChoice.FileName), "{");
        Assert.Contains("is damaged in line 1", Assert.Throws<InvalidDataException>(() => Choose("a", true)).Message);
        File.WriteAllText(
            Path.Combine(folder, PrecisionChoice.FileName),
            """{"chosen": "float64", "least_gain_asked": 1, "computed_on": "", "made_of": "a"}"""
        );
        Assert.Contains(
            "chosen is 'float64'; expected is float32 or bfloat16",
            Assert.Throws<InvalidDataException>(() => Choose("a", true)).Message
        );
    }

    [Fact]
    public void Stages_that_do_not_ask_are_not_timed_and_keep_what_they_say()
    {
        const string text = """
            method: self-supervised
            input: {width: 32, height: 32}
            network: {width: 4, depth: 2}
            pretraining: {precision: bfloat16}
            training: {precision: auto}
            """;
        var asked = AutoText.Of(text, "unet.yaml", Known.Methods);
        var recipe = Known.Methods.Parse(asked.With(Precision.Float32), "unet.yaml");
        Assert.Equal("training", Assert.Single(asked.Timed(recipe)).Section);
        Assert.Equal([Precision.Bfloat16, Precision.Float32], recipe.Stages.Select(s => s.Recipe.Training.Precision));
        Assert.False(AutoText.Of(text.Replace("auto", "float32"), "unet.yaml", Known.Methods).Asks);
    }

    [Theory]
    [InlineData("bags", "networks over bags are small and computed in float32; expected is float32")]
    [InlineData("classical", "unknown key 'training'")]
    public void A_method_that_cannot_says_why(string method, string why)
    {
        var error = Assert.Throws<RecipeException>(() =>
            AutoText.Of($"method: {method}\ntraining: {{precision: auto}}\n", "other.yaml", Known.Methods)
        );
        Assert.Contains(why, error.Message);
    }

    [Fact]
    public void Nothing_computes_before_something_has_chosen()
    {
        var run = new SmallRun(small.Cohort, NewFolder(), One + "auto}");
        var error = Assert.Throws<InvalidOperationException>(() => run.Train());
        Assert.Contains("precision is auto, and only 'coverslip train' and 'study' choose", error.Message);
    }

    private AutoText Asked() =>
        AutoText.Of(new SmallRun(small.Cohort, "", One + "auto}").RecipeText, "small.yaml", Known.Methods);

    private static (INetworkRecipe, int)[] Stages(AutoText asked) =>
        [
            .. asked
                .Timed(Known.Methods.Parse(asked.With(Precision.Float32), "small.yaml"))
                .Select(stage => (stage.Recipe, 2)),
        ];

    private string NewFolder() => Path.Combine(small.Folder, Guid.NewGuid().ToString("N"));
}
