using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>What networks say of windows.</summary>
/// <param name="Probability">[windows · H · W] of foreground.</param>
/// <param name="Reconstruction">[windows · 3 · H · W]; empty where it was not wanted.</param>
internal readonly record struct SegmentedWindows(float[] Probability, float[] Reconstruction);

/// <summary>The networks of a run's parts, whose mean is what they say.</summary>
/// <param name="networks">At least one.</param>
/// <param name="recipe">Theirs.</param>
internal sealed class SegmentationPredictor(IReadOnlyList<SelfSupervisedNetwork> networks, SelfSupervisedRecipe recipe)
{
    internal SelfSupervisedRecipe Recipe => recipe;

    /// <summary>A run's networks.</summary>
    /// <exception cref="ArgumentException">The run is of another method.</exception>
    internal static SegmentationPredictor Of(TrainedModel run) =>
        run.Recipe is SelfSupervisedRecipe recipe
            ? new SegmentationPredictor([.. run.Models.Select(m => ((SelfSupervisedModel)m).Network)], recipe)
            : throw new ArgumentException("the run is of another method than self-supervised");

    /// <summary>Predicts windows of the recipe's size.</summary>
    internal SegmentedWindows Predict(WindowBatch windows, bool reconstruct)
    {
        using var inference = new Inference();
        using var scope = new TensorScope();
        var device = networks[0].Store.Device;
        using var cast = recipe.Training.Precision.On(device);
        var (images, _) = BatchReader.Pixels(windows.Pixels, windows.Count, recipe.Input, device);
        Tensor? probability = null,
            reconstruction = null;
        foreach (var network in networks)
        {
            network.Store.Training = false;
            var (given, scores) = network.Forward(images);
            var foreground = scores.To(DType.Float32).Softmax(1).Select(1, 1); // [B, H, W]
            probability = probability is null ? foreground : probability + foreground;
            if (reconstruct)
                reconstruction = reconstruction is null ? given.To(DType.Float32) : reconstruction + given;
        }
        var share = 1.0 / networks.Count;
        var mean = (probability! * share).ToArray<float>();
        if (!Array.TrueForAll(mean, float.IsFinite)) // where no window is wanted, NaN stands later on
            Predictor.CheckFinite("a window", ["foreground"], [double.NaN]);
        return new SegmentedWindows(mean, reconstruction is null ? [] : (reconstruction * share).ToArray<float>());
    }
}
