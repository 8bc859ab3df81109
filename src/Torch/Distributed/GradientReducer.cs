namespace Coverslip.Torch.Distributed;

/// <summary>
/// Averages the gradients of parameters over a group, in buckets, while the one backward pass of a step runs (c10d's
/// Reducer, as PyTorch's DistributedDataParallel with a static graph). The first step learns which parameters a step uses,
/// and reduces when its backward pass is over; every further one has to use the same.
/// </summary>
public sealed unsafe class GradientReducer : IDisposable
{
    private nint pointer;

    /// <param name="group">Over whom.</param>
    /// <param name="parameters">In the order of the forward pass; all need a gradient, and outlive this.</param>
    public GradientReducer(ProcessGroup group, IReadOnlyList<Tensor> parameters)
    {
        nint result = 0;
        var given = ProcessGroup.Pointers(parameters);
        fixed (nint* first = given)
            NativeMethods.Check(NativeMethods.ct_reducer_open(group.Pointer, first, given.Length, &result));
        GC.KeepAlive(parameters);
        pointer = result;
    }

    /// <summary>Before the forward pass of a step.</summary>
    public void Begin() => NativeMethods.Check(NativeMethods.ct_reducer_begin(Pointer));

    /// <summary>After its backward pass: the gradients are those of all ranks.</summary>
    public void End() => NativeMethods.Check(NativeMethods.ct_reducer_end(Pointer));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref pointer, 0) is not 0 and var held)
            NativeMethods.ct_reducer_release(held);
    }

    private nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == 0, this);
            return pointer;
        }
    }
}
