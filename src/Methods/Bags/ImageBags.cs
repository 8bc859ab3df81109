using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Bags;

/// <summary>Images as instances: an image is one, by the recipe's encoder.</summary>
internal sealed class ImageBags : IBagFeatures
{
    private readonly EncodedImages encoded;
    private readonly Dictionary<CohortRow, Patch> patches = new(ReferenceEqualityComparer.Instance);

    /// <param name="recipe">Its features and input.</param>
    /// <param name="set">The images.</param>
    /// <param name="device">Where to compute.</param>
    internal ImageBags(BagsRecipe recipe, PatchSet set, Torch.Device device)
    {
        Set = set;
        encoded = new EncodedImages(recipe.Features.Encoder, recipe.Input, device);
        foreach (var patch in set.Patches)
            patches[patch.Row] = patch;
    }

    internal PatchSet Set { get; }

    public string Identity => encoded.Identity;

    public int Numbers => encoded.Numbers;

    public bool Computes => true;

    /// <summary>Takes the cohort's features from the recipe's file, where it names one.</summary>
    internal void UseStored() => encoded.UseStored(Set.Cohort);

    public BagInstances Of(Bag bag, CancellationToken stop)
    {
        var rows = encoded.Of(new PredictionTask(Set, [.. bag.Rows.Select(r => patches[r])]), stop);
        return new BagInstances([.. rows.SelectMany(r => r.Select(v => (Half)v))], rows[0].Length);
    }

    public void Dispose() => encoded.Dispose();
}
