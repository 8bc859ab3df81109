using System.Globalization;
using System.Text.RegularExpressions;

namespace Coverslip.App.Tests.Commands;

/// <summary>Training in a process of its own: killed and resumed, and its memory foretold.</summary>
[Collection("console")]
public sealed class TrainingProcessTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task A_killed_training_resumes_to_the_same_losses()
    {
        var split = runs.At("split.json");
        PhantomRuns.Call(
            0,
            "split",
            "--cohort",
            runs.CohortFile,
            "--test-images",
            "6",
            "--validation-images",
            "6",
            "--repeats",
            "1",
            "--seed",
            "1",
            "--out",
            split
        );
        File.WriteAllText(runs.RecipeFile, PhantomRuns.Recipe.Replace("epochs: 4", "epochs: 12"));
        var (whole, killed) = (runs.At("whole"), runs.At("killed"));
        var undisturbed = await Train(whole, split, killAfterFirstEpoch: false);
        Assert.Equal((0, 13), (undisturbed, Losses(whole).Length));

        Assert.Equal(137, await Train(killed, split, killAfterFirstEpoch: true));
        Assert.False(File.Exists(Path.Combine(killed, "run.json")));
        Assert.InRange(Losses(killed).Length, 2, 12);
        Assert.Equal(0, await Train(killed, split, killAfterFirstEpoch: false, "--resume"));

        Assert.Equal(Losses(whole), Losses(killed));
        Assert.Equal(
            File.ReadAllText(Path.Combine(whole, "predictions.csv")),
            File.ReadAllText(Path.Combine(killed, "predictions.csv"))
        );
    }

    [Fact]
    public async Task The_memory_of_an_image_is_that_of_its_maps()
    {
        File.WriteAllText(
            runs.RecipeFile,
            PhantomRuns
                .Recipe.Replace("batch: 6", "batch: 60000")
                .Replace("height: 48, width: 48", "height: 768, width: 768")
        );
        var (code, _, errors) = await ProgramProcess.Run([
            "train",
            runs.RecipeFile,
            "--cohort",
            runs.CohortFile,
            "--out",
            runs.At("huge"),
        ]);
        Assert.Equal(1, code);
        var told = Regex.Match(errors, @"needs about ([\d.]+) GiB where ([\d.]+) are free; a batch of (\d+) would fit");
        Assert.True(told.Success, errors);
        double Figure(int group) => double.Parse(told.Groups[group].Value, CultureInfo.InvariantCulture);
        // Of the stem alone the backward pass needs 16 filtered and 16 normalized maps of 384² floats.
        var perImage = Figure(1) / 60000 * (1L << 30);
        Assert.InRange(perImage, 32 * 384 * 384 * 4, 40 * 32 * 384 * 384 * 4.0);
        Assert.InRange(Figure(3) * perImage / (1L << 30), 0.5 * Figure(2), Figure(2));
    }

    private async Task<int> Train(string run, string split, bool killAfterFirstEpoch, params string[] more)
    {
        var metrics = Path.Combine(run, "metrics.csv");
        var (code, _, errors) = await ProgramProcess.Run(
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--split", split, "--out", run, .. more],
            process =>
            {
                if (!killAfterFirstEpoch)
                    return;
                while (!process.HasExited && !(File.Exists(metrics) && Losses(run).Length > 1))
                    Thread.Sleep(1);
                process.Kill(); // SIGKILL: no handler runs
            }
        );
        Assert.True(code is 0 or 137, $"exit code {code}\n{errors}");
        return code;
    }

    /// <summary>metrics.csv without the column of seconds, which no two runs share.</summary>
    private static string[] Losses(string run) =>
        [
            .. File.ReadAllLines(Path.Combine(run, "metrics.csv"))
                .Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1))),
        ];
}
