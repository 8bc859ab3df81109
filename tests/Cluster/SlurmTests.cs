using System.Globalization;
using System.Text.RegularExpressions;
using Coverslip.App.Tests.Commands;
using Coverslip.Files;

namespace Coverslip.Cluster.Tests;

/// <summary>
/// Work that a real Slurm does, tasks and a node killed in the middle: the files of one machine that nobody disturbed, byte by byte
/// but for times.
/// </summary>
[Collection("console")]
public sealed class SlurmTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>, IDisposable
{
    private const string Recipe = """
        method: saganet
        input: {form: raw, height: 48, width: 48}
        network: {stem_filters: 8, growth: 4, positions: shared}
        training: {epochs: 1, batch: 6, rate: 2e-3, schedule: constant, patience: 0}
        split: {folds: 2, validation_share: 0.34}
        decision: {threshold_from_validation: true}
        """;

    /// <summary>Times stand in them, or which program wrote them: a test's host is another than a task.</summary>
    private static readonly Regex Differing = new(
        @"-heatmap\.json$|summary\.json$|report\.html$|study\.html$|run\.json$|state\.safetensors$|contents\.txt$|environment\.txt$|/?logs/|^claims/|^slurm/|^shards/|table\.(md|csv)$|metrics\.csv$"
    );

    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_prediction_goes_on_where_a_node_lost_its_power()
    {
        NeedsSlurm();
        File.WriteAllText(runs.RecipeFile, Recipe);
        VerbCall.Run(0, "train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", At("run"));
        foreach (var (name, side) in (ReadOnlySpan<(string, string)>)[("a", "1000"), ("b", "260"), ("c 'c'", "260")])
            VerbCall.Run(
                0,
                [
                    .. "slide phantom".Split(' '),
                    At($"{name}.tif"),
                    .. $"--width {side} --height {side} --tissue 0.4 --mpp 2".Split(' '),
                ]
            );
        string[] Predict(string to, params string[] further) =>
            [
                "predict",
                At("run"),
                .. (string[])[At("a.tif"), At("b.tif"), At("c 'c'.tif")],
                "--out",
                At(to),
                .. "--mpp 2 --stride 16 --no-orientations --batch 1 --save-every 0.1".Split(' '),
                .. further,
            ];
        VerbCall.Run(0, Predict("whole"));

        var told = VerbCall.Run(0, Predict("spread", ["--slurm", "--shards", "3", .. Options])).Output;
        // Slurm's largest array here is of two: the third share is an array of its own.
        var jobs = Regex.Matches(told, @"submitted (\d+): shares, (\d) tasks").ToArray();
        Assert.Equal(["2", "1"], jobs.Select(j => j.Groups[2].Value));
        var first = $"{jobs[0].Groups[1].Value}_1"; // the largest slide's
        cluster.Until(() => File.Exists(At("spread/a-heatmap.state")), "the first slide is not begun", 5);
        var node = File.ReadAllText(At("spread/slurm/state/shares-1")).Split(' ')[2];
        cluster.LosePower(node, first);
        cluster.Until(
            () =>
            {
                SlurmCluster.Told("scontrol", $"update jobid={first} starttime=now"); // Slurm waits two minutes
                return File.ReadAllLines(At("spread/slurm/state/shares-1")).Length > 1;
            },
            "the task is not begun again"
        );
        Ended("spread");
        cluster.Repair(node);

        Assert.Matches(
            @"^start \S+ \S+ \d+\nstart \S+ \S+ \d+\nend 0 \d+\n$",
            File.ReadAllText(At("spread/slurm/state/shares-1"))
        );
        Assert.Equal(
            ["shares: 3 of 3 done", "merge: 1 of 1 done"],
            VerbCall.Run(0, "jobs", At("spread")).Output.Trim().Split('\n')
        );
        Same("whole", "spread");
    }

    [Fact]
    public void A_study_whose_task_was_killed_is_whole_after_a_retry()
    {
        NeedsSlurm();
        File.WriteAllText(runs.RecipeFile, Recipe);
        File.WriteAllText(
            At("study.yaml"),
            """
            study: two networks
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            models:
              gated: {recipe: small.yaml}
              plain: {recipe: small.yaml, with: {network: {gated: false}}}
            """
        );
        string[] Study(string to, params string[] further) =>
            ["study", At("study.yaml"), "--cohort", runs.CohortFile, "--out", At(to), .. further];
        VerbCall.Run(0, Study("whole", "--jobs", "0"));

        string[] spread = Study("spread", ["--slurm", .. Options]);
        var told = VerbCall.Run(0, spread).Output;
        var array = Regex.Match(told, @"submitted (\d+): cells").Groups[1].Value;
        Assert.Contains("of an earlier submission is", VerbCall.Run(1, spread).Errors);
        cluster.Until(() => File.Exists(At("spread/claims/gated-recipe-1")), "the first cell is not begun", 5);
        SlurmCluster.KillProgram($"{array}_1");
        Ended("spread");

        var failed = VerbCall.Run(["jobs", At("spread")]);
        Assert.Equal(1, failed.Code);
        Assert.Contains("cells: 3 of 4 done, 1 failed", failed.Output);
        Assert.Contains(
            $"failed: gated, recipe, part 1 ({array}_1): killed (signal 9): out of memory, or by hand",
            failed.Output
        );

        told = VerbCall.Run(0, "jobs", At("spread"), "--retry-failed").Output;
        Assert.Matches(@"\nsubmitted \d+: cells, 1 tasks\nsubmitted \d+: merge, one job, after \d+\n$", told);
        Ended("spread");
        Assert.Contains("cells: 4 of 4 done", VerbCall.Run(0, "jobs", At("spread")).Output);
        Same("whole", "spread");
        Assert.Equal(Figures("whole"), Figures("spread"));
    }

    /// <summary>One training by a rank on each node: they find each other by what srun says of the step.</summary>
    [Fact]
    public void Ranks_of_a_step_on_two_nodes_train_as_one_process_does()
    {
        NeedsSlurm();
        File.WriteAllText(runs.RecipeFile, Recipe);
        string[] Train(string to) =>
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", At(to), "--part", "1"];
        VerbCall.Run(0, Train("alone"));
        var program = Path.Combine(AppContext.BaseDirectory, "coverslip");
        SlurmCluster.Told(
            "srun",
            $"--nodes=2 --ntasks-per-node=1 --cpus-per-task=1 --mem=500M --time=10 --output={At("rank-%t.log")} {program} {string.Join(' ', Train("ranks"))}"
        );
        string[] said = [.. Enumerable.Range(0, 2).Select(rank => File.ReadAllText(At($"rank-{rank}.log")))];
        Assert.Equal([true, false], said.Select(text => text.Contains("report:", StringComparison.Ordinal)));
        double Loss(string run)
        {
            var table = CsvTable.Read(At($"{run}/part-1/metrics.csv"));
            return double.Parse(table.Rows.Single().Fields[table.Require("train_loss")], CultureInfo.InvariantCulture);
        }
        Assert.Equal(Loss("alone"), Loss("ranks"), 1e-5);
    }

    private static string[] Options => ["--slurm-options", "--cpus-per-task=1 --mem=500M --time=10"];

    private static void NeedsSlurm() =>
        Assert.SkipWhen(
            SlurmCluster.Missing is not null,
            $"{SlurmCluster.Missing} is not installed (Debian: apt-get install slurmctld slurmd slurm-client munge)"
        );

    /// <summary>Waits until the last job of the folder has ended.</summary>
    private void Ended(string folder)
    {
        var merge = CsvTable.Read(At($"{folder}/slurm/jobs.csv")).Rows[^1].Fields[0];
        cluster.Until(
            () =>
                File.Exists(At($"{folder}/slurm/state/merge-1"))
                && File.ReadAllText(At($"{folder}/slurm/state/merge-1")) is var lines
                && Regex.IsMatch(lines, $@"start {merge} [^\n]*\nend \d+ \d+\n$"),
            "the merging job does not end"
        );
    }

    private void Same(string whole, string spread)
    {
        string[] files = [.. Contents(whole)];
        Assert.True(files.Length > 8, string.Join('\n', files));
        Assert.Equal(files, Contents(spread));
    }

    private IEnumerable<string> Contents(string run) =>
        from file in Directory.GetFiles(At(run), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let name = Path.GetRelativePath(At(run), file)
        where !Differing.IsMatch(name)
        select $"{name} {FileContents.Read(file)}";

    /// <summary>The table without what a training took.</summary>
    private string[] Figures(string study)
    {
        var table = CsvTable.Read(At($"{study}/table.csv"));
        int[] times = [.. ((string[])["processor_seconds", "seconds_per_epoch", "peak_mib"]).Select(table.Require)];
        return [.. table.Rows.Select(r => string.Join(',', r.Fields.Where((_, i) => !times.Contains(i))))];
    }

    private string At(string name) => runs.At(name);
}
