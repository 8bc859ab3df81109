namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// A bar of the reliability plot: images whose probability is in [Low, High) (the last bin includes 1).
/// </summary>
/// <param name="Low">Lower end of the bin.</param>
/// <param name="High">Upper end of the bin.</param>
/// <param name="Images">How many images fall into it.</param>
/// <param name="Predicted">Their mean probability; NaN in an empty bin.</param>
/// <param name="Observed">The share for which it came true; NaN in an empty bin.</param>
public sealed record ReliabilityBin(double Low, double High, int Images, double Predicted, double Observed);
