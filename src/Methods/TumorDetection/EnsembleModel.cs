using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.TumorDetection;

/// <summary>
/// Several trained networks as one model: the mean of their probabilities (Liu et al. 2017, sec. 4). It learns nothing;
/// it takes what other runs have learned, and is stored with all of their weights (<c>1/</c>, <c>2/</c>, …).
/// </summary>
/// <param name="members">Networks of one form.</param>
internal sealed class EnsembleModel(IReadOnlyList<NetworkModel> members) : IPredictsImages, IPredictsWindows
{
    public long Parameters => members.Sum(m => m.Parameters);

    /// <summary>Takes the weights of finished parts, and keeps them as its own.</summary>
    /// <param name="parts">A part's folder for each member.</param>
    /// <param name="own">Where they are kept.</param>
    public FitOutcome Take(IReadOnlyList<RunFolder> parts, RunFolder own)
    {
        using var scope = new TensorScope();
        foreach (var (member, part) in members.Zip(parts))
            member.Load(RunWeights.Read(part, Device.Cpu));
        SafeTensors.Write(own.Best, State());
        var described = parts.Select(p => RunDescription.Read(p.Description)).ToArray();
        return new FitOutcome(
            described.Max(d => d.Epochs),
            described.Max(d => d.BestEpoch),
            described.Sum(d => d.TrainingSeconds),
            null
        );
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        members.Index().SelectMany(m => m.Item.State().Select(p => ($"{m.Index + 1}/{p.Path}", p.Value)));

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach (var (index, member) in members.Index())
            member.Load(RunFolder.Under(state.ToDictionary(), $"{index + 1}/"));
    }

    public void PrepareToPredict()
    {
        foreach (var member in members)
            member.PrepareToPredict();
    }

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default) =>
        Mean(m => m.Probabilities(task, stop));

    public IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations) =>
        Mean(m => m.Probabilities(windows, orientations));

    public void Dispose()
    {
        foreach (var member in members)
            member.Dispose();
    }

    private IReadOnlyList<double[]> Mean(Func<NetworkModel, IReadOnlyList<double[]>> of)
    {
        var all = members.Select(of).ToArray();
        return
        [
            .. Enumerable
                .Range(0, all[0].Count)
                .Select(i => Enumerable.Range(0, all[0][i].Length).Select(c => all.Average(a => a[i][c])).ToArray()),
        ];
    }
}
