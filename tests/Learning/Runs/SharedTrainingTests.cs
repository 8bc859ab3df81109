using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>Stages that runs have in common: one folder to equal contents, one run in it at a time.</summary>
public sealed class SharedTrainingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
    private readonly Told told = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Runs_of_equal_contents_find_each_others_files_and_others_do_not()
    {
        Enter("a", 1).Dispose();
        File.WriteAllText(Own("a") + "/state", "trained");
        Enter("b", 1).Dispose();
        Assert.Equal("trained", File.ReadAllText(Own("b") + "/state"));
        Enter("c", 2).Dispose();
        Assert.False(File.Exists(Own("c") + "/state"));
        Assert.StartsWith("seed: 2\nprogram: ", File.ReadAllText(Path.Combine(Own("c"), RunContents.FileName)));
        // The links are relative: everything may move together.
        Assert.StartsWith("..", new DirectoryInfo(Own("a")).LinkTarget);
    }

    [Fact]
    public void A_run_that_was_begun_with_other_contents_is_refused_and_one_begun_on_its_own_stays_so()
    {
        Enter("a", 1).Dispose();
        var error = Assert.Throws<InvalidDataException>(() => Enter("a", 2));
        Assert.Contains("what decides this stage now", error.Message);
        Assert.Contains("seed was 1, is 2", error.Message);
        Enter("a", 1).Dispose();

        Directory.CreateDirectory(Own("alone"));
        Enter("alone", 1).Dispose();
        Assert.Null(new DirectoryInfo(Own("alone")).LinkTarget);
    }

    [Fact]
    public async Task A_run_waits_while_another_is_at_the_stage()
    {
        var first = Enter("a", 1);
        var second = Task.Run(() => Enter("b", 1), TestContext.Current.CancellationToken);
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(300, TestContext.Current.CancellationToken)));
        Enter("c", 2).Dispose(); // another stage is not waited for
        first.Dispose();
        (await second).Dispose();
        Assert.Equal(["another run is at it; waiting"], told.Lines);

        using var held = Enter("a", 1);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => Enter("b", 1, stop.Token));
    }

    private string Own(string run) => Path.Combine(folder, "runs", run, "extractor");

    private IDisposable Enter(string run, int seed, CancellationToken stop = default)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Own(run))!);
        return new SharedTraining(Path.Combine(folder, "shared")).Enter(
            Own(run),
            new Fingerprint().Add("seed", seed),
            told,
            stop
        );
    }

    private sealed class Told : ITrainingProgress
    {
        internal List<string> Lines { get; } = [];

        public void Step(int epoch, int step, int steps, MeanLoss soFar) { }

        public void Epoch(EpochRow row, RunState state) { }

        public void Chosen(string settings) => Lines.Add(settings);
    }
}
