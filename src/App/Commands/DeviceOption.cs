using System.CommandLine;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary><c>--device</c>, shared by every verb that computes.</summary>
internal static class DeviceOption
{
    internal static readonly Option<string> Device = new("--device")
    {
        Description = "Where to compute: cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => "cpu",
    };

    internal static readonly Option<bool> Reproducible = new("--reproducible")
    {
        Description =
            "The same numbers with any number of threads, to the last digit: sums are taken in fixed shares, and libtorch's "
            + "own operators compute with one thread, which takes longer. For cpu.",
    };

    /// <exception cref="ArgumentException">Reproducible numbers are asked of a GPU.</exception>
    internal static Device Of(ParseResult parsed)
    {
        var device = Torch.Device.Parse(parsed.GetValue(Device)!);
        var reproducible = parsed.GetValue(Reproducible);
        if (reproducible && device.IsCuda)
            throw new ArgumentException(
                $"--reproducible with --device {parsed.GetValue(Device)}: a GPU's sums come in no fixed order; leave one of them out"
            );
        _ = TorchRuntime.Simd; // a wrong COVERSLIP_SIMD is refused before the work begins
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
            TorchRuntime.Threads = Environment.ProcessorCount;
        TorchRuntime.Reproducible = reproducible;
        return device;
    }
}
