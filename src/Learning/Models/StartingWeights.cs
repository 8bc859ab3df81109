namespace Coverslip.Learning.Models;

/// <summary>A network whose training may start from published weights or from another run.</summary>
public interface IStartsFromWeights : IClassifier
{
    /// <summary>Fills the network with what a file or a run has learned.</summary>
    /// <exception cref="Torch.TorchException">They do not fit; the message lists the keys.</exception>
    void Load(string weights);
}

/// <summary>What a training starts from besides random numbers.</summary>
public static class StartingWeights
{
    /// <summary>Gives a fresh network what the recipe names; nothing where it names nothing.</summary>
    public static void Begin(this INetworkRecipe recipe, IClassifier network)
    {
        if (recipe.StartsFrom.Length == 0)
            return;
        if (network is not IStartsFromWeights able)
            throw new InvalidOperationException(
                $"the recipe starts from {recipe.StartsFrom}, and networks of its method start from random numbers alone"
            );
        able.Load(recipe.StartsFrom);
    }
}
