using Coverslip.Torch;
using Microsoft.ML.OnnxRuntime;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Learning.Encoders;

/// <summary>
/// A network of an ONNX file, computed by ONNX Runtime on as many threads as libtorch has, or on a GPU where the library is
/// a build for CUDA.
/// </summary>
internal sealed class OnnxNetwork : WholeNetwork
{
    private readonly InferenceSession session;
    private readonly string input;
    private readonly bool colorsLast;
    private readonly int most;

    internal OnnxNetwork(EncoderFile file, Device device, (int Height, int Width) size)
        : base(file, size)
    {
        session = OnnxSession.Open(file.Path, device);
        try
        {
            (input, var shape) = Input();
            colorsLast = shape is [_, not 3, _, 3];
            var (height, width) = colorsLast ? (shape[1], shape[2]) : (shape[2], shape[3]);
            if ((height > 0 && height != size.Height) || (width > 0 && width != size.Width))
                throw new InvalidDataException(
                    $"{file.Path} takes images of {height} × {width} pixels, asked are {size.Height} × {size.Width}; write size: {height} into {Described}, and take input.height and input.width (--size) of it"
                );
            most = shape[0] > 0 ? shape[0] : int.MaxValue;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Layers => session.OutputNames;

    public override void Dispose() => session.Dispose();

    protected override Dictionary<string, Tensor> Run(Tensor x, IReadOnlyCollection<string> outputs)
    {
        string[] asked = [.. outputs];
        var parts = new List<Tensor[]>();
        for (long from = 0; from < x.Size(0); from += most)
            parts.Add(RunSome(x.Narrow(0, from, Math.Min(most, x.Size(0) - from)), asked));
        return asked
            .Index()
            .ToDictionary(
                o => o.Item,
                o => parts.Count == 1 ? parts[0][o.Index] : Tensor.Cat([.. parts.Select(p => p[o.Index])], 0),
                StringComparer.Ordinal
            );
    }

    private Tensor[] RunSome(Tensor x, string[] asked)
    {
        var count = (int)x.Size(0);
        // A network of a fixed number of images gets the last one again; what it says of that is left out.
        var filled = most is > 1 and < int.MaxValue ? most : count;
        if (filled > count)
            x = Tensor.Cat([x, .. Enumerable.Repeat(x.Narrow(0, count - 1, 1), filled - count)], 0);
        var given = colorsLast ? x.Permute(0, 2, 3, 1) : x;
        var results = Asked(given, asked);
        return filled > count ? [.. results.Select(t => t.Narrow(0, 0, count))] : results;
    }

    private Tensor[] Asked(Tensor given, string[] asked)
    {
        foreach (var name in asked)
            if (session.OutputMetadata[name].ElementType != typeof(float))
                throw new InvalidDataException(
                    $"{File.Path}: output '{name}' is of {session.OutputMetadata[name].ElementType.Name}; export it in float32"
                );
        try
        {
            return OnnxSession.Run(session, given, asked);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidDataException(
                $"{File.Path} cannot take images of {Size.Height} × {Size.Width} pixels; if it wants others, write its size into {Described}, and take input.height and input.width (--size) of it: {error.Message}",
                error
            );
        }
    }

    private (string Name, int[] Shape) Input()
    {
        if (session.InputMetadata is not { Count: 1 } inputs)
            throw new InvalidDataException(
                $"{File.Path} takes {session.InputMetadata.Count} inputs ({string.Join(", ", session.InputNames)}); an encoder takes images alone: export it so"
            );
        var (name, input) = inputs.Single();
        if (input.ElementType != typeof(float))
            throw new InvalidDataException(
                $"{File.Path}: input '{name}' is of {input.ElementType.Name}; export it in float32"
            );
        return input.Dimensions is [_, 3 or < 1, _, _] or [_, _, _, 3]
            ? (name, input.Dimensions)
            : throw new InvalidDataException(
                $"{File.Path}: input '{name}' is [{string.Join(", ", input.Dimensions)}]; expected is [images, 3, height, width] or [images, height, width, 3]"
            );
    }
}
