namespace Coverslip.App.Reports;

/// <summary>An axis: from values to pixels, and where its ticks are.</summary>
internal sealed class PlotAxis
{
    private const double Decades = 2; // a logarithmic axis pays from here on

    private readonly double low,
        high;
    private readonly bool logarithmic;

    /// <param name="range">Values at both ends; a logarithmic axis needs them positive.</param>
    /// <param name="start">Pixel of the lower end.</param>
    /// <param name="end">Pixel of the upper end.</param>
    /// <param name="logarithmic">Whether equal ratios are equally long.</param>
    public PlotAxis((double Low, double High) range, double start, double end, bool logarithmic = false)
    {
        (low, high, Start, End, this.logarithmic) = (range.Low, range.High, start, end, logarithmic);
    }

    public double Start { get; }

    public double End { get; }

    /// <summary>Whether values need a logarithmic axis: all positive, and over several orders of magnitude.</summary>
    public static bool Logarithmic(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return all.Length > 0 && all.Min() > 0 && Math.Log10(all.Max() / all.Min()) > Decades;
    }

    public bool Holds(double value) => double.IsFinite(value) && (!logarithmic || value > 0);

    public double At(double value) => Start + (Scale(value) - Scale(low)) / (Scale(high) - Scale(low)) * (End - Start);

    /// <summary>Round values, about as many as asked for, at least <paramref name="leastStep"/> apart.</summary>
    public IEnumerable<double> Ticks(int about, double leastStep = 0)
    {
        if (logarithmic)
        {
            var (first, last) = ((int)Math.Ceiling(Math.Log10(low) - 1e-9), (int)Math.Floor(Math.Log10(high) + 1e-9));
            var every = Math.Max(1, (last - first + about) / about);
            for (var power = first; power <= last; power += every)
                yield return Math.Pow(10, power);
            yield break;
        }
        var rough = Math.Max((high - low) / about, leastStep);
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1, 2, 2.5, 5, 10 }.First(s => s * unit >= rough * 0.999) * unit;
        for (var i = Math.Ceiling(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
            yield return Math.Round(i * step, 12) + 0.0; // not −0
    }

    private double Scale(double value) => logarithmic ? Math.Log10(value) : value;
}
