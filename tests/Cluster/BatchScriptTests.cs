using System.Diagnostics;
using Coverslip.App.Cluster;
using Coverslip.App.Tests.Commands;

namespace Coverslip.Cluster.Tests;

/// <summary>What is written for a cluster, and what is refused, where there is none.</summary>
[Collection("console")]
public sealed class BatchScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("a cluster's ").FullName;

    public BatchScriptTests() =>
        VerbCall.Run(
            0,
            [.. "slide phantom".Split(' '), At("it's.tif"), .. "--width 300 --height 300 --mpp 2".Split(' ')]
        );

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A login node's processors say nothing of the nodes'.</summary>
    [Fact]
    public void Tasks_ask_for_the_users_number_of_threads_and_not_for_the_launchers()
    {
        string Asked()
        {
            VerbCall.Run(0, [.. Tissue("--slurm", "--dry-run", "--slurm-options", "--mem=2G --time=10")]);
            var script = File.ReadAllLines(At("out/slurm/shares.sh"));
            Directory.Delete(At("out"), recursive: true);
            return script.Single(line => line.Contains("cpus-per-task", StringComparison.Ordinal));
        }
        var threads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS");
        try
        {
            Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "3");
            Assert.Equal("#SBATCH --cpus-per-task=3", Asked());
            Environment.SetEnvironmentVariable("COVERSLIP_ALL_THREADS", "1");
            Assert.Equal("#SBATCH --cpus-per-task=4", Asked());
        }
        finally
        {
            Environment.SetEnvironmentVariable("COVERSLIP_ALL_THREADS", null);
            Environment.SetEnvironmentVariable("OMP_NUM_THREADS", threads);
        }
    }

    [Fact]
    public void A_dry_run_writes_scripts_that_a_shell_reads_as_they_are_meant()
    {
        File.WriteAllText(At("image.sif"), "");
        var told = VerbCall
            .Run(
                0,
                [
                    .. Tissue(
                        "--slurm",
                        "--dry-run",
                        "--container",
                        At("image.sif"),
                        "--slurm-options",
                        "-p gpu --mem=2G"
                    ),
                ]
            )
            .Output;
        Assert.Contains("sbatch --array=1 ", told);
        Assert.Contains("--dependency=afterany:JOB-OF-SHARES", told);
        Assert.False(File.Exists(At("out/slurm/jobs.csv")));

        var script = File.ReadAllText(At("out/slurm/shares.sh"));
        Assert.Contains("#SBATCH -p gpu --mem=2G\n", script);
        Assert.DoesNotContain("# memory:", script);
        Assert.Matches(@"#SBATCH --time=0-00:3\d:00    # estimated", script); // a slide was tried: half an hour beside it
        // Slurm's part is taken away, and what is left of the call printed word by word.
        var call = script[
            script.IndexOf("call=(", StringComparison.Ordinal)..script.IndexOf("# Asked", StringComparison.Ordinal)
        ];
        var words = Bash($"task=1\n{call}\nprintf '%s\\n' \"${{call[@]}}\"").Split('\n');
        Assert.Equal(["apptainer", "run", "--bind"], words[..3]);
        Assert.Contains(folder, words);
        Assert.Equal(
            [At("image.sif"), "tissue", At("it's.tif"), "--out", At("out"), "--shard", "1/1"],
            words[Array.IndexOf(words, At("image.sif"))..]
        );
    }

    [Fact]
    public void A_login_node_needs_no_GPU()
    {
        using var runs = new PhantomRuns();
        File.WriteAllText(
            runs.RecipeFile,
            "{method: saganet, input: {form: raw, height: 48, width: 48}, network: {stem_filters: 8, growth: 4, positions: shared}, training: {epochs: 1}, split: {folds: 2}}"
        );
        string[] Train(string device) =>
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", At("run"), "--device", device];
        var told = VerbCall.Run(0, [.. Train("cuda:63"), "--slurm", "--dry-run"]);
        Assert.Contains(
            "--device cuda:63: not on this machine, so that memory and time are not estimated",
            told.Errors
        );
        var script = File.ReadAllText(At("run/slurm/train.sh"));
        Assert.Contains("# memory: as your cluster gives by default", script);
        Assert.Contains("cuda:63", script);
        Assert.Contains("device 'cuda:63': this libtorch", VerbCall.Run(1, Train("cuda:63")).Errors);
        Assert.Contains("device 'cudo': expected", VerbCall.Run(1, [.. Train("cudo"), "--slurm", "--dry-run"]).Errors);
    }

    [Theory]
    [InlineData(
        "--slurm-options has --array, which this program sets itself",
        "--slurm",
        "--slurm-options",
        "--array=1-9"
    )]
    [InlineData(
        "--slurm-options has -d, which this program sets itself",
        "--slurm",
        "--slurm-options",
        "-p x -d afterok:1"
    )]
    [InlineData("--shards goes with --slurm", "--shards", "2")]
    [InlineData("--shards is '0'; it is a whole number from 1", "--slurm", "--shards", "0")]
    [InlineData("--merge and --slurm: --shard does a share", "--slurm", "--merge")]
    public void Wrong_usage(string message, params string[] words) =>
        Assert.Contains(message, VerbCall.Run(2, [.. Tissue(words)]).Errors);

    [Fact]
    public void Without_Slurm_the_way_out_is_told()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", folder);
        try
        {
            Assert.Contains(
                "sbatch is not on the PATH; call where Slurm's commands are (a login node), or add --dry-run",
                VerbCall.Run(1, [.. Tissue("--slurm")]).Errors
            );
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
        Assert.Contains(
            "nothing was submitted with --slurm to this folder",
            VerbCall.Run(1, "jobs", At("none")).Errors
        );
    }

    [Theory]
    [InlineData("1-4,7", 1, 2, 3, 4, 7)]
    [InlineData("2", 2)]
    [InlineData("1,3-4", 4, 1, 3)]
    public void Numbers_are_written_as_Slurm_writes_them(string text, params int[] numbers)
    {
        Assert.Equal(text, NumberList.Text(numbers));
        Assert.Equal(numbers.Order(), NumberList.Parse(text));
    }

    private static string Bash(string script)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-euc", script]) { RedirectStandardOutput = true }
        )!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    private IEnumerable<string> Tissue(params string[] further) =>
        ["tissue", At("it's.tif"), "--out", At("out"), .. further];

    private string At(string name) => Path.Combine(folder, name);
}
