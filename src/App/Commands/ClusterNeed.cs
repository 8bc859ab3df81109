using Coverslip.App.Cluster;

namespace Coverslip.App.Commands;

/// <summary>What is asked of Slurm, from what was estimated: nodes are slower than the machine that estimated, and vary.</summary>
internal static class ClusterNeed
{
    private const double MoreMemory = 1.5,
        MoreTime = 2;
    private const long BesideMemory = 1L << 30; // the program, images read ahead
    private static readonly TimeSpan BesideTime = TimeSpan.FromMinutes(30); // masks, tests, reports

    /// <summary>A stage that trains.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="need">What its largest training needs.</param>
    /// <param name="parts">Into how many tasks the training's time is divided.</param>
    internal static ClusterStage With(this ClusterStage stage, TrainNeed? need, int parts = 1) =>
        need is null
            ? stage
            : stage with
            {
                Memory = need.Memory == 0 ? null : (long)(need.Memory * MoreMemory) + BesideMemory,
                Time = need.Longest is { } longest ? (longest * (MoreTime / parts)) + BesideTime : null,
            };
}
