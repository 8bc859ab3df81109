using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>Both models of a run, stored under <c>extractor/</c> and <c>segmentation/</c>.</summary>
internal sealed class MultiStageModel : IModel
{
    /// <summary>Tumor and normal.</summary>
    internal const int Classes = 2;

    /// <param name="recipe">What it is made of.</param>
    /// <param name="device">Where to compute.</param>
    public MultiStageModel(MultiStageRecipe recipe, Device device)
    {
        // End-to-end learning does without the last layer, and untrained features never had one.
        var last = recipe.Learning is Learning.Classifier or Learning.Separate;
        // The segmentation model first: with one seed it begins alike whether the extractor has its last layer or not.
        if (recipe.Learning == Learning.Chance)
            return;
        if (recipe.Learning != Learning.Classifier)
            Segmentation = new SegmentationModel(recipe.Segmentation, device, cell: recipe.Cell)
            {
                Loss = recipe.MapTraining.Loss,
            };
        if (recipe.Learning != Learning.Segmentation)
            Extractor = new FeatureExtractor(recipe.Network, last ? Classes : 0, device);
    }

    /// <summary>Null where the segmentation model works alone, or nothing does.</summary>
    public FeatureExtractor? Extractor { get; }

    /// <summary>Null where the patch classifier works alone, or nothing does.</summary>
    public SegmentationModel? Segmentation { get; }

    public long Parameters => (Extractor?.Store.ParameterCount ?? 0) + (Segmentation?.Store.ParameterCount ?? 0);

    public string Takes => "whole slides";

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            .. Extractor?.Store.All.Select(p => ("extractor/" + p.Path, p.Value)) ?? [],
            .. Segmentation?.Store.All.Select(p => ("segmentation/" + p.Path, p.Value)) ?? [],
        ];

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        var all = state.ToDictionary(p => p.Key, p => p.Value);
        Extractor?.Load(RunFolder.Under(all, "extractor/"));
        Segmentation?.Store.Load(RunFolder.Under(all, "segmentation/"));
    }

    public void Dispose()
    {
        Extractor?.Dispose();
        Segmentation?.Dispose();
    }
}
