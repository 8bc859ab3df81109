using System.Diagnostics;

namespace Coverslip.App.Tests.Commands;

/// <summary>A study and its children as processes, and its folder as others have it.</summary>
[Collection("console")]
public sealed class StudyProcessTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public StudyProcessTests() =>
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: long
            baselines: false
            split: {folds: 2, validation_share: 0.34}
            by: site
            models: {gated: {recipe: small.yaml, with: {training: {epochs: 100000}}}}
            """
        );

    public void Dispose() => runs.Dispose();

    /// <summary>SIGKILL reaches the study alone; its child sees the pipe end.</summary>
    [Fact]
    public async Task A_killed_studys_child_ends_too()
    {
        var child = 0;
        var (code, _, errors) = await ProgramProcess.Run(
            Arguments(runs.CohortFile, "study"),
            study =>
            {
                while (!study.HasExited && (child = ChildOf(study.Id)) == 0)
                    Thread.Sleep(5);
                // Only what it trains in shows that it reads its pipe by now.
                while (!study.HasExited && !File.Exists(runs.At("study/runs/gated-recipe/part-1/metrics.csv")))
                    Thread.Sleep(5);
                study.Kill();
            }
        );
        Assert.True(code == 137 && child > 0, $"exit code {code}\n{errors}");
        var clock = Stopwatch.StartNew();
        while (IsAlive(child) && clock.Elapsed < TimeSpan.FromSeconds(20))
            Thread.Sleep(20);
        Assert.False(IsAlive(child), $"process {child} is alive {clock.Elapsed} after its study");
    }

    [Theory]
    [InlineData("file/study")] // a folder below a file
    [InlineData("/proc/coverslip")] // a file system that takes none, also from root
    public void A_folder_that_cannot_be_written_is_told_at_once(string folder)
    {
        File.WriteAllText(runs.At("file"), "");
        var clock = Stopwatch.StartNew();
        var (_, errors) = VerbCall.Run(1, Arguments(runs.CohortFile, folder));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.StartsWith("error: ", errors);
        Assert.Contains(runs.At(folder), errors);
    }

    /// <summary>What a column says is a name within the study's folder, whatever it looks like.</summary>
    [Fact]
    public void Groups_named_as_paths_stay_in_the_studys_folder()
    {
        Directory.CreateDirectory(runs.At("inner/studies"));
        var absolute = runs.At("absolute");
        var file = WithSites("../../../up", absolute);
        var before = Entries();
        VerbCall.Run(0, [.. Arguments(file, "inner/studies/s"), "--table"]);
        Assert.Equal(2, Directory.GetFiles(runs.At("inner/studies/s/groups"), "cohort.csv", Below).Length);
        Assert.Equal(before, Entries());
        Assert.False(Path.Exists(absolute));

        file = WithSites("a/b", "a:b");
        Assert.Contains(
            "would both be stored as 'a_b'",
            VerbCall.Run(1, [.. Arguments(file, "twice"), "--table"]).Errors
        );
    }

    private static EnumerationOptions Below => new() { RecurseSubdirectories = true };

    /// <summary>Everything in the folder but what the study may write.</summary>
    private string[] Entries() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(runs.At("."), "*", Below)
                .Where(e => !e.Contains("inner/studies/s", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The cohort with a column site that holds one of two values, by patient.</summary>
    private string WithSites(string one, string other)
    {
        var lines = File.ReadAllLines(runs.CohortFile);
        var patient = Array.IndexOf(lines[0].Split(','), "patient");
        var names = lines.Skip(1).Select(l => l.Split(',')[patient]).Distinct().Order().ToList();
        var file = Path.Combine(Path.GetDirectoryName(runs.CohortFile)!, "sites.csv");
        File.WriteAllLines(
            file,
            lines.Select(
                (l, i) => $"{l},{(i == 0 ? "site" : names.IndexOf(l.Split(',')[patient]) / 2 % 2 == 0 ? one : other)}"
            )
        );
        return file;
    }

    private string[] Arguments(string cohort, string folder) =>
        ["study", runs.At("study.yaml"), "--cohort", cohort, "--out", runs.At(folder)];

    private static int ChildOf(int process)
    {
        var told = $"/proc/{process}/task";
        return Directory.Exists(told)
            ? Directory
                .EnumerateDirectories(told)
                .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' '))
                .Select(id => int.TryParse(id, out var found) ? found : 0)
                .FirstOrDefault(id => id > 0)
            : 0;
    }

    /// <summary>A process that has ended and that nobody has asked for its code is not alive.</summary>
    private static bool IsAlive(int process)
    {
        var file = $"/proc/{process}/stat";
        try
        {
            return File.ReadAllText(file).Split(") ")[^1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
