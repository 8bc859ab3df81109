namespace Coverslip.App.Tests.Commands;

/// <summary>
/// Methods of several stages, and on slides, by two processes as a user starts them: the losses and weights of one. Networks with
/// batch normalization enlarge the last digit of float32 with each step on such small maps, hence their low rates.
/// </summary>
[Collection("console")]
public sealed class MethodsByProcessesTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task Self_supervised()
    {
        const string Recipe = """
            method: self-supervised
            foreground: tumor
            input: {width: 32, height: 32}
            network: {width: 4, depth: 2, normalize: true}
            pretraining: {epochs: 1, batch: 4, rate: 2.0e-3, optimizer: sgd}
            training: {epochs: 1, batch: 4, rate: 2.0e-3, optimizer: sgd}
            patches: {stride: 8, center: 16, unlabeled: 8, labeled: 4, repeats: 1}
            split: {folds: 2, validation_share: 0.34}
            """;
        Assert.Equal(
            ["part-1", "part-1/pretraining"],
            await RanksEqualOne.Compare(runs.At, Recipe, runs.CohortFile, 1e-5)
        );
    }

    [Fact]
    public async Task Tumor_detection()
    {
        const string Recipe = """
            method: tumor-detection
            input: {width: 32, height: 32}
            patches: {mpp: 2, center: 16, stride: 16, examples: 48, validation_examples: 16}
            network: {name: mobilenet-v1, width: 0.25, dropout: 0}
            training: {epochs: 1, batch: 16, rate: 1e-7, optimizer: sgd, patience: 0}
            test: {stride: 32, orientations: false}
            split: {folds: 4, validation_share: 0.34}
            """;
        Assert.Equal(["part-1"], await RanksEqualOne.Compare(runs.At, Recipe, Slides(), 1e-5));
    }

    [Fact]
    public async Task Every_stage_of_a_multi_stage_run()
    {
        const string Recipe = """
            method: multi-stage
            input: {width: 32, height: 32}
            patches: {mpp: 2, side: 64, unannotated_is_normal: true, examples: 32, validation_examples: 16}
            network: {name: mobilenet-v1, width: 0.25, features: 4, dropout: 0}
            training: {epochs: 1, batch: 16, rate: 1e-7, optimizer: sgd}
            maps: {side: 8, per_lump: false}
            segmentation: {width: 4, depth: 2, epochs: 1, batch: 4, rate: 1.0e-4, cell: 4}
            end_to_end: {epochs: 1, extractor_rate: 1.0e-7, segmentation_rate: 1.0e-6, mini_batch: 16}
            stages: {folds: 0}
            split: {folds: 4, validation_share: 0.34}
            """;
        Assert.Equal(
            ["part-1/end-to-end", "part-1/extractor", "part-1/segmentation"],
            await RanksEqualOne.Compare(runs.At, Recipe, Slides(), 1e-5)
        );
    }

    /// <summary>Four patients with a slide each, three of them with tumor.</summary>
    private string Slides()
    {
        PhantomRuns.Call(
            0,
            [
                .. "slide phantoms --mpp 2 --side 512 --patients 4 --slides 1 --tumor 0.75 --classes micro,itc --out".Split(
                    ' '
                ),
                runs.At("slides"),
            ]
        );
        return runs.At("slides/cohort.csv");
    }
}
