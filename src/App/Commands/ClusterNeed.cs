using System.CommandLine;
using Coverslip.App.Cluster;

namespace Coverslip.App.Commands;

/// <summary>What a task needs by estimate.</summary>
/// <param name="Memory">Bytes, of the stage that needs most; 0 where no stage is estimated.</param>
/// <param name="Longest">How long all of it takes at most; null where nobody can say, as of trainings whose epoch is as long as the
/// slides have patches.</param>
internal sealed record TaskNeed(long Memory, TimeSpan? Longest);

/// <summary>What is asked of Slurm, from what was estimated: nodes are slower than the machine that estimated, and vary.</summary>
internal static class ClusterNeed
{
    private const double MoreMemory = 1.5,
        MoreTime = 2;
    private const long BesideMemory = 1L << 30; // the program, images read ahead
    private static readonly TimeSpan BesideTime = TimeSpan.FromMinutes(30); // masks, tests, reports

    /// <summary>Whether memory or time have to be estimated: what the user says goes before, and nobody knows another machine's GPU.</summary>
    internal static bool IsAsked(ParseResult parsed, ClusterRequest request)
    {
        if (request.Says("mem", "mem-per-cpu", "mem-per-gpu") && request.Says("time", "t"))
            return false;
        if (!DeviceOption.IsElsewhere(parsed))
            return true;
        Console.Error.WriteLine(
            $"--device {DeviceOption.Word(parsed)}: not on this machine, so that memory and time are not estimated; "
                + "the cluster's defaults hold where --slurm-options does not say them"
        );
        return false;
    }

    /// <summary>A stage that trains, or looks at slides.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="need">What its largest task needs; null where nobody estimated it.</param>
    /// <param name="parts">Into how many tasks a training's time is divided.</param>
    internal static ClusterStage With(this ClusterStage stage, TaskNeed? need, int parts = 1) =>
        need is null
            ? stage
            : stage with
            {
                Memory = need.Memory == 0 ? null : (long)(need.Memory * MoreMemory) + BesideMemory,
                Time = need.Longest is { } longest ? (longest * (MoreTime / parts)) + BesideTime : null,
            };
}
