namespace Coverslip.Torch.Tests;

/// <summary>Where the tests compute: <c>COVERSLIP_TEST_DEVICE</c>, the processor by default.</summary>
internal static class TestDevice
{
    internal static Device Current { get; } =
        Device.Parse(Environment.GetEnvironmentVariable("COVERSLIP_TEST_DEVICE") ?? "cpu");

    /// <summary>
    /// Against float32 numbers of PyTorch on the processor: 1e-5; 2e-3 on a GPU, whose convolutions multiply in TF32.
    /// </summary>
    internal static double Relative => Current.IsCuda ? 2e-3 : 1e-5;

    /// <summary>For sums whose terms cancel: 1e-6 of numbers around one; 2e-3 on a GPU.</summary>
    internal static double Absolute => Current.IsCuda ? 2e-3 : 1e-6;

    /// <summary>The same values on the test's device.</summary>
    internal static Tensor Here(this Tensor tensor) => tensor.To(Current);
}
