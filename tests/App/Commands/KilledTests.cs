using System.Diagnostics;
using Coverslip.Files;

namespace Coverslip.App.Tests.Commands;

/// <summary>
/// SIGKILL in the middle of the work, in a process of its own: gone on with, it leaves the files of one that was never
/// killed, byte by byte but for times.
/// </summary>
[Collection("console")]
public sealed class KilledTests : IDisposable
{
    /// <summary>Times stand in them, or which program began: a test's host is another than the child.</summary>
    private static readonly string[] Differing =
    [
        "contents.txt",
        "environment.txt",
        "run.json",
        "report.html",
        "summary.json",
        "state.safetensors",
        "patches-heatmap.json",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <param name="states">The kill comes after so many saved states.</param>
    [Theory]
    [InlineData("phantoms", PhantomRuns.Recipe, 2)]
    [InlineData("radiographs", ChestRuns.Recipe, 2)]
    [InlineData("phantoms", SelfSupervisedVerbsTests.Recipe, 1)]
    [InlineData("slide phantoms", MultiStageVerbsTests.Recipe, 2)]
    public async Task Training(string cohort, string recipe, int states)
    {
        Paint(cohort);
        File.WriteAllText(At("recipe.yaml"), recipe);
        string[] Train(string run) =>
            [
                "train",
                At("recipe.yaml"),
                "--cohort",
                At("cohort/cohort.csv"),
                "--out",
                At(run),
                "--part",
                "1",
                .. recipe == MultiStageVerbsTests.Recipe ? (string[])["--set", "stages.folds=0"] : [],
            ];
        VerbCall.Run(0, Train("whole"));
        await Kill(
            Train("killed"),
            "killed",
            "state.safetensors",
            states,
            // Who comes meanwhile is told, and changes nothing.
            () => Assert.Contains("another process is at it", VerbCall.Run(1, [.. Train("killed"), "--resume"]).Errors)
        );
        Assert.False(File.Exists(At("killed/report.html")));
        VerbCall.Run(0, [.. Train("killed"), "--resume"]);
        Same("whole", "killed");
    }

    [Fact]
    public async Task Within_a_slide()
    {
        Paint("phantoms");
        File.WriteAllText(
            At("recipe.yaml"),
            PhantomRuns
                .Recipe.Replace("form: masked, masks: column", "form: raw")
                .Replace("epochs: 4", "epochs: 1")
                .Replace("folds: 4", "folds: 2")
        );
        VerbCall.Run(0, "train", At("recipe.yaml"), "--cohort", At("cohort/cohort.csv"), "--out", At("run"));
        VerbCall.Run(0, [.. "slide phantom".Split(' '), At("patches.tif"), .. Small]);
        string[] Predict(string to, string seconds) =>
            [
                "predict",
                At("run"),
                At("patches.tif"),
                "--out",
                At(to),
                .. "--mpp 2 --stride 16 --no-orientations --batch 4".Split(' '),
                "--save-every",
                seconds,
            ];
        VerbCall.Run(0, Predict("whole", "30"));
        await Kill(Predict("killed", "0"), "killed", "patches-heatmap.state", 3);
        Assert.False(File.Exists(At("killed/slide_scores.csv")));
        var (output, _) = VerbCall.Run(0, Predict("killed", "30"));
        Assert.Contains("patches of tissue", output);
        Same("whole", "killed");
    }

    private static string[] Small => "--width 900 --height 700 --tissue 0.4 --mpp 2".Split(' ');

    private void Paint(string verb) =>
        VerbCall.Run(
            0,
            [
                .. verb.Split(' '),
                "--out",
                At("cohort"),
                .. (
                    verb == "phantoms" ? "--patients 8 --least 3 --most 3 --size 48"
                    : verb == "radiographs" ? "--patients 12 --size 64"
                    : "--mpp 2 --side 768 --patients 4 --slides 2 --tumor 0.5 --classes micro,itc"
                ).Split(' '),
            ]
        );

    private async Task Kill(string[] call, string into, string state, int states, Action? meanwhile = null)
    {
        var (code, _, errors) = await ProgramProcess.Run(
            call,
            process =>
            {
                var seen = new HashSet<(string, DateTime)>();
                while (!process.HasExited && seen.Count < states)
                {
                    foreach (var file in Directory.Exists(At(into)) ? Found(into, state) : [])
                        seen.Add((file, File.GetLastWriteTimeUtc(file)));
                    Thread.Sleep(1);
                }
                // Stopped, it is still at it, and no further.
                Process.Start("kill", ["-STOP", $"{process.Id}"]).WaitForExit();
                meanwhile?.Invoke();
                process.Kill(); // SIGKILL: no handler runs
            }
        );
        Assert.True(code == 137, $"exit code {code}\n{errors}");
    }

    private string[] Found(string run, string name) =>
        Directory.GetFiles(At(run), name, new EnumerationOptions { RecurseSubdirectories = true });

    private void Same(string whole, string killed)
    {
        string[] files = [.. Contents(whole)];
        Assert.True(files.Length > 3);
        Assert.Equal(files, Contents(killed));
    }

    /// <summary>Name and hash of every file, without the times in it.</summary>
    private IEnumerable<string> Contents(string run) =>
        from file in Found(run, "*").Order(StringComparer.Ordinal)
        let name = Path.GetRelativePath(At(run), file)
        select Differing.Contains(Path.GetFileName(file)) ? name
        : Path.GetFileName(file) == "metrics.csv" ? $"{name} {string.Join('\n', Untimed(file))}"
        : $"{name} {FileContents.Read(file)}";

    /// <summary>metrics.csv without its second column, seconds.</summary>
    private static IEnumerable<string> Untimed(string file) =>
        File.ReadLines(file).Select(l => string.Join(',', l.Split(',').Where((_, i) => i != 1)));

    private string At(string name) => Path.Combine(folder, name);
}
