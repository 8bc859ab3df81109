using System.Diagnostics;

namespace Coverslip.App.Tests.Commands;

/// <summary>The program itself, killed in the middle of a training, goes on to the losses of an undisturbed run.</summary>
[Collection("console")]
public sealed class KilledTrainingTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task A_killed_training_resumes_to_the_same_losses()
    {
        var split = runs.At("split.json");
        PhantomRuns.Call(0, "split", "--cohort", runs.CohortFile, "--test-images", "6", "--validation-images", "6", "--repeats", "1", "--seed", "1", "--out", split);
        File.WriteAllText(runs.RecipeFile, PhantomRuns.Recipe.Replace("epochs: 4", "epochs: 12"));
        var (whole, killed) = (runs.At("whole"), runs.At("killed"));
        var undisturbed = await Train(whole, split, killAfterFirstEpoch: false);
        Assert.Equal((0, 13), (undisturbed, Losses(whole).Length));

        Assert.Equal(137, await Train(killed, split, killAfterFirstEpoch: true));
        Assert.False(File.Exists(Path.Combine(killed, "run.json")));
        Assert.InRange(Losses(killed).Length, 2, 12);
        Assert.Equal(0, await Train(killed, split, killAfterFirstEpoch: false, "--resume"));

        Assert.Equal(Losses(whole), Losses(killed));
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "predictions.csv")), File.ReadAllText(Path.Combine(killed, "predictions.csv")));
    }

    private async Task<int> Train(string run, string split, bool killAfterFirstEpoch, params string[] more)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "coverslip"),
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--split", split, "--out", run, .. more])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        var metrics = Path.Combine(run, "metrics.csv");
        if (killAfterFirstEpoch)
        {
            while (!process.HasExited && !(File.Exists(metrics) && Losses(run).Length > 1)) await Task.Delay(1);
            process.Kill();  // SIGKILL: no handler runs
        }
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or 137, $"exit code {process.ExitCode}\n{await output}{await errors}");
        return process.ExitCode;
    }

    /// <summary>metrics.csv without the column of seconds, which no two runs share.</summary>
    private static string[] Losses(string run) =>
        [.. File.ReadAllLines(Path.Combine(run, "metrics.csv")).Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1)))];
}
