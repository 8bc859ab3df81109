using Coverslip.Torch;
using Coverslip.Torch.Scripts;

namespace Coverslip.Learning.Encoders;

/// <summary>A network of a TorchScript file, computed by libtorch. Its outputs have no names and are counted.</summary>
internal sealed class ScriptNetwork : WholeNetwork
{
    private readonly TorchScript script;
    private readonly Device device;

    internal ScriptNetwork(EncoderFile file, Device device, (int Height, int Width) size)
        : base(file, size)
    {
        this.device = device;
        try
        {
            script = TorchScript.Load(file.Path, device);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(
                $"{error.Message}; weights of a known network are named with it: NAME={file.Path} ('coverslip encoders')",
                error
            );
        }
        try
        {
            using var scope = new TensorScope();
            var count = Outputs(Tensor.Zeros([1, 3, size.Height, size.Width])).Length;
            Layers = count == 1 ? ["output"] : [.. Enumerable.Range(1, count).Select(i => $"output{i}")];
        }
        catch
        {
            script.Dispose();
            throw;
        }
    }

    public override IReadOnlyList<string> Layers { get; }

    public override void Dispose() => script.Dispose();

    protected override Dictionary<string, Tensor> Run(Tensor x, IReadOnlyCollection<string> outputs) =>
        Layers
            .Zip(Outputs(x))
            .Where(o => outputs.Contains(o.First))
            .ToDictionary(o => o.First, o => o.Second, StringComparer.Ordinal);

    private Tensor[] Outputs(Tensor x)
    {
        try
        {
            return script.Run(x.To(device, DType.Float32));
        }
        catch (TorchException error)
        {
            throw new InvalidDataException(
                $"{File.Path} cannot take images of {Size.Height} × {Size.Width} pixels; if it wants others, write its size into {Described}, and take input.height and input.width (--size) of it: {error.Message.Split('\n').Last(l => l.Trim().Length > 0)}",
                error
            );
        }
    }
}
