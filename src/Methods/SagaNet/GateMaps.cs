using Coverslip.Torch;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// How far the gates of one forward pass are open, σ(W_g ∗ I) (Liu &amp; Sun 2021, sec. 3.1.2), layer by layer: the mean over the
/// filters, of a dense block also over its convolutions.
/// </summary>
internal sealed class GateMaps
{
    private readonly List<(string Layer, float[] Values, int Height, int Width)> seen = [];

    /// <summary>Layers from the stem on, each with its map of every image.</summary>
    public IReadOnlyList<(string Layer, Func<int, Map> OfImage)> Layers =>
        [
            .. seen.GroupBy(s => s.Layer)
                .Select(layer => (layer.Key, (Func<int, Map>)(image => Map.Mean([.. layer], image)))),
        ];

    /// <summary>Listens until it is disposed of.</summary>
    public IDisposable Watch(SagaNetwork network)
    {
        foreach (var (layer, convolution) in network.Gates)
            convolution.Watched = gates =>
                seen.Add(
                    (
                        layer,
                        gates.To(DType.Float32).Contiguous().ToArray<float>(),
                        (int)gates.Size(2),
                        (int)gates.Size(3)
                    )
                );
        return new Silence(network);
    }

    /// <summary>One image's gates of a layer, from 0, shut, to 1.</summary>
    internal sealed record Map(float[] Values, int Height, int Width)
    {
        internal static Map Mean(IReadOnlyList<(string Layer, float[] Values, int Height, int Width)> layer, int image)
        {
            var (_, _, height, width) = layer[0];
            var mean = new float[height * width];
            foreach (var (_, values, _, _) in layer)
                for (var i = 0; i < mean.Length; i++)
                    mean[i] += values[(image * mean.Length) + i] / layer.Count;
            return new Map(mean, height, width);
        }

        /// <summary>The value at a pixel of the network's input.</summary>
        internal float At(int y, int x, int height, int width) =>
            Values[(y * Height / height * Width) + (x * Width / width)];
    }

    private sealed class Silence(SagaNetwork network) : IDisposable
    {
        public void Dispose()
        {
            foreach (var (_, convolution) in network.Gates)
                convolution.Watched = null;
        }
    }
}
