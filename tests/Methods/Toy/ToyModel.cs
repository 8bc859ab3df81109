using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Tests.Toy;

/// <summary>The mean value of each class's training images.</summary>
internal sealed class ToyModel(int classes, double spread) : IFitsImages, IPredictsImages
{
    private double[] means = new double[classes];

    public long Parameters => classes;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        means =
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c => task.Training.Where(p => p.Label == c).Average(p => ValueOf(task.Set, p))),
        ];
        using var scope = new TensorScope();
        SafeTensors.Write(run.Best, State());
        return new FitOutcome(1, 0, 0, null);
    }

    public IEnumerable<(string Path, Tensor Value)> State() => [("means", Tensor.From<double>(means))];

    public void Load(IReadOnlyDictionary<string, Tensor> state) => means = state["means"].ToArray<double>();

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default) =>
        [.. task.Images.Select(image => Of(ValueOf(task.Set, image)))];

    public void Dispose() { }

    private double[] Of(double value)
    {
        double[] near = [.. means.Select(m => Math.Exp(-Math.Abs(m - value) / spread))];
        return [.. near.Select(n => n / near.Sum())];
    }

    private static double ValueOf(PatchSet set, Patch patch) => set.Pixels(patch).Average(v => (double)v);
}
