using Coverslip.Torch;
using Coverslip.Torch.Distributed;

namespace Coverslip.Learning.Processes;

/// <summary>
/// The processes that train a run together, this one among them; alone unless the program was started otherwise. Each reads
/// and computes a part of every mini-batch, and all move the same weights. Rank 0 leads: it alone writes, judges and decides.
/// They belong to the flow of execution, as what is <see cref="Now"/>, and not to recipes or models: a training is the same
/// with any number of them.
/// </summary>
public sealed class Ranks
{
    private static readonly AsyncLocal<Ranks?> Entered = new();
    private static readonly Ranks Single = new(null);

    private Ranks(ProcessGroup? group) => Group = group;

    /// <summary>Those of this flow of execution.</summary>
    public static Ranks Now => Entered.Value ?? Single;

    /// <summary>What they add up in; null of one process.</summary>
    public ProcessGroup? Group { get; }

    public int Rank => Group?.Rank ?? 0;

    public int Size => Group?.Size ?? 1;

    /// <summary>Whether there is more than one.</summary>
    public bool AreSeveral => Size > 1;

    /// <summary>Whether this one writes, judges and decides.</summary>
    public bool Lead => Rank == 0;

    /// <summary>What follows in this flow of execution is computed by a group.</summary>
    public static void Enter(ProcessGroup? group) => Entered.Value = group is null ? null : new Ranks(group);

    /// <summary>This rank's part of a mini-batch: neighbors, the first ranks one more where it does not come out even.</summary>
    public RankShare Of(int whole)
    {
        var (each, more) = (whole / Size, whole % Size);
        var count = each + (Rank < more ? 1 : 0);
        return count > 0
            ? new RankShare((Rank * each) + Math.Min(Rank, more), count, whole)
            : new RankShare(0, 1, whole) { Counts = false };
    }

    /// <summary>Says before the forward pass whether this rank's examples count.</summary>
    public void Compute(RankShare share)
    {
        if (Group is not null)
            Group.Counts = share.Counts;
    }

    /// <summary>
    /// The backward pass from a mean over this rank's part, which weighs so much in the whole's; averaged over the ranks,
    /// gradients are those of the whole's mean.
    /// </summary>
    public void Descend(Tensor mean, double weight)
    {
        if (Group is null)
        {
            mean.Backward();
            return;
        }
        using var scope = new TensorScope();
        (mean * (weight * Size)).Backward();
    }

    /// <summary>Numbers of which every rank gets the sums.</summary>
    public double[] Sums(params double[] own)
    {
        if (Group is null)
            return own;
        using var scope = new TensorScope();
        var numbers = Tensor.From(own).To(Group.Device);
        Group.Sum(numbers);
        return numbers.To(default(Device)).ToArray<double>();
    }

    /// <summary>Numbers that the leader says.</summary>
    public double[] Told(params double[] own)
    {
        if (Group is null)
            return own;
        using var scope = new TensorScope();
        var numbers = Tensor.From(own).To(Group.Device);
        Group.Broadcast([numbers]);
        return numbers.To(default(Device)).ToArray<double>();
    }

    /// <summary>What the leader decides.</summary>
    public bool Told(bool own) => Told(own ? 1.0 : 0)[0] > 0;

    /// <summary>
    /// Makes what is kept in files: the leader first, then the others, which find the files.
    /// </summary>
    public T LeadFirst<T>(Func<T> make)
    {
        if (Lead)
        {
            var made = make();
            Told(true);
            return made;
        }
        Told(true);
        return make();
    }

    /// <summary>
    /// Lets each rank draw other random numbers from here on, which follow from the leader's: those of dropout must differ
    /// between the parts of a mini-batch. One process goes on as it is.
    /// </summary>
    internal void DrawApart()
    {
        if (Group is null)
            return;
        using var scope = new TensorScope();
        var drawn = Tensor.Rand([1], DType.Float64).ToArray<double>()[0];
        TorchRuntime.Seed((long)(Told(drawn)[0] * (1L << 52)) + Rank);
    }
}
