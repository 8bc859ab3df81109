namespace Coverslip.App.Tests.Progress;

/// <summary>A clock that goes when it is told to.</summary>
internal sealed class SetClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    internal double Seconds => (double)ticks / TimeSpan.TicksPerSecond;

    internal void Pass(double seconds) => ticks += (long)(seconds * TimeSpan.TicksPerSecond);
}
