using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>What a network says of a bag.</summary>
/// <param name="Scores">[1, classes].</param>
/// <param name="Attention">[branches, N], of which each branch sums to 1; one branch, or one to each class.</param>
/// <param name="Instances">[N, hidden], what the attention was over.</param>
internal readonly record struct BagScores(Tensor Scores, Tensor Attention, Tensor Instances);

/// <summary>A network over the instances of one bag.</summary>
internal interface IBagNetwork
{
    /// <param name="instances">[N, D], scaled.</param>
    BagScores Forward(Tensor instances);

    /// <summary>A loss of instances beside the bag's; null, the default, of networks without.</summary>
    /// <param name="said">What <see cref="Forward"/> gave.</param>
    /// <param name="label">The bag's class.</param>
    Tensor? InstanceLoss(BagScores said, int label) => null;

    /// <summary>Weight of <see cref="InstanceLoss"/>; the bag's loss has the rest.</summary>
    double InstanceWeight => 0;
}

/// <summary>Sizes of a network.</summary>
/// <param name="Numbers">Numbers of an instance, D.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Options">Its kind, hidden numbers, dropout.</param>
internal sealed record BagShape(int Numbers, int Classes, BagOptions Options);
