using Coverslip.Learning.Models;

namespace Coverslip.App.Progress;

/// <summary>
/// How long the rest of a whole training takes, all its parts and stages, from the epochs that were measured. Where it may
/// stop early, the range has both ends.
/// </summary>
internal sealed class TrainingTime
{
    /// <summary>Report and files at the end of all, in seconds.</summary>
    private const double Ending = 2;

    /// <summary>Until a test was measured it counts as up to so many epochs.</summary>
    private const int TestEpochs = 2;

    private readonly List<Timed> stages;
    private readonly int parts;
    private readonly bool longTest;
    private readonly TimeProvider clock;
    private readonly List<double> tests = [];
    private int begun;
    private int? stage;
    private (int Epoch, int Best) at = (-1, -1);
    private long last;

    /// <param name="lengths">What each part goes through, in order; nothing where a part is all one piece of work.</param>
    /// <param name="parts">How many parts are to be trained.</param>
    /// <param name="longTest">Whether a part's test takes long beside its epochs, as that of whole slides does.</param>
    /// <param name="clock">Tells the time; null: the system's.</param>
    public TrainingTime(
        IReadOnlyList<StageLength> lengths,
        int parts,
        bool longTest = false,
        TimeProvider? clock = null
    )
    {
        stages = [.. (lengths.Count > 0 ? lengths : [new StageLength("", 0, 0)]).Select(l => new Timed(l))];
        (this.parts, this.longTest, this.clock) = (parts, longTest, clock ?? TimeProvider.System);
    }

    /// <summary>A part begins; what the part before took since its last epoch was its test.</summary>
    public void Part()
    {
        if (stage is not null && !EndWork() && at.Epoch >= 0)
            tests.Add(Since);
        (begun, at, stage, last) = (begun + 1, (-1, -1), 0, clock.GetTimestamp());
    }

    /// <summary>A stage begins; the first one needs not be told.</summary>
    public void Stage(string name, int epochs)
    {
        EndWork();
        var found = stages.FindIndex(s => s.Length.Name == name);
        if (found < 0)
            stages.Insert(found = (stage ?? -1) + 1, new Timed(new StageLength(name, epochs, 0)));
        (stage, at, last) = (found, (-1, -1), clock.GetTimestamp());
    }

    /// <summary>An epoch is done.</summary>
    /// <param name="epoch">Which, from 0.</param>
    /// <param name="best">The best so far.</param>
    public void Epoch(int epoch, int best)
    {
        stages[stage ?? 0].Seconds.Add(Since);
        (at, last) = ((epoch, best), clock.GetTimestamp());
    }

    /// <summary>What is left now, in words; null before anything was measured.</summary>
    public string? Text =>
        Left is not { } left ? null
        : Untimed is { Length: > 0 } untimed ? $"{left} left in all, and {untimed} not timed yet"
        : $"{left} left in all";

    /// <summary>What is left now of all that was timed; null before the first epoch.</summary>
    public TimeLeft? Left
    {
        get
        {
            if (stage is not { } now || stages[now].Seconds.Count == 0)
                return null;
            var length = stages[now].Length;
            var most = Math.Max(0, (length.Epochs == 0 ? 1 : length.Epochs) - at.Epoch - 1);
            var fewest =
                at.Epoch < 0 ? stages[now].Fewest
                : length.Patience > 0 ? Math.Clamp(at.Best + length.Patience - at.Epoch, 0, most)
                : most;
            var left = TimeLeft.Of(stages[now].Seconds, fewest, most).After(Since);
            foreach (var (number, later) in stages.Index().Where(s => s.Item.Seconds.Count > 0))
            {
                var times = parts - begun + (number > now ? 1 : 0);
                left += TimeLeft.Of(later.Seconds, times * later.Fewest, times * later.Most);
            }
            return left + Test(now, parts - begun + 1) + new TimeLeft(0, Ending);
        }
    }

    private double Since => clock.GetElapsedTime(last).TotalSeconds;

    private string Untimed
    {
        get
        {
            var later = stages.Count(s => s.Seconds.Count == 0);
            IEnumerable<string> what =
            [
                .. later > 0 ? [$"{later} later {(later == 1 ? "stage" : "stages")}"] : Array.Empty<string>(),
                .. longTest && tests.Count == 0 ? ["the test slides"] : Array.Empty<string>(),
            ];
            return string.Join(" and ", what);
        }
    }

    /// <summary>Ends a stage without epochs, which is measured as a whole; false where the stage has some.</summary>
    private bool EndWork()
    {
        if (stage is not { } now || stages[now].Length.Epochs > 0)
            return false;
        stages[now].Seconds.Add(Since);
        return true;
    }

    private TimeLeft Test(int now, int times) =>
        tests.Count > 0 ? TimeLeft.Of(tests, times, times)
        : longTest || stages[now].Length.Epochs == 0 ? default
        : new TimeLeft(0, times * TestEpochs * stages[now].Seconds.Average());

    private sealed record Timed(StageLength Length)
    {
        /// <summary>Of each epoch, or of the whole where there are none.</summary>
        public List<double> Seconds { get; } = [];

        public int Most => Length.Epochs == 0 ? 1 : Length.Epochs;

        public int Fewest => Length.Epochs == 0 ? 1 : Length.Fewest;
    }
}
