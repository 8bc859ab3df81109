using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Processes;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Distributed;

namespace Coverslip.App.Commands;

/// <summary><c>--processes</c> of a training, or what torchrun and srun say in its place.</summary>
internal static class ProcessesOption
{
    internal static readonly Option<int> Processes = new("--processes")
    {
        Description =
            "Train by so many processes on this machine, which divide the examples of each step; with --device cuda each takes "
            + "a GPU of its own. torchrun and srun start them on several machines.",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>Which of several processes this one is, if others were started with it; null otherwise.</summary>
    /// <exception cref="ArgumentException">The option says another number of processes.</exception>
    internal static RankPlace? Place(ParseResult parsed)
    {
        var (place, asked) = (RankPlace.Of(Environment.GetEnvironmentVariable), parsed.GetValue(Processes));
        if (asked < 1)
            throw new ArgumentException($"--processes is {asked}; give 1, the default, or more");
        if (place is not null && Environment.GetEnvironmentVariable("SLURM_JOB_ID") is not null)
            place = place with { Host = SlurmClient.AddressOf(place.Host) };
        return place is null || asked == 1 || asked == place.Size
            ? place
            : throw new ArgumentException(
                $"--processes is {asked}, and torchrun or srun started {place.Size}; leave --processes out there"
            );
    }

    /// <summary>Where this process computes: of the GPUs of its machine the one of its number.</summary>
    internal static Device Device(ParseResult parsed, RankPlace? place)
    {
        var device = DeviceOption.Of(parsed);
        var several = place is not null || parsed.GetValue(Processes) > 1;
        return several && device.IsCuda && parsed.GetValue(DeviceOption.Device) == "cuda"
            ? Torch.Device.Parse($"cuda:{place?.Local ?? 0}")
            : device;
    }

    /// <summary>How many train together.</summary>
    internal static int Count(ParseResult parsed, RankPlace? place) => place?.Size ?? parsed.GetValue(Processes);

    /// <summary>Refuses what several processes cannot train.</summary>
    /// <exception cref="ArgumentException">The recipe's method, or a batch of fewer images than processes.</exception>
    internal static void Check(ParseResult parsed, IRecipe recipe, RankPlace? place)
    {
        var size = Count(parsed, place);
        if (size == 1)
            return;
        if (recipe.TrainsAlone is { } why)
            throw new ArgumentException($"--processes is {size}, and one process has to train this recipe: {why}");
        foreach (var stage in recipe.Stages)
            if (stage.Recipe.Training.Batch < size)
                throw new ArgumentException(
                    $"{stage.Section}.batch is {stage.Recipe.Training.Batch} for all {size} processes together, at least one image "
                        + $"each; set {stage.Section}.batch to {size} or more, or take fewer processes"
                );
        if (ProcessGroup.Backends == GroupBackend.None)
            throw new ArgumentException(
                $"--processes is {size}, and libcoverslip_torch was built without Gloo and NCCL: install gloo's headers (Debian: "
                    + "libgloo-dev), run ./coverslip build, or train by one process"
            );
    }

    /// <summary>Meets the other processes, or starts them; null where there are none.</summary>
    internal static TrainingTeam? Begin(ParseResult parsed, RankPlace? place, Device device) =>
        place is not null ? TrainingTeam.Join(place, device)
        : parsed.GetValue(Processes) is > 1 and var size
            ? TrainingTeam.Start(size, [.. parsed.Tokens.Select(t => t.Value)], device)
        : null;
}
