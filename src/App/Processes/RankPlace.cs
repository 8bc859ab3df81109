using System.Globalization;

namespace Coverslip.App.Processes;

/// <summary>Which of the processes of a training this one is, as whoever started it says.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Size">How many there are.</param>
/// <param name="Local">Its number on its machine, by which it takes a GPU.</param>
/// <param name="Host">The machine of rank 0.</param>
/// <param name="Port">Where rank 0 is met.</param>
internal sealed record RankPlace(int Rank, int Size, int Local, string Host, int Port)
{
    internal const string RankName = "RANK",
        SizeName = "WORLD_SIZE",
        LocalName = "LOCAL_RANK",
        HostName = "MASTER_ADDR",
        PortName = "MASTER_PORT";

    private const int FirstPort = 20_000,
        Ports = 20_000;

    /// <summary>Whether somebody else serves the place where ranks meet, as torchrun's agent does.</summary>
    internal bool Served { get; init; }

    /// <summary>
    /// From torchrun's variables or, within a step of several tasks, from Slurm's; null where there is one process.
    /// </summary>
    /// <param name="of">A variable's value; null where it is not set.</param>
    /// <exception cref="ArgumentException">Some of the variables are there and others are not, or are no numbers.</exception>
    internal static RankPlace? Of(Func<string, string?> of)
    {
        if (of(SizeName) is not null && of(RankName) is not null)
        {
            var size = Number(of, SizeName);
            return size < 2
                ? null
                : new RankPlace(
                    Number(of, RankName),
                    size,
                    Number(of, LocalName),
                    of(HostName) ?? throw Missing(HostName),
                    Number(of, PortName)
                )
                {
                    Served = of("TORCHELASTIC_USE_AGENT_STORE") == "True",
                };
        }
        // A batch script itself has one task, whatever was asked for the job; srun's steps have their own number.
        if (of("SLURM_STEP_NUM_TASKS") is null || of("SLURM_PROCID") is null)
            return null;
        var tasks = Number(of, "SLURM_STEP_NUM_TASKS");
        return tasks < 2
            ? null
            : new RankPlace(
                Number(of, "SLURM_PROCID"),
                tasks,
                Number(of, "SLURM_LOCALID"),
                of(HostName) ?? FirstHost(of("SLURM_STEP_NODELIST") ?? throw Missing("SLURM_STEP_NODELIST")),
                of(PortName) is not null
                    ? Number(of, PortName)
                    : FirstPort + ((Number(of, "SLURM_JOB_ID") + Number(of, "SLURM_STEP_ID")) % Ports)
            );
    }

    /// <summary>The first of Slurm's list of machines, such as <c>node[03-05,9],gpu1</c>.</summary>
    internal static string FirstHost(string list)
    {
        var open = list.IndexOf('[', StringComparison.Ordinal);
        var comma = list.IndexOf(',', StringComparison.Ordinal);
        if (open < 0 || (comma >= 0 && comma < open))
            return comma < 0 ? list : list[..comma];
        var end = list.IndexOfAny(['-', ',', ']'], open);
        var close = list.IndexOf(']', open);
        var after = list.IndexOf(',', close);
        return list[..open] + list[(open + 1)..end] + (after < 0 ? list[(close + 1)..] : list[(close + 1)..after]);
    }

    private static int Number(Func<string, string?> of, string name) =>
        int.TryParse(of(name) ?? throw Missing(name), CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException(
                $"{name} is '{of(name)}', a whole number was expected; it says which process of a training this is: unset it to train by one"
            );

    private static ArgumentException Missing(string name) =>
        new(
            $"{name} is not set, and other variables say that this is one of several processes of a training: start it by torchrun or srun, which set all, or unset {RankName} and {SizeName}"
        );
}
