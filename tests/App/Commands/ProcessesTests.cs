using System.Diagnostics;
using System.Globalization;
using Coverslip.App.Processes;
using Coverslip.Files;
using Coverslip.Learning.Loop;

namespace Coverslip.App.Tests.Commands;

/// <summary>Training by several processes through the program; a rank that is killed, and going on with another number.</summary>
[Collection("console")]
public sealed class ProcessesTests : IDisposable
{
    private const string Recipe = """
        method: saganet
        input: {form: raw, height: 48, width: 48}
        network: {stem_filters: 8, growth: 4, positions: shared, dropout: 0.2}
        training: {epochs: 200, batch: 6, rate: 2e-4, schedule: constant, patience: 0}
        split: {folds: 4, validation_share: 0.34}
        """;

    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task A_killed_rank_ends_the_run_with_its_name_and_another_number_goes_on()
    {
        File.WriteAllText(runs.RecipeFile, Recipe);
        string[] Train(int processes) =>
            [
                "train",
                runs.RecipeFile,
                "--cohort",
                runs.CohortFile,
                "--out",
                runs.At("run"),
                "--part",
                "1",
                "--processes",
                processes.ToString(CultureInfo.InvariantCulture),
            ];
        var folder = new RunFolder(runs.At("run/part-1"));
        var (killed, clock) = (0, new Stopwatch());
        var (code, _, errors) = await ProgramProcess.Run(
            Train(3),
            parent =>
            {
                while (!parent.HasExited && folder.Reached.Epoch < 1)
                    Thread.Sleep(50);
                killed = Children(parent.Id).Last();
                using var child = Process.GetProcessById(killed);
                child.Kill();
                clock.Start();
            }
        );
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed} until the others ended");
        Assert.Equal(1, code);
        Assert.Matches($@"error: rank [12] of 3 \(.+, process {killed}\) ended with signal 9; .*--resume", errors);
        var reached = folder.Reached.Epoch;
        Assert.InRange(reached, 1, 199);

        var (_, refused) = VerbCall.Run(1, [.. Train(7), "--resume"]);
        Assert.Contains("training.batch is 6 for all 7 processes", refused, StringComparison.Ordinal);
        (code, _, errors) = await ProgramProcess.Run(
            [.. Train(2), "--resume"],
            parent =>
            {
                while (!parent.HasExited && folder.Reached.Epoch < reached + 1)
                    Thread.Sleep(50);
                // A stop that only this one hears of ends both after the same step.
                _ = Process.Start("kill", ["-TERM", parent.Id.ToString(CultureInfo.InvariantCulture)]);
            }
        );
        Assert.True(code == 130, errors);
        Assert.EndsWith("Go on with the same command\n", errors);
        Assert.InRange(folder.Reached.Epoch, reached + 1, 199);
        var epochs = CsvTable.Read(folder.Metrics).Rows.Select(r => r.Fields[0]);
        Assert.Equal(Enumerable.Range(0, folder.Reached.Epoch).Select(e => $"{e}"), epochs);
    }

    [Fact]
    public async Task A_rank_that_dies_before_all_have_met_is_named()
    {
        File.WriteAllText(runs.RecipeFile, Recipe);
        var (code, _, errors) = await ProgramProcess.Run(
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", runs.At("run"), "--processes", "2"],
            parent =>
            {
                while (!parent.HasExited && Children(parent.Id).Length == 0)
                    Thread.Sleep(1);
                using var child = Process.GetProcessById(Children(parent.Id)[0]);
                child.Kill();
            }
        );
        Assert.Equal(1, code);
        Assert.Contains(
            "error: rank 1 of 2 ended with signal 9 before the training began",
            errors,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("node1", "node1")]
    [InlineData("node1,node2", "node1")]
    [InlineData("node[03-05,9],gpu1", "node03")]
    [InlineData("gpu[7,9]", "gpu7")]
    [InlineData("a,b[1-2]", "a")]
    [InlineData("rack1-node[2-3].cluster,x", "rack1-node2.cluster")]
    public void The_first_machine_of_Slurms_list_is_rank_0s(string list, string first) =>
        Assert.Equal(first, RankPlace.FirstHost(list));

    [Fact]
    public void Places_come_from_torchrun_and_from_Slurm_where_there_is_more_than_one()
    {
        static RankPlace? Of(string variables)
        {
            var set = variables.Split(' ').Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
            return RankPlace.Of(name => set.GetValueOrDefault(name));
        }
        Assert.Equal(
            new RankPlace(3, 4, 1, "10.0.0.1", 29500),
            Of("RANK=3 WORLD_SIZE=4 LOCAL_RANK=1 MASTER_ADDR=10.0.0.1 MASTER_PORT=29500")
        );
        Assert.Null(Of("RANK=0 WORLD_SIZE=1"));
        const string Slurm = "SLURM_LOCALID=0 SLURM_STEP_NODELIST=n[1-2] SLURM_JOB_ID=41000 SLURM_STEP_ID=2";
        Assert.Equal(new RankPlace(1, 2, 0, "n1", 21002), Of($"SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2 {Slurm}"));
        Assert.Null(Of($"SLURM_PROCID=0 SLURM_NTASKS=8 {Slurm}")); // a batch script
        var error = Assert.Throws<ArgumentException>(() =>
            Of("RANK=1 WORLD_SIZE=2 LOCAL_RANK=x MASTER_ADDR=a MASTER_PORT=1")
        );
        Assert.Contains("LOCAL_RANK is 'x'", error.Message, StringComparison.Ordinal);
    }

    private static int[] Children(int parent) =>
        [
            .. File.ReadAllText($"/proc/{parent}/task/{parent}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];
}
