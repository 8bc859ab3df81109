using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Coverslip.App.Cluster;

/// <summary>What a verb is asked for with <c>--slurm</c>.</summary>
/// <param name="Given">Options for sbatch, as they were given; empty for none.</param>
/// <param name="DryRun">Whether scripts are written and shown, and nothing is submitted.</param>
/// <param name="Image">The container that tasks run in; null for none.</param>
/// <param name="Shards">Into how many shares slides are divided; null: as the verb does by default.</param>
internal sealed record ClusterRequest(string Given, bool DryRun, string? Image, int? Shards)
{
    /// <summary>Whether the options for sbatch say something themselves, so that this program does not.</summary>
    /// <param name="options">Names without dashes, one letter for the short ones.</param>
    internal bool Says(params ReadOnlySpan<string> options)
    {
        foreach (var name in options)
            if (Regex.IsMatch(Given, name.Length == 1 ? $@"(^|\s)-{name}" : $@"(^|\s)--{name}(=|\s|$)"))
                return true;
        return false;
    }
}

/// <summary><c>--slurm</c> and what goes with it, shared by the verbs whose work a cluster can take.</summary>
internal static class ClusterOptions
{
    internal static readonly Option<bool> Slurm = new("--slurm")
    {
        Description =
            "Leave the work to Slurm: write batch scripts into OUT/slurm, submit them, print the job ids (docs/cluster.md).",
    };

    internal static readonly Option<string?> Given = new("--slurm-options")
    {
        Description =
            "With --slurm: options for sbatch, in one word: \"--partition=gpu --gres=gpu:1\". They go before this program's.",
    };

    internal static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "With --slurm: write the scripts and show the commands, and submit nothing.",
    };

    internal static readonly Option<string?> Container = new("--container")
    {
        Description = "With --slurm: run tasks in this Apptainer image (coverslip.sif).",
    };

    internal static readonly Option<int?> Shards = new("--shards")
    {
        Description =
            "With --slurm: shares into which slides are divided by their tissue, one task to each. [default: 8]",
    };

    /// <summary>Options of sbatch that are this program's own.</summary>
    private static readonly string[] Own = ["array", "a", "dependency", "d", "output", "o", "chdir", "D", "wrap"];

    static ClusterOptions()
    {
        Given.Validators.Add(result =>
        {
            if (result.Tokens is not [var word])
                return;
            var request = new ClusterRequest(word.Value, false, null, null);
            if (Own.FirstOrDefault(name => request.Says(name)) is { } own)
                result.AddError(
                    $"--slurm-options has {(own.Length == 1 ? "-" : "--")}{own}, which this program sets itself; leave it out, "
                        + "or write the scripts with --dry-run and change them"
                );
            if (word.Value.Contains('\n', StringComparison.Ordinal))
                result.AddError("--slurm-options has a line break; give the options in one line");
        });
        Shards.Validators.Add(result =>
        {
            if (
                result.Tokens is [var word]
                && !(
                    int.TryParse(word.Value, CultureInfo.InvariantCulture, out var count)
                    && count is >= 1 and <= 100_000
                )
            )
                result.AddError($"--shards is '{word.Value}'; it is a whole number from 1 to 100000");
        });
    }

    /// <summary>Adds them to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="shards">Whether it divides slides.</param>
    internal static void AddTo(Command command, bool shards)
    {
        Option[] further = [Given, DryRun, Container, .. shards ? [Shards] : Array.Empty<Option>()];
        foreach (var option in (Option[])[Slurm, .. further])
            command.Options.Add(option);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Slurm))
                return;
            if (Array.Find(further, o => parsed.GetResult(o) is { Implicit: false }) is { } alone)
                parsed.AddError($"{alone.Name} goes with --slurm; add that, or leave it out.");
        });
    }

    /// <summary>What is asked; null where the work is done here.</summary>
    /// <exception cref="IOException">The container is not there.</exception>
    internal static ClusterRequest? Of(ParseResult parsed)
    {
        if (!parsed.GetValue(Slurm))
            return null;
        var image = parsed.GetValue(Container) is { } named ? Path.GetFullPath(named) : null;
        if (image is not null && !File.Exists(image))
            throw new FileNotFoundException(
                $"--container {image}: no such file; 'apptainer build coverslip.sif coverslip.def' makes it (docs/setup.md)"
            );
        var shards = parsed.CommandResult.Command.Options.Contains(Shards) ? parsed.GetValue(Shards) : null;
        return new ClusterRequest(parsed.GetValue(Given)?.Trim() ?? "", parsed.GetValue(DryRun), image, shards);
    }
}
