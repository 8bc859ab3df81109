namespace Coverslip.Torch;

/// <summary>
/// What random numbers of a computation on a device are drawn from: the processor's generator and, where the device is a
/// GPU, that GPU's.
/// </summary>
/// <param name="Processor">State of the processor's generator.</param>
/// <param name="Gpu">State of the GPU's; null on the processor.</param>
public sealed record RandomState(byte[] Processor, byte[]? Gpu)
{
    /// <summary>The generators as they stand.</summary>
    public static RandomState Now(Device device) =>
        new(TorchRuntime.RandomState(), device.IsCuda ? TorchRuntime.RandomState(device) : null);

    /// <summary>Sets them back; a state that was taken on the processor leaves a GPU's generator as it is.</summary>
    public void Set(Device device)
    {
        TorchRuntime.SetRandomState(Processor);
        if (Gpu is not null && device.IsCuda)
            TorchRuntime.SetRandomState(Gpu, device);
    }
}
