using System.Diagnostics;
using System.Text;
using Coverslip.Learning.Features;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Bags;

/// <summary>What a model says of a bag.</summary>
/// <param name="Probabilities">[classes].</param>
/// <param name="Instances">[classes][N] in [0, 1]: where it sees a class, as its heatmap shows it.</param>
internal sealed record BagSaid(double[] Probabilities, float[][] Instances);

/// <summary>
/// What reads bags, with its temperature and the identity of the features that it was trained on; of others it is refused.
/// </summary>
internal sealed class BagModel(BagsRecipe recipe, int classes, Device device) : IModel
{
    private readonly Lazy<SlideFeatureFolder> slides = new(() => new SlideFeatureFolder(recipe, device));
    private IBagReader? reader;
    private string identity = "";
    private double temperature = 1;
    private IReadOnlyDictionary<string, double[]> leftOut = new Dictionary<string, double[]>();

    public long Parameters => reader?.Parameters ?? 0;

    public string Takes => "bags: slides, files of their features, or a cohort's images";

    /// <summary>A network of fresh weights, where one is trained.</summary>
    /// <param name="numbers">Of an instance.</param>
    internal BagModel Begin(int numbers)
    {
        if (recipe.Bags.IsNetwork)
            reader = Network(numbers);
        return this;
    }

    internal FitOutcome Fit(BagTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        if (task.Training.DistinctBy(b => b.Class).Count() < 2)
            throw new InvalidOperationException(
                "the training patients' bags are of one class; a model needs two: draw another split"
            );
        identity = task.Features.Identity;
        FittedBags fitted;
        FitOutcome? outcome = null;
        if (reader is NetworkReader network)
            (fitted, outcome) = NetworkFit.Of(task, network, run, progress, stop);
        else
            fitted = PooledFit.Of(task, run, progress, stop);
        (reader, temperature, leftOut) = (fitted.Reader, fitted.Temperature, fitted.LeftOut);
        using (new TensorScope())
            if (Ranks.Now.Lead)
                SafeTensors.Write(run.Best, State());
        return outcome ?? new FitOutcome(1, 0, clock.Elapsed.TotalSeconds, null);
    }

    /// <summary>What it says of a bag; of a validation bag that it learned from, what was said while that was left out.</summary>
    internal BagSaid Predict(IBagFeatures features, Bag bag, CancellationToken stop)
    {
        var instances = features.Of(bag, stop);
        CheckIdentity(features.Identity);
        var read = reader!.Read(instances);
        var probabilities = Temperature.Softmax(read.Scores, temperature);
        // Attention says where, and not what: without the bag's probability every slide would have places of 1.
        float[][] seen = read.Own
            ? read.Instances
            : [.. read.Instances.Select((weights, c) => weights.Select(w => (float)(w * probabilities[c])).ToArray())];
        return new BagSaid(leftOut.GetValueOrDefault(bag.First.Image, probabilities), seen);
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            ("features", Tensor.From(Encoding.UTF8.GetBytes(identity))),
            ("temperature", Tensor.From([temperature])),
            .. reader!.State().Select(s => ($"{NetworkFit.Name}/{s.Path}", s.Value)),
        ];

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        try
        {
            identity = Encoding.UTF8.GetString(state["features"].ToArray<byte>());
            temperature = state["temperature"].ToArray<double>()[0];
            var own = RunFolder.Under(state.ToDictionary(), $"{NetworkFit.Name}/");
            if (!recipe.Bags.IsNetwork)
            {
                reader = PooledReader.From(recipe.Bags.Kind, own, classes);
                return;
            }
            var network = Network((int)own["scaling.mean"].Size(0));
            reader = network;
            network.Store.Load(own);
        }
        catch (KeyNotFoundException error)
        {
            throw new InvalidDataException($"the stored model reads no bags of this recipe: {error.Message}", error);
        }
    }

    internal Device Device => device;

    /// <summary>Features of slides that are predicted.</summary>
    internal SlideFeatureFolder Slides => slides.Value;

    public void Dispose()
    {
        reader?.Dispose();
        if (slides.IsValueCreated)
            slides.Value.Dispose();
    }

    private NetworkReader Network(int numbers) => new(new BagShape(numbers, classes, recipe.Bags), device);

    /// <exception cref="InvalidDataException">They are another encoder's.</exception>
    internal void CheckIdentity(string given)
    {
        if (given != identity)
            throw new InvalidDataException(
                $"the model was trained on features of '{identity}', these are of '{given}'; compute the new ones by the former's encoder, and name the files of features themselves, or train again"
            );
    }
}
