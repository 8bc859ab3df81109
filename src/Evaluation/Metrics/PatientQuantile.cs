namespace Coverslip.Evaluation.Metrics;

/// <summary>Quantiles of numbers of images in which every patient counts once: each of n images by 1/n.</summary>
public static class PatientQuantile
{
    /// <summary>
    /// The least of the numbers that, with all smaller ones, is of so many patients; null where there are not as many.
    /// </summary>
    /// <param name="images">Of each image its patient and its number.</param>
    /// <param name="patients">How many, such as 0.9 · patients; need not be whole.</param>
    public static double? Reaching(IEnumerable<(string Patient, double Value)> images, double patients)
    {
        const double Rounding = 1e-9;
        var weighted = images
            .GroupBy(i => i.Patient, StringComparer.Ordinal)
            .SelectMany(of => of.Select(i => (i.Value, Weight: 1.0 / of.Count())))
            .OrderBy(i => i.Value);
        var reached = 0.0;
        foreach (var (value, weight) in weighted)
            if ((reached += weight) >= patients - Rounding)
                return value;
        return null;
    }
}
