using System.CommandLine;
using Coverslip.App.Cluster;
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

    /// <summary>The word that is asked for; cpu of a verb that computes on no device.</summary>
    internal static string Word(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Contains(Device) ? parsed.GetValue(Device)! : "cpu";

    /// <summary>
    /// Whether the device that is asked for is only where the tasks run: a login node leaves the work to a cluster, and has no GPU.
    /// </summary>
    internal static bool IsElsewhere(ParseResult parsed) =>
        ClusterOptions.Of(parsed) is not null && !Torch.Device.Named(Word(parsed)).IsHere;

    /// <summary>Where this call computes: what <c>--device</c> says, or the processor where that is elsewhere.</summary>
    /// <exception cref="ArgumentException">No such device here; or reproducible numbers are asked of a GPU.</exception>
    internal static Device Of(ParseResult parsed)
    {
        var device = Torch.Device.Named(parsed.GetValue(Device)!);
        var reproducible = parsed.GetValue(Reproducible);
        if (reproducible && device.IsCuda)
            throw new ArgumentException(
                $"--reproducible with --device {parsed.GetValue(Device)}: a GPU's sums come in no fixed order; leave one of them out"
            );
        device = IsElsewhere(parsed) ? Torch.Device.Cpu : Torch.Device.Parse(parsed.GetValue(Device)!);
        _ = TorchRuntime.Simd; // a wrong COVERSLIP_SIMD is refused before the work begins
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
            TorchRuntime.Threads = Environment.ProcessorCount;
        TorchRuntime.Reproducible = reproducible;
        return device;
    }
}
