using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// A run of this method as the source of weights: pre-training on a corpus of its own, which need not have masks. Or
/// published weights, of the encoder.
/// </summary>
internal static class EarlierSegmentation
{
    /// <summary>Fills a network with the run's weights, or with those of its pre-training's folder.</summary>
    /// <param name="network">What is filled.</param>
    /// <param name="weights">
    /// A finished run of one part, a packed file of it, or its folder <c>pretraining</c>; of a network with an encoder also
    /// a file of its published weights, or their name.
    /// </param>
    /// <exception cref="RecipeException">There is none, it is of another method, or it has several parts.</exception>
    internal static void Load(SelfSupervisedNetwork network, string weights)
    {
        using var scope = new TensorScope();
        if (
            File.Exists(Path.Combine(weights, "best.safetensors")) && !File.Exists(Path.Combine(weights, "recipe.yaml"))
        )
        {
            network.TakeOver(SafeTensors.Read(Path.Combine(weights, "best.safetensors"), network.Store.Device));
            return;
        }
        if (network.Options.Encoder is not null && !EarlierRun.Is(weights))
        {
            network.LoadEncoder(weights);
            return;
        }
        if (!Path.Exists(weights))
            throw new RecipeException($"network.weights is '{weights}'; there is no such run or file");
        var run = StoredRun.Open(weights);
        if (RecipeNode.Parse(run.RecipeText, weights).Peek("method") != SelfSupervisedMethod.Word)
            throw new RecipeException($"network.weights is '{weights}', a run of another method than self-supervised");
        if (run.Parts.Count > 1)
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {run.Parts.Count} parts, each with weights of its own; name one "
                    + "part's folder 'pretraining', or train with --part 1 on a split of one part"
            );
        network.TakeOver(run.Weights(0, network.Store.Device));
    }
}
