using System.Diagnostics;
using Coverslip.App.Progress;

namespace Coverslip.App.Tests.Commands;

/// <summary>Ctrl-C: one exit code, and how to go on, whatever the verb was at.</summary>
[Collection("console")]
public sealed class StopTests(TrainedRun trained) : IClassFixture<TrainedRun>
{
    private const string GoOn = "stopped; what is finished is kept. Go on with the same command\n";
    private readonly PhantomRuns runs = trained.Runs;

    [Fact]
    public void Every_verb_of_long_work_says_how_to_go_on()
    {
        string[] slides = [.. Enumerable.Range(0, 3000).Select(i => runs.At($"{i}.svs"))];
        var study = runs.At("study.yaml");
        File.WriteAllText(
            study,
            $"study: One\nbaselines: false\nmodels: {{A: {{recipe: {Path.GetFileName(runs.RecipeFile)}}}}}\nsplit: {{folds: 2}}\n"
        );
        string[] cohort = ["--cohort", runs.CohortFile];
        Assert.EndsWith(
            "the same command and --resume\n",
            Stopped(["train", runs.RecipeFile, .. cohort, "--out", runs.At("t")])
        );
        Assert.EndsWith(GoOn, Stopped(["train", runs.RecipeFile, .. cohort, "--out", runs.At("t"), "--resume"]));
        Assert.EndsWith(GoOn, Stopped(["study", study, .. cohort, "--out", runs.At("s")]));
        Assert.EndsWith(GoOn, Stopped(["predict", trained.Folder, .. cohort, "--unfamiliar", "--out", runs.At("p")]));
        Assert.EndsWith(GoOn, Stopped(["mask", .. cohort, "--steps", "1", "--out", runs.At("m")]));
        Assert.EndsWith(GoOn, Stopped(["tissue", .. slides, "--out", runs.At("tissue")]));
        Assert.EndsWith(
            "The same command begins anew\n",
            Stopped(["patches", .. slides, "--out", runs.At("index.csv")])
        );
    }

    [Fact]
    public void Without_such_work_a_signal_has_nobody_to_ask()
    {
        Assert.False(StopSignal.Ask());
        using var stop = new StopSignal();
        using var within = new StopSignal();
        Assert.True(StopSignal.Ask());
        Assert.True(within.Token.IsCancellationRequested);
        Assert.True(stop.Token.IsCancellationRequested);
        Assert.False(StopSignal.Ask());
    }

    [Fact]
    public async Task Signals_end_a_training_with_the_code_and_the_line()
    {
        File.WriteAllText(runs.RecipeFile, PhantomRuns.Recipe.Replace("epochs: 4", "epochs: 400"));
        var run = runs.At("interrupted");
        var metrics = Path.Combine(run, "part-1", "metrics.csv");
        var (code, _, errors) = await ProgramProcess.Run(
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", run],
            process =>
            {
                while (!process.HasExited && !File.Exists(metrics))
                    Thread.Sleep(5);
                using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                kill.WaitForExit();
            }
        );
        Assert.Equal(StopSignal.ExitCode, code);
        Assert.EndsWith("stopped; what is finished is kept. Go on with the same command and --resume\n", errors);
    }

    /// <summary>What a verb says that is asked for a stop as soon as its work begins.</summary>
    private static string Stopped(string[] arguments)
    {
        var asking = new Thread(() => SpinWait.SpinUntil(StopSignal.Ask, TimeSpan.FromSeconds(60)));
        asking.Start();
        var told = VerbCall.Run(StopSignal.ExitCode, arguments).Errors;
        asking.Join();
        return told;
    }
}
