namespace Coverslip.Torch.Distributed;

/// <summary>What carries the messages of a <see cref="ProcessGroup"/>.</summary>
[Flags]
public enum GroupBackend
{
    None = 0,

    /// <summary>Between processors, over TCP.</summary>
    Gloo = 1,

    /// <summary>Between NVIDIA's GPUs.</summary>
    Nccl = 2,
}
