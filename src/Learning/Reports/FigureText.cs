using System.Globalization;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Learning.Reports;

/// <summary>How numbers are written.</summary>
public static class FigureText
{
    /// <summary>What stands for a figure that there is not.</summary>
    public const string None = "–";

    /// <summary>0.853.</summary>
    public static string Number(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("0.000", CultureInfo.InvariantCulture) : None;

    /// <summary>85.3 %.</summary>
    public static string Percent(double? share) =>
        share is { } value && double.IsFinite(value)
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.0}\u00a0%")
            : None;

    /// <summary>What stands for an interval whose ends are the same, such as of a figure that is perfect in every draw.</summary>
    private const string NoWidth = "interval of no width";

    /// <summary>
    /// Decimals that an interval is written with, and the figure beside it: three, or as many as tell its ends apart; null where
    /// six do not.
    /// </summary>
    public static int? Decimals(double low, double high)
    {
        for (var decimals = 3; decimals <= 6; decimals++)
            if (Fixed(low, decimals) != Fixed(high, decimals))
                return decimals;
        return null;
    }

    /// <summary>0.762 to 0.920; or why there is none.</summary>
    public static string Interval(Estimate figure)
    {
        if (figure is not { Low: { } low, High: { } high })
            return figure.Reason ?? None;
        var ends = Decimals(low, high) is { } decimals
            ? $"{Fixed(low, decimals)} to {Fixed(high, decimals)}"
            : $"{Number(low)}, {NoWidth}";
        return ends + (figure.Bound is { } bound ? $" ({bound})" : "");
    }

    /// <summary>0.912 (0.893 – 0.931), or why there is no figure.</summary>
    public static string WithInterval(Estimate figure) =>
        figure.Value is null ? figure.Reason ?? "-" : WithEnds(figure, figure.Bound);

    /// <summary>The same without what the interval is a bound of; a figure that there is not is a dash.</summary>
    public static string WithEnds(Estimate figure) => figure.Value is null ? None : WithEnds(figure, null);

    private static string WithEnds(Estimate figure, string? bound)
    {
        if (figure is not { Low: { } low, High: { } high })
            return Number(figure.Value);
        var further = bound is null ? "" : $", {bound}";
        return Decimals(low, high) is { } decimals
            ? $"{Fixed(figure.Value!.Value, decimals)} ({Fixed(low, decimals)} – {Fixed(high, decimals)}{further})"
            : $"{Number(figure.Value)} ({NoWidth}{further})";
    }

    private static string Fixed(double value, int decimals)
    {
        var text = value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
        // What rounds to 0 has no sign: -0.000 and 0.000 are no two ends.
        return text.AsSpan().Trim("-0.").IsEmpty ? text.TrimStart('-') : text;
    }

    /// <summary>As short as can be: 0, 0.25, 12, 2.5e-4.</summary>
    public static string Short(double value) =>
        value.ToString(
            value == 0 || Math.Abs(value) is >= 0.01 and < 1e5 ? "0.###" : "0.##e0",
            CultureInfo.InvariantCulture
        );

    /// <summary>1 image, 2 images.</summary>
    public static string Count(long number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {thing}{(number == 1 ? "" : "s")}");

    /// <summary>1 h 02 min, 3 min 20 s, 4.5 s.</summary>
    public static string Time(double seconds) =>
        TimeSpan.FromSeconds(seconds) switch
        {
            { TotalHours: >= 1 } t => string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)t.TotalHours} h {t.Minutes:00} min"
            ),
            { TotalMinutes: >= 1 } t => string.Create(
                CultureInfo.InvariantCulture,
                $"{t.Minutes} min {t.Seconds:00} s"
            ),
            var t => string.Create(CultureInfo.InvariantCulture, $"{t.TotalSeconds:0.0} s"),
        };

    /// <summary>Mean and standard deviation (n − 1) of the defined figures; NaN where there are too few.</summary>
    public static (double Mean, double Deviation, int Count) Spread(IEnumerable<double?> figures)
    {
        double[] known = [.. figures.OfType<double>().Where(double.IsFinite)];
        if (known.Length == 0)
            return (double.NaN, double.NaN, 0);
        var mean = known.Average();
        return (
            mean,
            known.Length < 2 ? double.NaN : Math.Sqrt(known.Sum(f => (f - mean) * (f - mean)) / (known.Length - 1)),
            known.Length
        );
    }

    /// <summary>0.853 ± 0.041.</summary>
    public static string Spread((double Mean, double Deviation, int Count) spread) =>
        $"{Number(spread.Mean)} ± {Number(spread.Deviation)}";
}
