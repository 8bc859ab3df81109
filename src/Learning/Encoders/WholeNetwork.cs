using Coverslip.Torch;

namespace Coverslip.Learning.Encoders;

/// <summary>A network of a file, whose layers are its outputs.</summary>
internal abstract class WholeNetwork(EncoderFile file, (int Height, int Width) size) : IEncoderNetwork, IDisposable
{
    /// <summary>Its outputs.</summary>
    public abstract IReadOnlyList<string> Layers { get; }

    protected EncoderFile File { get; } = file;

    protected (int Height, int Width) Size { get; } = size;

    protected string Described => EncoderFile.Description(File.Path);

    public Dictionary<string, Tensor> Forward(Tensor x, IReadOnlyCollection<string> layers) =>
        Run((File.BlueFirst ? x.Flip(1) : x).Contiguous(), layers)
            .ToDictionary(o => o.Key, o => Pooled(o.Key, o.Value, x.Size(0)), StringComparer.Ordinal);

    /// <summary>By computing two images: a network that was traced for one shows here.</summary>
    public int Count(IReadOnlyCollection<string> layers)
    {
        using var scope = new TensorScope();
        using var off = new NoGradient();
        return (int)Forward(Tensor.Zeros([2, 3, Size.Height, Size.Width]), layers).Values.Sum(f => f.Size(1));
    }

    /// <summary>A file has its weights in it.</summary>
    public void Load(string file) { }

    public abstract void Dispose();

    /// <summary>Images [B, 3, H, W] in the network's order of colors → outputs by name.</summary>
    protected abstract Dictionary<string, Tensor> Run(Tensor x, IReadOnlyCollection<string> outputs);

    /// <summary>An output → [B, D].</summary>
    private Tensor Pooled(string name, Tensor output, long count)
    {
        var shape = output.Shape;
        var told = $"{File.Path}: output '{name}' is [{string.Join(", ", shape)}] of {count} images";
        if (shape.Length == 0 || shape[0] != count)
            throw new InvalidDataException(
                $"{told}, expected is a row to each: export it so that the number of images is free"
            );
        if (output.DType != DType.Float32)
            throw new InvalidDataException($"{told} of {output.DType}; export it in float32");
        if (shape.Length == 2 || shape.Skip(2).All(side => side == 1))
            return shape.Length < 2 ? throw Unfit(told) : output.Reshape(count, -1);
        return (shape.Length, File.Pooling) switch
        {
            (3, OutputPooling.First) => output.Select(1, 0),
            (3, OutputPooling.Mean) => output.Mean([1]),
            (4, OutputPooling.Mean) => output.Mean([2, 3]),
            (3 or 4, _) => throw new InvalidDataException(
                $"{told}, and {Described} says pooling: {File.Pooling.ToString().ToLowerInvariant()}; write pooling: mean there for the mean over its places{(shape.Length == 3 ? ", or first for the first token" : "")}, or choose another output as a layer: {string.Join(", ", Layers)}"
            ),
            _ => throw Unfit(told),
        };
    }

    private InvalidDataException Unfit(string told) =>
        new(
            $"{told}; expected is [images, numbers], tokens or a map: choose another output as a layer: {string.Join(", ", Layers)}"
        );
}
