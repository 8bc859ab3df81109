using System.Globalization;
using System.Text.RegularExpressions;

namespace Coverslip.App.Tests.Commands;

/// <summary>What a process trains with: memory, foretold, and threads.</summary>
[Collection("console")]
public sealed class TrainingProcessTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void What_a_start_that_was_killed_left_is_no_run_yet()
    {
        string[] call = ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", runs.At("run"), "--part", "1"];
        Directory.CreateDirectory(runs.At("run"));
        File.WriteAllText(runs.At("run/contents.txt"), "recipe: another\n");
        VerbCall.Run(0, [.. call, "--set", "training.epochs=1"]);
        var (contents, recipe) = (runs.At("run/contents.txt"), runs.At("run/recipe.yaml"));
        Assert.DoesNotContain("another", File.ReadAllText(contents));
        // A kill between the two leaves what goes on, and not a recipe without contents, which is refused.
        Assert.InRange(File.GetLastWriteTimeUtc(contents), DateTime.MinValue, File.GetLastWriteTimeUtc(recipe));
    }

    [Fact]
    public void A_reproducible_run_says_so_and_goes_on_as_one_only()
    {
        string[] call =
        [
            "train",
            runs.RecipeFile,
            "--cohort",
            runs.CohortFile,
            "--out",
            runs.At("run"),
            .. "--part 1 --set training.epochs=1".Split(' '),
        ];
        VerbCall.Run(0, [.. call, "--reproducible"]);
        Assert.Contains("\"reproducible\": true", File.ReadAllText(runs.At("run/part-1/run.json")));
        Assert.EndsWith(", reproducible\n", File.ReadAllText(runs.At("run/environment.txt")));
        Assert.Contains("--reproducible was given, is no part", VerbCall.Run(1, [.. call, "--resume"]).Errors);
        VerbCall.Run(0, [.. call, "--resume", "--reproducible"]);
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
}
