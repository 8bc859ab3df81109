using System.Globalization;

namespace Coverslip.App.Progress;

/// <summary>How long something takes, as a range; ranges add up.</summary>
/// <param name="Low">Seconds at least.</param>
/// <param name="High">Seconds at most.</param>
internal readonly record struct TimeLeft(double Low, double High)
{
    public static TimeLeft operator +(TimeLeft a, TimeLeft b) => new(a.Low + b.Low, a.High + b.High);

    /// <summary>What is left of it after some seconds.</summary>
    public TimeLeft After(double seconds) => new(Math.Max(0, Low - seconds), Math.Max(0, High - seconds));

    /// <summary>
    /// What some more of a kind take, by those that were measured: their mean, which is the surer the more there are (60 %
    /// each way after one, 15 % after sixteen and more), and beside it the play that single ones have. Another load on the
    /// machine it does not foresee.
    /// </summary>
    /// <param name="seconds">What those that were measured took; at least one.</param>
    /// <param name="fewest">How many more there are at least.</param>
    /// <param name="most">How many more there are at most.</param>
    public static TimeLeft Of(IReadOnlyCollection<double> seconds, double fewest, double most)
    {
        var (mean, slack) = (seconds.Average(), 1 + Math.Max(0.15, 0.6 / Math.Sqrt(seconds.Count)));
        var play = seconds.Max() - seconds.Min();
        return new TimeLeft(
            Math.Max(0, fewest * mean / slack - play * Math.Sqrt(fewest)),
            most * mean * slack + play * Math.Sqrt(most)
        );
    }

    /// <summary>"23 – 31 min": whole units, the lower end rounded down and the upper one up.</summary>
    public override string ToString()
    {
        var (unit, name) = High switch
        {
            < 120 => (1.0, "s"),
            < 7200 => (60.0, "min"),
            _ => (3600.0, "h"),
        };
        var (low, high) = (Low / unit, High / unit);
        if (name == "h" && high < 10) // an hour is too coarse for a few of them
            (low, high) = (Math.Floor(low * 10) / 10, Math.Ceiling(high * 10) / 10);
        else
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(low == high ? $"{high:0.#}"
                : low == 0 ? $"at most {high:0.#}"
                : $"{low:0.#} – {high:0.#}")} {name}"
        );
    }
}
