using System.Globalization;

namespace Coverslip.Torch;

/// <summary>Where a tensor lives: the processor, or one GPU.</summary>
public readonly record struct Device
{
    private Device(int kind, int index) => (Kind, Index) = (kind, index);

    /// <summary>Number as in c10::DeviceType: 0 processor, 1 CUDA.</summary>
    internal int Kind { get; }

    /// <summary>Which GPU; 0 for the processor.</summary>
    public int Index { get; }

    /// <summary>The processor.</summary>
    public static Device Cpu => default;

    /// <summary>A GPU.</summary>
    public static Device Cuda(int index = 0) => new(1, index);

    public bool IsCuda => Kind == 1;

    internal static Device From(int kind, int index) => new(kind, kind == 0 ? 0 : index);

    /// <summary>Whether this machine has it, as far as its libtorch can see.</summary>
    public bool IsHere => !IsCuda || Index < TorchRuntime.CudaDevices;

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>, and checks that this machine has it.</summary>
    /// <exception cref="ArgumentException">Another word, or a GPU that this libtorch cannot see.</exception>
    public static Device Parse(string text)
    {
        var device = Named(text);
        return device.IsHere
            ? device
            : throw new ArgumentException(
                $"device '{text}': this libtorch ({TorchRuntime.Version}) sees {TorchRuntime.CudaDevices} CUDA GPU(s); use --device cpu, or build against a CUDA libtorch with COVERSLIP_TORCH=<folder>"
            );
    }

    /// <summary>Reads the same words, for whichever machine.</summary>
    /// <exception cref="ArgumentException">Another word.</exception>
    public static Device Named(string text)
    {
        if (text == "cpu")
            return Cpu;
        var index = 0;
        if (
            text != "cuda"
            && !(
                text.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            )
        )
            throw new ArgumentException($"device '{text}': expected is cpu, cuda or cuda:N");
        return Cuda(index);
    }

    public override string ToString() => Kind == 0 ? "cpu" : $"cuda:{Index}";
}
