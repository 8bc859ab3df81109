using Coverslip.Learning.SlideWalk;

namespace Coverslip.Learning.Tests.SlideWalk;

public sealed class SlideTrialTests
{
    private int done;

    [Fact]
    public void Stops_when_the_speed_is_known()
    {
        var trial = SlideTrial.Of(Work, TimeSpan.Zero, default);
        Assert.Equal(3, done);
        Assert.InRange(trial.Seconds, 0.9, 1e3); // a thousand steps of a millisecond or more
        Assert.InRange(trial.Memory, 1 << 20, 1L << 40);
    }

    [Fact]
    public void Goes_to_the_end_where_that_is_sooner()
    {
        SlideTrial.Of(Work, TimeSpan.FromHours(1), default);
        Assert.Equal(1000, done);
    }

    [Fact]
    public void Is_stopped_from_outside()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => SlideTrial.Of(Work, TimeSpan.Zero, stop.Token));
    }

    private void Work(Action<int, int> told, CancellationToken stop)
    {
        while (done < 1000)
        {
            stop.ThrowIfCancellationRequested();
            if (done < 3)
                Thread.Sleep(1);
            told(++done, 1000);
        }
    }
}
