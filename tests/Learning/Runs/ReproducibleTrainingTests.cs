using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>A reproducible training leaves the same weights and says the same of its test images with one thread and with two.</summary>
[NoTensorLeaks]
public sealed class ReproducibleTrainingTests : IDisposable
{
    private readonly int threads = TorchRuntime.Threads;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose()
    {
        TorchRuntime.Reproducible = false;
        TorchRuntime.Threads = threads;
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(
        """
            method: saganet
            input: {form: masked, masks: column, height: 48, width: 48}
            network: {stem_filters: 8, growth: 4, positions: shared, dropout: 0.2}
            training: {epochs: 1, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
            """
    )]
    [InlineData(
        """
            method: backbone
            input: {form: raw, height: 48, width: 48}
            network: {name: mobilenet-v2, width: 0.25, hidden: 8, scaling: published}
            training: {epochs: 1, batch: 6, rate: 1e-3, schedule: constant}
            """
    )]
    [InlineData(
        """
            method: self-supervised
            foreground: tumor
            input: {width: 48, height: 48}
            network: {width: 8, depth: 2, normalize: true}
            pretraining: {epochs: 1, batch: 4, rate: 2.0e-3}
            training: {epochs: 1, batch: 4, rate: 2.0e-3}
            patches: {stride: 24, center: 16, unlabeled: 16, labeled: 8, repeats: 1}
            """
    )]
    public void Images(string recipe)
    {
        using var small = new SmallCohort();
        Compare(recipe, small.Cohort);
    }

    [Fact]
    public void Slides_in_stages()
    {
        using var slides = new TinySlides();
        Compare(
            """
            method: multi-stage
            input: {width: 32, height: 32}
            patches: {mpp: 1, side: 64, unannotated_is_normal: true, examples: 64, validation_examples: 16}
            network: {name: mobilenet-v1, width: 0.25, features: 4}
            training: {epochs: 1, batch: 16, rate: 2.0e-3}
            augmentation: {shift: 4}
            maps: {side: 16, per_lump: false}
            segmentation: {width: 8, depth: 2, epochs: 1, batch: 4, rate: 1.0e-3, cell: 4}
            end_to_end: {epochs: 1, extractor_rate: 1.0e-5, segmentation_rate: 1.0e-4, mini_batch: 16}
            stages: {folds: 0}
            """,
            slides.Cohort
        );
    }

    private void Compare(string text, Cohort cohort)
    {
        TorchRuntime.Reproducible = true;
        var files = new List<string>[2];
        foreach (var count in (int[])[1, 2])
        {
            TorchRuntime.Threads = count;
            var run = Path.Combine(folder, $"{count}");
            Train(text, cohort, run);
            files[count - 1] = [.. Hashes(run)];
        }
        Assert.Contains(files[0], f => f.StartsWith("best.safetensors ", StringComparison.Ordinal));
        Assert.True(files[0].Count > 2);
        Assert.Equal(files[0], files[1]);
    }

    private static void Train(string text, Cohort cohort, string run)
    {
        var recipe = Known.Methods.Parse(text, "small.yaml");
        cohort = RecipeCohort.Of(recipe, cohort);
        using var data = recipe.Prepare(
            new Preparation(cohort, Device.Cpu) { MaskFolder = Path.Combine(run, "masks") }
        );
        var split = new Split(SplitKind.Random, cohort.Hash, 1, [KFoldSplits.Draw(cohort.PatientImages, 2, 0.5, 1)[0]]);
        new TrainingSession(new SessionInput(recipe, data, split, Device.Cpu), run, _ => new Silent()).Run();
    }

    /// <summary>Weights and all tables; of metrics.csv the last line without its seconds.</summary>
    private static IEnumerable<string> Hashes(string run) =>
        from file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        where Path.GetFileName(file) != "state.safetensors"
        where Path.GetExtension(file) is ".safetensors" or ".csv" or ".npy"
        let name = Path.GetRelativePath(run, file)
        select Path.GetFileName(file) == "metrics.csv"
            ? $"{name} {string.Join(',', File.ReadLines(file).Last().Split(',').Where((_, i) => i != 1))}"
            : $"{name} {FileContents.Read(file)}";

    private sealed class Silent : ITrainingProgress
    {
        public void Step(int epoch, int step, int steps, MeanLoss mean) { }

        public void Epoch(EpochRow row, RunState state) { }
    }
}
