namespace Coverslip.Torch.Optimizers;

/// <summary>Learning rates as pure functions of progress, so that a resumed run needs no state for them.</summary>
public static class Schedules
{
    /// <summary>rate · factor^periods, whole or fractional periods (epochs, or steps over a period).</summary>
    public static double Exponential(double rate, double factor, double periods) => rate * Math.Pow(factor, periods);

    /// <summary>Multiplied by <paramref name="factor"/> after every <paramref name="every"/> periods.</summary>
    public static double Step(double rate, double factor, double every, double periods) =>
        rate * Math.Pow(factor, Math.Floor(periods / every));

    /// <summary>
    /// One cycle (Smith 2018) with cosine ramps: from rate/25 up to the rate during the first <paramref name="warm"/>
    /// share,
    /// then down to rate/1e5.
    /// </summary>
    /// <param name="rate">The peak.</param>
    /// <param name="progress">Share of the training done, in [0, 1].</param>
    /// <param name="warm">Share of the training that warms up.</param>
    public static double OneCycle(double rate, double progress, double warm = 0.25)
    {
        progress = Math.Clamp(progress, 0, 1);
        var (from, to, share) =
            progress < warm ? (rate / 25, rate, progress / warm) : (rate, rate / 1e5, (progress - warm) / (1 - warm));
        return to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;
    }
}
