using Coverslip.Learning.Processes;
using Coverslip.Torch;
using Coverslip.Torch.Distributed;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Learning.Loop;

/// <summary>The models of a rule with what moves their weights, and how far these have come.</summary>
internal sealed class ModelsInTraining : IDisposable
{
    private readonly IReadOnlyList<TrainedStore> stores;
    private readonly double[] rates;
    private readonly Optimizer[] optimizers;
    private readonly WeightMovement[] movements;
    private GradientReducer[] reducers = [];

    /// <param name="stores">With the weights they begin with, also where a stopped training goes on.</param>
    /// <param name="options">Optimizer and rate.</param>
    internal ModelsInTraining(IReadOnlyList<TrainedStore> stores, TrainingOptions options)
    {
        this.stores = stores;
        rates = [.. stores.Select(s => s.Rate ?? options.Rate)];
        movements = [.. stores.Select(s => new WeightMovement(s.Store))];
        optimizers = [.. stores.Zip(rates, (s, rate) => Optimizer(s.Store, rate, options))];
    }

    internal Device Device => stores[0].Store.Device;

    /// <summary>Learning rate of the first model.</summary>
    internal double Rate => optimizers[0].Rate;

    internal long Steps => optimizers[0].Steps;

    internal bool Training
    {
        set
        {
            foreach (var model in stores)
                model.Store.Training = value;
        }
    }

    /// <summary>How far the weights of the model that moved most are from where they began.</summary>
    internal double Moved => stores.Zip(movements, (s, m) => m.Moved(s.Store)).Max();

    /// <summary>The same of each model; nothing where there is only one.</summary>
    internal IEnumerable<(string Name, double Value)> MovedByName =>
        stores
            .Zip(movements)
            .Where(m => m.First.Name.Length > 0)
            .Select(m => ($"{m.First.Name}_moved", m.Second.Moved(m.First.Store)));

    /// <summary>Everything that has learned, by path; of several models under their names.</summary>
    internal IEnumerable<(string Path, Tensor Value)> Weights =>
        stores.SelectMany(m => m.Store.All.Select(p => (Under(m) + p.Path, p.Value)));

    /// <summary>What the optimizers remember.</summary>
    internal IEnumerable<(string Path, Tensor Value)> Memory =>
        stores.Zip(optimizers).SelectMany(m => m.Second.State().Select(s => (Under(m.First) + s.Name, s.Value)));

    internal void SetRates(Func<double, double> now)
    {
        for (var i = 0; i < rates.Length; i++)
            optimizers[i].Rate = now(rates[i]);
    }

    /// <summary>
    /// Begins to train with other ranks, with the leader's weights; in one process nothing.
    /// </summary>
    /// <param name="oneBackward">See <see cref="ITrainingRule{TBatch}.OneBackward"/>.</param>
    /// <param name="statistics">Whether batch normalization is over all ranks.</param>
    internal void Join(bool oneBackward, bool statistics)
    {
        if (Ranks.Now.Group is not { } group)
            return;
        using (new TensorScope())
            group.Broadcast([.. Weights.Select(w => w.Value)]);
        if (oneBackward)
            reducers = [.. stores.Select(s => new GradientReducer(group, Trained(s)))];
        foreach (var model in stores)
            model.Store.StatisticsOver = statistics ? group : null;
    }

    /// <summary>Before the forward pass of a step.</summary>
    internal void Begin()
    {
        foreach (var reducer in reducers)
            reducer.Begin();
    }

    /// <summary>After the backward pass: gradients are those of all ranks.</summary>
    internal void Reduce()
    {
        foreach (var reducer in reducers)
            reducer.End();
        if (reducers.Length == 0)
            Ranks.Now.Group?.SumGradients([.. stores.SelectMany(Trained)]);
    }

    internal void ClearGradients()
    {
        foreach (var model in stores)
            model.Store.ClearGradients();
    }

    /// <summary>Moves all weights against their gradients.</summary>
    /// <param name="longest">Of the gradients together; 0 leaves them.</param>
    internal void Step(double longest)
    {
        if (longest > 0)
            Gradients.Clip([.. stores.Select(m => m.Store)], longest);
        foreach (var optimizer in optimizers)
            optimizer.Step();
    }

    internal void LoadWeights(Dictionary<string, Tensor> saved)
    {
        foreach (var model in stores)
            model.Store.Load(RunFolder.Under(saved, Under(model)));
    }

    internal void LoadMemory(Dictionary<string, Tensor> saved, long steps)
    {
        foreach (var (model, optimizer) in stores.Zip(optimizers))
            optimizer.Restore(RunFolder.Under(saved, Under(model)), steps);
    }

    public void Dispose()
    {
        foreach (var one in (IEnumerable<IDisposable>)[.. reducers, .. optimizers, .. movements])
            one.Dispose();
        foreach (var model in stores)
            model.Store.StatisticsOver = null;
    }

    private static Tensor[] Trained(TrainedStore model) => [.. model.Store.Trainable.Select(p => p.Value)];

    private static string Under(TrainedStore model) => model.Name.Length == 0 ? "" : model.Name + "/";

    private static Optimizer Optimizer(ParameterStore store, double rate, TrainingOptions options) =>
        options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(store, rate, new AdamOptions { WeightDecay = options.WeightDecay }),
            OptimizerKind.AdamW => new Adam(
                store,
                rate,
                new AdamOptions { WeightDecay = options.WeightDecay, Decoupled = true }
            ),
            OptimizerKind.Sgd => new Sgd(
                store,
                rate,
                new SgdOptions { Momentum = options.Momentum, WeightDecay = options.WeightDecay }
            ),
            _ => new RmsProp(
                store,
                rate,
                new RmsPropOptions
                {
                    Momentum = options.Momentum,
                    WeightDecay = options.WeightDecay,
                    Decay = options.SquareDecay,
                    Epsilon = options.Epsilon,
                    TensorFlow = options.RmsForm == RmsForm.TensorFlow,
                }
            ),
        };
}
