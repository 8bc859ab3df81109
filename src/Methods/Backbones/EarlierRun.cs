using Coverslip.Methods.Training;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Backbones;

/// <summary>A run of ours as the source of weights: pre-training on another cohort.</summary>
internal static class EarlierRun
{
    /// <summary>Whether <c>network.weights</c> names a run folder or a packed model.</summary>
    internal static bool Is(string weights) =>
        Directory.Exists(weights)
        || Path.GetExtension(weights).Equals(".coverslip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fills a network with what the earlier run's network learned below its classifier.</summary>
    /// <param name="at">Where the network was born.</param>
    /// <param name="network">What it is.</param>
    /// <param name="weights">The run's folder, or the file packed of it.</param>
    /// <exception cref="RecipeException">The run has another network, another scaling, or several parts.</exception>
    internal static void Load(ParameterPath at, BackboneNetworkOptions network, string weights)
    {
        using var run = TrainedModel.Load(weights, Recipes.Parse, Device.Cpu);
        if (run.Recipe is not IBackboneRecipe { Network: var earlier })
            throw new RecipeException($"network.weights is '{weights}', a run of a method without a published network");
        if (earlier.Kind != network.Kind || earlier.Width != network.Width || earlier.Auxiliary != network.Auxiliary)
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {Named(earlier)}; this recipe builds {Named(network)}"
            );
        if (earlier.ScalesAsPublished != network.ScalesAsPublished)
            throw new RecipeException(
                $"network.weights is '{weights}', whose images were scaled {(earlier.ScalesAsPublished ? "as published" : "to [0, 1]")}; set network.scaling: {(earlier.ScalesAsPublished ? "published" : "unit")}"
            );
        if (run.Parts.Count > 1)
            throw new RecipeException(
                $"network.weights is '{weights}', a run of {run.Parts.Count} parts, each with weights of its own; train it with --part 1 on a split of one part"
            );
        using var scope = new TensorScope();
        at.Load(RunFolder.Under(run.Weights(0), "backbone."), _ => false);
    }

    private static string Named(BackboneNetworkOptions network) =>
        FormattableString.Invariant($"{network.Kind.Name}, width {network.Width}")
        + (network.Auxiliary ? ", with auxiliary classifiers" : "");
}
