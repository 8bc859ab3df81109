using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The fine-tuned network of a run.</summary>
internal sealed class SelfSupervisedModel(SelfSupervisedRecipe recipe, SelfSupervisedNetwork network) : IModel
{
    internal SelfSupervisedNetwork Network => network;

    public long Parameters => network.Store.ParameterCount;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop) =>
        throw new NotSupportedException("this method learns from images with masks or from annotated slides");

    public IEnumerable<(string Path, Tensor Value)> State() => network.Store.All.Select(p => (p.Path, p.Value));

    public void Load(IReadOnlyDictionary<string, Tensor> state) => network.Store.Load(state);

    public void PrepareToPredict() =>
        network.PrepareToPredict(recipe.Training.Precision == Precision.Bfloat16 ? DType.BFloat16 : DType.Float32);

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default) =>
        throw new NotSupportedException("this run's method says what pixels show, not images");

    public void Dispose() => network.Dispose();
}
