namespace Coverslip.Torch.Distributed;

/// <summary>
/// Processes that compute together, each with a number, its rank. Every rank makes the same calls in the same order; a call
/// waits for the others' and fails when one of them ends (c10d's process group).
/// </summary>
public sealed unsafe class ProcessGroup : IDisposable
{
    private nint pointer;

    private ProcessGroup(nint pointer, (int Rank, int Size) place, Device device) =>
        (this.pointer, Rank, Size, Device) = (pointer, place.Rank, place.Size, device);

    /// <summary>This process's number, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes.</summary>
    public int Size { get; }

    /// <summary>Where the tensors are that it carries.</summary>
    public Device Device { get; }

    /// <summary>
    /// Whether the values that this rank has now count in batch normalization over all ranks; one that only takes part, since
    /// a last batch had no example for it, sets it to false. True by default.
    /// </summary>
    public bool Counts { get; set; } = true;

    /// <summary>What the native library was built with.</summary>
    public static GroupBackend Backends => (GroupBackend)NativeMethods.ct_group_backends();

    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == 0, this);
            return pointer;
        }
    }

    /// <summary>Waits until all ranks are there.</summary>
    /// <param name="store">Where they meet.</param>
    /// <param name="rank">This one's number.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="device">Where the tensors will be: Gloo carries those of processors, NCCL those of GPUs.</param>
    /// <param name="options">How ranks reach each other.</param>
    /// <exception cref="TorchException">The library was built without what carries such tensors, or a rank does not
    /// come.</exception>
    public static ProcessGroup Open(GroupStore store, int rank, int size, Device device, GroupOptions options)
    {
        var backend = device.IsCuda ? GroupBackend.Nccl : GroupBackend.Gloo;
        if (!Backends.HasFlag(backend))
            throw new TorchException(
                $"several processes on {device} need {backend}, and libcoverslip_torch was built without it: install "
                    + (
                        device.IsCuda
                            ? "NVIDIA's nccl.h and cuda_runtime_api.h"
                            : "gloo's headers (Debian: libgloo-dev)"
                    )
                    + " and build native/torch again, or train by one process"
            );
        nint result = 0;
        var rankOfSize = stackalloc int[] { rank, size };
        NativeMethods.Check(
            NativeMethods.ct_group_open(
                store.Pointer,
                rankOfSize,
                (int)backend,
                options.Address,
                (int)options.Timeout.TotalSeconds,
                &result
            )
        );
        return new ProcessGroup(result, (rank, size), device);
    }

    /// <summary>Every rank's values become those of one.</summary>
    /// <param name="tensors">Of the same sizes on all ranks.</param>
    /// <param name="root">Whose.</param>
    public void Broadcast(IReadOnlyList<Tensor> tensors, int root = 0)
    {
        var given = Pointers(tensors);
        fixed (nint* first = given)
            NativeMethods.Check(NativeMethods.ct_group_broadcast(Pointer, first, given.Length, root));
        GC.KeepAlive(tensors);
    }

    /// <summary>Every rank's values become the sum of all ranks'.</summary>
    public void Sum(params IReadOnlyList<Tensor> tensors)
    {
        var given = Pointers(tensors);
        fixed (nint* first = given)
            NativeMethods.Check(NativeMethods.ct_group_sum(Pointer, first, given.Length));
        GC.KeepAlive(tensors);
    }

    /// <summary>
    /// The gradients at parameters become the sums of all ranks'. One that a rank lacks counts as zero; one that all lack
    /// stays away.
    /// </summary>
    public void SumGradients(IReadOnlyList<Tensor> parameters)
    {
        var given = Pointers(parameters);
        fixed (nint* first = given)
            NativeMethods.Check(NativeMethods.ct_group_sum_gradients(Pointer, first, given.Length));
        GC.KeepAlive(parameters);
    }

    /// <summary>Batch normalization of [B, C, H, W] by the statistics of all ranks' values, and what follows it.</summary>
    internal Tensor BatchNorm(Tensor x, Tensor weight, Tensor bias, BatchNormState state, Activation activation)
    {
        var tensors = stackalloc nint[]
        {
            x.Pointer,
            weight.Pointer,
            bias.Pointer,
            state.Mean.Pointer,
            state.Variance.Pointer,
        };
        var norm = new GroupNorm(state.Momentum, state.Epsilon, Counts ? 1 : 0, activation.Number());
        nint result = 0;
        NativeMethods.Check(NativeMethods.ct_group_batch_norm(Pointer, tensors, &norm, &result));
        GC.KeepAlive(x);
        return Tensor.Own(result);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref pointer, 0) is not 0 and var held)
            NativeMethods.ct_group_release(held);
    }

    internal static nint[] Pointers(IReadOnlyList<Tensor> tensors) => [.. tensors.Select(t => t.Pointer)];
}

/// <summary>How the ranks of a group reach each other.</summary>
public sealed record GroupOptions
{
    /// <summary>The address by which others reach this rank; empty (default): that of the machine's name.</summary>
    public string Address { get; init; } = "";

    /// <summary>
    /// Longest wait for another rank; a day by default, since one may predict or validate for hours while the others wait.
    /// A rank that ends is noticed at once.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromDays(1);
}
