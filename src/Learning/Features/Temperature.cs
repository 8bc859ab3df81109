namespace Coverslip.Learning.Features;

/// <summary>
/// One number by which scores are divided, so that probabilities are as sure as they are right (Guo et al. 2017, sec. 4.2):
/// the one of least log loss on images that the probe did not learn from.
/// </summary>
public static class Temperature
{
    private const double Least = 0.05,
        Most = 20,
        Spread = 0.5; // deviation of its logarithm before anything is seen

    /// <summary>
    /// By golden section over its logarithm, in which the loss has one valley. It is drawn to 1 with the weight of one patient:
    /// a handful of patients says little about how sure a probe may be.
    /// </summary>
    /// <param name="scores">[images][classes].</param>
    /// <param name="labels">Of each image.</param>
    /// <param name="patients">How many patients the images are of.</param>
    public static double Fit(double[][] scores, int[] labels, int patients)
    {
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(Least), Math.Log(Most));
        double Loss(double at) => patients * LogLoss(scores, labels, Math.Exp(at)) + at * at / (2 * Spread * Spread);
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
    public static double LogLoss(double[][] scores, int[] labels, double temperature = 1) =>
        scores.Zip(labels).Average(s => -Math.Log(Math.Max(Softmax(s.First, temperature)[s.Second], 1e-300)));

    /// <summary>Probabilities of scores.</summary>
    public static double[] Softmax(double[] scores, double temperature)
    {
        var most = scores.Max();
        double[] parts = [.. scores.Select(s => Math.Exp((s - most) / temperature))];
        var sum = parts.Sum();
        return [.. parts.Select(p => p / sum)];
    }
}
