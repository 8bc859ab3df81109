namespace Coverslip.Methods.Probe;

/// <summary>
/// One number by which scores are divided, so that probabilities are as sure as they are right (Guo et al. 2017, sec. 4.2):
/// the one of least log loss on images that the probe did not learn from.
/// </summary>
internal static class Temperature
{
    private const double Least = 0.05,
        Most = 20;

    /// <summary>By golden section over its logarithm, in which the loss has one valley.</summary>
    internal static double Fit(double[][] scores, int[] labels)
    {
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(Least), Math.Log(Most));
        double Loss(double at) => LogLoss(scores, labels, Math.Exp(at));
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        var (atLeft, atRight) = (Loss(left), Loss(right));
        while (high - low > 1e-4)
        {
            if (atLeft <= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - ratio * (high - low);
                atLeft = Loss(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + ratio * (high - low);
                atRight = Loss(right);
            }
        }
        return Math.Exp((low + high) / 2);
    }

    /// <summary>Mean of −log p of the true class.</summary>
    internal static double LogLoss(double[][] scores, int[] labels, double temperature = 1) =>
        scores.Zip(labels).Average(s => -Math.Log(Math.Max(Softmax(s.First, temperature)[s.Second], 1e-300)));

    internal static double[] Softmax(double[] scores, double temperature)
    {
        var most = scores.Max();
        double[] parts = [.. scores.Select(s => Math.Exp((s - most) / temperature))];
        var sum = parts.Sum();
        return [.. parts.Select(p => p / sum)];
    }
}
