using Coverslip.App.Progress;
using Coverslip.Learning.Models;

namespace Coverslip.App.Tests.Progress;

/// <summary>Invented trainings on an invented clock: whatever is said to be left has to hold when all is done.</summary>
public sealed class TrainingTimeTests
{
    private readonly SetClock clock = new();

    [Fact]
    public void Before_the_first_epoch_nothing_is_said()
    {
        var time = new TrainingTime([new StageLength("training", 10, 0)], 2, clock: clock);
        Assert.Null(time.Text);
        time.Part();
        clock.Pass(5);
        Assert.Null(time.Text);
        time.Epoch(0, 0);
        Assert.NotNull(time.Text);
    }

    [Fact]
    public void Four_of_ten_epochs_of_a_minute_leave_about_six_minutes()
    {
        var time = new TrainingTime([new StageLength("training", 10, 0)], 1, clock: clock);
        time.Part();
        for (var epoch = 0; epoch < 4; epoch++)
        {
            clock.Pass(60);
            time.Epoch(epoch, epoch);
        }
        // By hand: 360 s by 30 % each way after four, and a test of up to two epochs, and two seconds for the report.
        Assert.Equal(360 / 1.3, time.Left!.Value.Low, 6);
        Assert.Equal(360 * 1.3 + 120 + 2, time.Left!.Value.High, 6);
        Assert.Equal("4 – 10 min left in all", time.Text);
        clock.Pass(30);
        Assert.Equal(360 / 1.3 - 30, time.Left!.Value.Low, 6);
    }

    [Theory]
    [InlineData(0.0, 0)]
    [InlineData(0.2, 0)]
    [InlineData(0.0, 4)]
    [InlineData(0.2, 4)]
    public void The_true_end_lies_in_the_range(double jitter, int patience)
    {
        for (var seed = 0; seed < 200; seed++)
            foreach (var (told, at, text) in Trained(new Random(seed), jitter, patience))
                Assert.True(
                    told.Low <= clock.Seconds - at && clock.Seconds - at <= told.High,
                    $"seed {seed}: told {text} after {at} s, it was {clock.Seconds - at} s"
                );
    }

    [Fact]
    public void Without_early_stop_the_range_closes()
    {
        double[] widths = [.. Trained(new Random(1), 0.1, 0, (3, 20)).Select(t => t.Told.High - t.Told.Low)];
        Assert.True(widths[30] < widths[0] / 2, $"{widths[0]} s wide at first, {widths[30]} s at half");
        Assert.True(widths[^1] < widths[30] / 2, $"{widths[30]} s wide at half, {widths[^1]} s at the end");
    }

    [Fact]
    public void Stages_and_test_slides_that_were_not_timed_are_said()
    {
        StageLength[] stages = [new("extractor", 2, 0), new("maps", 0, 0), new("segmentation", 3, 0)];
        var time = new TrainingTime(stages, 2, longTest: true, clock);
        time.Part();
        time.Stage("extractor", 2);
        clock.Pass(100);
        time.Epoch(0, 0);
        Assert.EndsWith("and 2 later stages and the test slides not timed yet", time.Text);
        clock.Pass(100);
        time.Epoch(1, 1);
        time.Stage("maps", 0);
        clock.Pass(50);
        time.Stage("segmentation", 3);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            clock.Pass(10);
            time.Epoch(epoch, epoch);
        }
        Assert.EndsWith("and the test slides not timed yet", time.Text);
        clock.Pass(40); // the test
        time.Part();
        time.Stage("extractor", 2);
        clock.Pass(100);
        time.Epoch(0, 0);
        Assert.EndsWith("left in all", time.Text);
        // Left: an epoch of 100, maps 50, three of 10, a test of 40.
        Assert.InRange(220, time.Left!.Value.Low, time.Left!.Value.High);
    }

    [Theory]
    [InlineData(10, 35.2, "10 – 36 s")]
    [InlineData(0.4, 35.2, "at most 36 s")]
    [InlineData(1380, 1801, "23 – 31 min")]
    [InlineData(1381, 1799, "23 – 30 min")]
    [InlineData(1, 150, "at most 3 min")]
    [InlineData(5000, 8000, "1.3 – 2.3 h")]
    [InlineData(36000, 72000, "10 – 20 h")]
    public void Ranges_are_told_in_whole_units(double low, double high, string text) =>
        Assert.Equal(text, $"{new TimeLeft(low, high)}");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_study_is_told_once_its_models_were_timed(int jobs)
    {
        var time = new StudyTime(jobs);
        StageLength early = new("training", 20, 3),
            none = new("", 0, 0);
        (string, StageLength)[] open = [("a", early), ("b", none)];
        Assert.Equal("then 2 trainings of models that were not timed yet", time.Text(open));
        time.Took("a", new TimedTraining(110, 100, 10)); // 10 s an epoch and 10 s beside
        Assert.EndsWith("left, and 1 trainings of models that were not timed yet", time.Text(open));
        time.Took("b", new TimedTraining(60, 50, 1));
        // a may stop after 4 epochs or go through 20; b is one piece of work.
        var left = time.Left(open);
        Assert.True(left.Low <= (50 + 60) / jobs, $"{left.Low}");
        Assert.True(left.High >= (210 + 60) / jobs, $"{left.High}");
        Assert.Equal((270 * 1.6 / jobs) + (jobs > 1 ? 210 * 1.6 : 0), left.High, 6);
    }

    /// <summary>What was told after every epoch of a training, and when.</summary>
    private List<(TimeLeft Told, double At, string Text)> Trained(
        Random random,
        double jitter,
        int patience,
        (int Parts, int Epochs)? size = null
    )
    {
        var (parts, epochs) = size ?? (random.Next(1, 5), random.Next(1, 30));
        var pace = Math.Pow(10, random.NextDouble() * 3 - 1);
        var test = pace * random.NextDouble() * 1.5;
        double Taking(double seconds) => seconds * (1 + jitter * (2 * random.NextDouble() - 1));
        var time = new TrainingTime([new StageLength("training", epochs, patience)], parts, clock: clock);
        var told = new List<(TimeLeft, double, string)>();
        for (var part = 0; part < parts; part++)
        {
            time.Part();
            var (best, figure) = (-1, double.NegativeInfinity);
            for (var epoch = 0; epoch < epochs && !(patience > 0 && epoch - 1 - best >= patience); epoch++)
            {
                clock.Pass(Taking(pace));
                if (random.NextDouble() is var now && now > figure)
                    (best, figure) = (epoch, now);
                time.Epoch(epoch, best);
                told.Add((time.Left!.Value, clock.Seconds, time.Text!));
            }
            clock.Pass(Taking(test));
        }
        return told;
    }
}
