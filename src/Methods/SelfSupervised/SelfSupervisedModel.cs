using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The fine-tuned network of a run.</summary>
internal sealed class SelfSupervisedModel(SelfSupervisedRecipe recipe, SelfSupervisedNetwork network) : IModel
{
    internal SelfSupervisedNetwork Network => network;

    public long Parameters => network.Store.ParameterCount;

    public string Takes => "images and slides of whose pixels they say what they show";

    public IEnumerable<(string Path, Tensor Value)> State() => network.Store.All.Select(p => (p.Path, p.Value));

    public void Load(IReadOnlyDictionary<string, Tensor> state) => network.Store.Load(state);

    public void PrepareToPredict() => network.PrepareToPredict(recipe.Training.Precision.Type());

    public void Dispose() => network.Dispose();
}
