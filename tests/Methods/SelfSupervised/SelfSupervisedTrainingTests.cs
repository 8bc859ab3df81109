using System.Text.Json;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Learning.Runs;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.SelfSupervised;

/// <summary>Runs of both stages on phantoms: the same numbers, nobody's windows on both sides, what is left behind.</summary>
[NoTensorLeaks]
public sealed class SelfSupervisedTrainingTests : IDisposable
{
    private readonly SmallMasks small = new();

    public void Dispose() => small.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_numbers_and_another_one_others()
    {
        var recipe = SmallMasks.Recipe();
        var (first, second) = (small.Train(recipe, "first"), small.Train(recipe, "second"));
        var other = small.Train(recipe with { Seed = 2 }, "other", recipe.Split.Draw(small.Cohort, 1));
        Assert.Equal(Weights(first), Weights(second));
        Assert.NotEqual(Weights(first), Weights(other));
        Assert.Equal(Pixels(first), Pixels(second));
        Assert.True(File.Exists(Path.Combine(first, "pretraining", "metrics.csv")));
        // Before any mask was seen: windows, and what is given back of them.
        static byte[] Base(string run, string kind) =>
            File.ReadAllBytes(Path.Combine(run, "pretraining", "examples", $"window-1-{kind}.png"));
        Assert.Equal(Base(first, "reconstruction"), Base(second, "reconstruction"));
        Assert.NotEqual(Base(first, "reconstruction"), Base(other, "reconstruction"));
        Assert.NotEqual(Base(first, "reconstruction"), Base(first, "image"));
        foreach (var key in SegmentationEvaluation.Keys.Append("reconstruction_error"))
            Assert.Contains(RunFigures.Read(first)!.Figures, f => f.Key == key);
        // One row per test image, as many pixels as its file has.
        var tested = SegmentedImage.Read(Path.Combine(first, SegmentedImage.FileName));
        Assert.All(tested, image => Assert.Equal(56 * 56, Total(image)));
        Assert.Equal(5, Directory.GetFiles(Path.Combine(first, "examples"), $"{Name(tested[0].Image)}-*.png").Length);
    }

    [Fact]
    public void No_test_patient_is_reconstructed_in_pre_training_and_every_fold_tests_its_own()
    {
        var recipe = SmallMasks.Recipe();
        var split = recipe.Split.Draw(small.Cohort, 1);
        for (var part = 0; part < 2; part++)
        {
            var folder = small.Train(recipe, "run", split, part);
            using var json = JsonDocument.Parse(
                File.ReadAllBytes(Path.Combine(folder, "pretraining", "pretraining.json"))
            );
            string[] seen = [.. json.RootElement.GetProperty("patients").EnumerateArray().Select(p => p.GetString()!)];
            string[] tested =
            [
                .. SegmentedImage.Read(Path.Combine(folder, "pixels.csv")).Select(i => i.Patient).Distinct(),
            ];
            Assert.Equal(split.Parts[part].Test.Order(), tested.Order());
            Assert.Empty(seen.Intersect(tested));
            // Without validation windows the validation patients teach too.
            Assert.Equal(small.Cohort.PatientImages.Select(p => p.Patient), seen.Concat(tested).Order());
        }
    }

    [Fact]
    public void Runs_share_a_pre_training_that_is_the_same_for_them_and_no_other()
    {
        var store = small.At("store");
        SelfSupervisedRecipe Of(string patches, string pretraining = "") =>
            SmallMasks.Recipe(
                $"pretraining: {{epochs: 1, batch: 4, rate: 2.0e-3{pretraining}}}",
                $"patches: {{stride: 8, center: 16, unlabeled: 12, {patches}, repeats: 2}}"
            );
        string Train(SelfSupervisedRecipe recipe, string name, int part = 0) =>
            small.Train(recipe, name, part: part, shared: new SharedTraining(store));
        var few = Train(Of("labeled: 4"), "few");
        var alone = small.Train(SmallMasks.Recipe(), "alone");
        var more = Train(Of("labeled: 6"), "more");
        Assert.Single(Stages());
        // Shared or not, the run is the same.
        Assert.Equal(Weights(alone), Weights(more));
        Assert.NotEqual(Weights(few), Weights(more));
        Train(Of("labeled: 6", ", optimizer: sgd"), "otherwise");
        Assert.Equal(2, Stages().Length);
        // The other fold has other patients.
        Train(Of("labeled: 6"), "more", part: 1);
        Assert.Equal(3, Stages().Length);

        string[] Stages() => Directory.GetDirectories(store, "pretraining-*");
    }

    [Fact]
    public void Images_without_a_mask_are_reconstructed_only_where_the_recipe_says_so()
    {
        var lines = File.ReadAllLines(small.Cohort.Path);
        string[] without = [lines[0], .. lines[1..].Select((l, i) => i % 2 == 0 ? l : $"{l[..l.LastIndexOf(',')]},")];
        var cohort = small.At("cohort/half.csv");
        File.WriteAllLines(cohort, without);
        var half = Coverslip.Evaluation.Cohorts.Cohort.Load(cohort);
        var recipe = SmallMasks.Recipe(
            "patches: {stride: 8, center: 16, unlabeled: 40, labeled: 20, repeats: 1, without_mask: reconstruct}"
        );
        using var sources = SegmentationSources.Open(recipe, half, null, _ => { });
        var bare = sources.All.OfType<MaskedImage>().Where(i => !i.HasMask).ToArray();
        Assert.Equal(half.Rows.Count(r => r.Mask is null), bare.Length);
        Assert.All(bare, i => Assert.Equal(i.Count(0), i.Count(1)));
        var folder = small.Train(recipe, "half", recipe.Split.Draw(half, 1), cohort: half);
        var judged = SegmentedImage.Read(Path.Combine(folder, "pixels.csv")).Select(i => i.Image).ToArray();
        Assert.NotEmpty(judged);
        Assert.DoesNotContain(half.Rows, r => r.Mask is null && judged.Contains(r.Image));
    }

    [Fact]
    public void Skips_are_measured_level_by_level()
    {
        var folder = small.Train(
            SmallMasks.Recipe("pretraining: {epochs: 1, batch: 4, rate: 2.0e-3, compare_skips: true}"),
            "skips"
        );
        var levels = File.ReadAllLines(Path.Combine(folder, "skips.csv"));
        string[] names = ["encoder.0", "encoder.1", "encoder.2", "decoder.1", "decoder.0", "last"];
        Assert.Equal(
            [.. names.Select(n => $"without 0,{n}"), .. names.Select(n => $"all,{n}")],
            levels.Skip(1).Select(l => string.Join(',', l.Split(',')[..2]))
        );
        Assert.All(levels.Skip(1), l => Assert.All(l.Split(',')[3..], n => Assert.True(double.Parse(n) > 0, l)));
        var errors = File.ReadAllLines(Path.Combine(folder, "skip-errors.csv"));
        Assert.Equal(["without 0", "all"], errors.Skip(1).Select(l => l.Split(',')[0]));
        // What has been measured did not change the run.
        Assert.Equal(Weights(small.Train(SmallMasks.Recipe(), "plain")), Weights(folder));
    }

    [Fact]
    public void A_pre_training_on_another_corpus_is_begun_with()
    {
        var earlier = small.Train(SmallMasks.Recipe(), "earlier");
        var weights = Path.Combine(earlier, "pretraining");
        var recipe = SmallMasks.Recipe(
            $"network: {{width: 4, depth: 2, normalize: true, weights: '{weights}'}}",
            "pretraining: {epochs: 0}",
            "training: {epochs: 1, batch: 4, rate: 0}"
        );
        var begun = Weights(small.Train(recipe, "begun"));
        Assert.Equal(Weights(weights), begun); // a rate of zero moves nothing
        var error = Assert.Throws<TorchException>(() =>
            small.Train(recipe with { Network = recipe.Network with { Width = 8 } }, "wide")
        );
        Assert.Contains("do not fit the network", error.Message);
    }

    [Fact]
    public void Windows_of_a_smaller_set_are_those_of_a_larger_ones_beginning()
    {
        using var sources = SegmentationSources.Open(SmallMasks.Recipe(), small.Cohort, null, _ => { });
        var sampler = new Learning.SlidePatches.BalancedSampler(sources.All, sources.Classes, "training");
        var (few, many) = (WindowCorpus.Draw(sampler, 10, 8, 5), WindowCorpus.Draw(sampler, 200, 8, 5));
        Assert.Equal(few, many.Take(10));
        Assert.InRange(many.Count(w => w.At.Label == 1), 70, 130);
        Assert.True(many.Select(w => w.At.Source.Patient).Distinct().Count() == 8);
        Assert.All(many, w => Assert.InRange(w.Down, -4, 4));
    }

    // Trained ones; statistics of batch normalization move with every forward pass.
    private static float[] Weights(string folder)
    {
        using var scope = new TensorScope();
        return
        [
            .. SafeTensors
                .Read(Path.Combine(folder, "best.safetensors"), Device.Cpu)
                .Where(t => t.Key.EndsWith("weight", StringComparison.Ordinal))
                .OrderBy(t => t.Key, StringComparer.Ordinal)
                .SelectMany(t => t.Value.ToArray<float>()),
        ];
    }

    private static string Pixels(string folder) => File.ReadAllText(Path.Combine(folder, SegmentedImage.FileName));

    private static long Total(SegmentedImage image)
    {
        var sum = 0L;
        for (var bin = 0; bin < PixelHistogram.Bins; bin++)
            sum += image.Pixels.Foreground[bin] + image.Pixels.Background[bin];
        return sum;
    }

    private static string Name(string image) => Path.GetFileNameWithoutExtension(image);
}
