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

    internal static Device Of(ParseResult parsed)
    {
        var device = Torch.Device.Parse(parsed.GetValue(Device)!);
        _ = TorchRuntime.Simd; // a wrong COVERSLIP_SIMD is refused before the work begins
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null)
            TorchRuntime.Threads = Environment.ProcessorCount;
        return device;
    }
}
