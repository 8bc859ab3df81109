namespace Coverslip.Slides.Stain;

/// <summary>Percentiles of values that were counted into equal steps.</summary>
internal static class Percentile
{
    /// <summary>
    /// Where in the steps, with their fraction, <paramref name="share"/> (0 to 1) of the weight is reached.
    /// </summary>
    internal static double Of(ReadOnlySpan<double> steps, double share)
    {
        var total = 0.0;
        foreach (var weight in steps)
            total += weight;
        var left = share * total;
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] >= left && steps[i] > 0)
                return i + (left / steps[i]);
            left -= steps[i];
        }
        return steps.Length;
    }
}
