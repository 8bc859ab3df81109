using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Bags;

/// <summary>A network over bags, with the scaling of the instances before it.</summary>
internal sealed class NetworkReader : IBagReader
{
    private readonly Tensor mean,
        deviation;

    /// <param name="shape">Kind and sizes.</param>
    /// <param name="device">Where to compute.</param>
    internal NetworkReader(BagShape shape, Device device)
    {
        Store = new ParameterStore(device);
        (mean, deviation) = (
            (Store.Root / "scaling").Buffer("mean", [shape.Numbers], 0),
            (Store.Root / "scaling").Buffer("deviation", [shape.Numbers], 1)
        );
        Network = Of(shape, Store.Root);
    }

    internal ParameterStore Store { get; }

    internal IBagNetwork Network { get; }

    public long Parameters => Store.ParameterCount;

    /// <summary>
    /// Brings instances to mean 0 and deviation 1 over the training bags, of which each weighs the same whatever its size. A
    /// number that does not vary is left at deviation 1.
    /// </summary>
    internal void Scale(IEnumerable<BagInstances> training)
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var (sum, squares, bags) = (
            Tensor.Zeros(mean.Shape, DType.Float64),
            Tensor.Zeros(mean.Shape, DType.Float64),
            0
        );
        foreach (var bag in training)
        {
            using var each = new TensorScope();
            var instances = bag.ToTensor(Device.Cpu);
            sum.AddInPlace(instances.Mean([0]).To(DType.Float64));
            squares.AddInPlace(instances.Square().Mean([0]).To(DType.Float64));
            bags++;
        }
        var middle = sum / bags;
        var spread = (squares / bags - middle.Square()).Clamp(0).Sqrt();
        mean.CopyInPlace(middle);
        deviation.CopyInPlace(Tensor.Where(spread.GreaterThan(1e-6), spread, Tensor.Ones(spread.Shape, DType.Float64)));
    }

    /// <summary>Instances as the network takes them, [n, D].</summary>
    internal Tensor Scaled(BagInstances bag, long[]? which = null)
    {
        using var scope = new TensorScope();
        return scope.Keep((bag.ToTensor(Store.Device, which) - mean) / deviation);
    }

    public BagReading Read(BagInstances bag)
    {
        Store.Training = false;
        using var inference = new Inference();
        using var scope = new TensorScope();
        var said = Network.Forward(Scaled(bag));
        var classes = (int)said.Scores.Size(1);
        float[][] attention =
        [
            .. said.Attention.To(Device.Cpu, DType.Float32).ToArray<float>().Chunk(bag.Count).Select(OverMaximum),
        ];
        return new BagReading(
            [.. Predictor.Rows(said.Scores).Single()],
            [.. Enumerable.Range(0, classes).Select(c => attention[attention.Length == 1 ? 0 : c])]
        );
    }

    public IEnumerable<(string Path, Tensor Value)> State() => Store.All.Select(p => (p.Path, p.Value));

    public void Dispose() => Store.Dispose();

    private static float[] OverMaximum(float[] attention)
    {
        var most = attention.Max();
        return most > 0 ? [.. attention.Select(a => a / most)] : attention;
    }

    private static IBagNetwork Of(BagShape shape, ParameterPath at) =>
        shape.Options.Kind switch
        {
            BagKind.Attention => new AttentionNetwork(at, shape, gated: false),
            BagKind.GatedAttention => new AttentionNetwork(at, shape, gated: true),
            BagKind.ClamSb or BagKind.ClamMb => new ClamNetwork(at, shape),
            _ => new TransMil(at, shape),
        };
}
