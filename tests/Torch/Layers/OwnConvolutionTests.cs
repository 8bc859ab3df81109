namespace Coverslip.Torch.Tests.Layers;

/// <summary>
/// Convolutions of native/torch against libtorch's in float64, values and gradients, over shapes whose tiles, channels
/// and blocks do not come out even. <c>tests/native-check</c> compares more of them by hand.
/// </summary>
[NoTensorLeaks]
public sealed class OwnConvolutionTests
{
    private const double Tolerance = 2e-5;

    /// <summary>[batch, in, out, height, width]; from 129 channels on, blocks and the threads' shares are others.</summary>
    public static TheoryData<int, int, int, int, int> Shapes =>
        new()
        {
            { 2, 16, 16, 8, 8 },
            { 1, 37, 100, 5, 7 },
            { 2, 100, 37, 13, 9 },
            { 1, 128, 128, 12, 16 },
            { 1, 129, 16, 9, 11 },
            { 2, 131, 257, 6, 7 },
            { 1, 512, 160, 4, 5 },
            { 1, 160, 256, 41, 43 },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void A_3_by_3_convolution_equals_libtorchs(int batch, int input, int output, int height, int width) =>
        Compare([batch, input, height, width], output, 3);

    [Theory, MemberData(nameof(Shapes))]
    public void A_1_by_1_convolution_equals_libtorchs(int batch, int input, int output, int height, int width) =>
        Compare([batch, input, height, width], output, 1);

    private static void Compare(long[] shape, int output, int kernel)
    {
        using var scope = new TensorScope();
        var random = new Random(3);
        long[][] shapes = [shape, [output, shape[1], kernel, kernel], [output], [shape[0], output, shape[2], shape[3]]];
        float[] Numbers(long[] size, double scale) =>
            [
                .. Enumerable
                    .Range(0, (int)size.Aggregate((a, b) => a * b))
                    .Select(_ => (float)(scale * (random.NextDouble() - 0.4))),
            ];
        float[][] numbers = [.. shapes.Select((s, i) => Numbers(s, i == 1 ? 1 / Math.Sqrt(shape[1]) : 1))];
        // Weights as a store in channels-last has them, and as they are made.
        var format = MemoryFormat.Contiguous;
        var wanted = Run(DType.Float64, (a, w, b) => a.Conv2d(w, b, new ConvGeometry { Padding = kernel / 2 }));
        foreach (var layout in new[] { MemoryFormat.ChannelsLast, MemoryFormat.Contiguous })
        {
            format = layout;
            var found = Run(
                DType.Float32,
                (a, w, b) =>
                {
                    Assert.True(a.ServedByOwnOperators);
                    return kernel == 3 ? a.OwnConv3x3(w, b) : a.OwnConv1x1(w, b);
                }
            );
            foreach (var (name, (mine, theirs)) in Names.Zip(found.Zip(wanted)))
            {
                var off = Norm(mine.Zip(theirs, (p, q) => p - q)) / Norm(theirs);
                Assert.True(off < Tolerance, $"{name}, {format}: {off:0.0e+0}");
            }
        }

        double[][] Run(DType type, Func<Tensor, Tensor, Tensor, Tensor> convolution)
        {
            using var inner = new TensorScope();
            Tensor Here(int which, MemoryFormat layout) =>
                Tensor.From(numbers[which], shapes[which]).To(type).Contiguous(layout);
            Tensor[] leaves = [Here(0, MemoryFormat.ChannelsLast), Here(1, format), Here(2, MemoryFormat.Contiguous)];
            foreach (var leaf in leaves)
                leaf.RequiresGrad = true;
            var y = convolution(leaves[0], leaves[1], leaves[2]);
            y.Backward(Here(3, MemoryFormat.ChannelsLast));
            return [Doubles(y), .. leaves.Select(l => Doubles(l.Gradient!))];
        }
    }

    private static string[] Names => ["output", "input's gradient", "weight's gradient", "bias's gradient"];

    private static double[] Doubles(Tensor tensor) => tensor.To(DType.Float64).Contiguous().ToArray<double>();

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));
}
