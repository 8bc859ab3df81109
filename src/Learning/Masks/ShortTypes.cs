using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Masks;

/// <summary>
/// bfloat16 for convolutions in the fast mode where it is fast: on a GPU, and on processors with AVX512-BF16 or AMX.
/// Elsewhere libtorch emulates it, slower than float32; and where the native library has Winograd convolutions, those
/// win in float32.
/// </summary>
internal readonly ref struct ShortTypes
{
    private static readonly bool ProcessorHasThem = Find();
    private readonly Autocast autocast;
    private readonly bool on;

    internal ShortTypes(bool wanted, Device device)
    {
        on = wanted && (device.IsCuda || (ProcessorHasThem && !FusedOperators.HasFastConvolutions));
        if (on)
            autocast = new Autocast(device, DType.BFloat16);
    }

    public void Dispose()
    {
        if (on)
            autocast.Dispose();
    }

    private static bool Find()
    {
        const string file = "/proc/cpuinfo";
        if (!File.Exists(file))
            return false;
        var flags = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        return flags is not null && (flags.Contains(" avx512_bf16") || flags.Contains(" amx_bf16"));
    }
}
