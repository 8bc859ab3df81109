using Coverslip.Learning.Features;

namespace Coverslip.Methods.Bags;

/// <summary>Logistic regressions of one set of bags, strength after strength.</summary>
internal sealed class LogisticPath : IFittingPath
{
    private readonly LogisticFit fit;

    /// <param name="rows">Pooled bags.</param>
    /// <param name="which">Those that it learns from.</param>
    /// <param name="balanced">Whether each class weighs the same.</param>
    internal LogisticPath(PatientRows rows, int[] which, bool balanced)
    {
        double[][] own = [.. which.Select(i => rows.Rows[i])];
        Scaling = FeatureScaling.Fit(own);
        fit = new LogisticFit(
            WeightedFeatures.Of(
                [.. own.Select(Scaling.Apply)],
                [.. which.Select(i => rows.Labels[i])],
                rows.Classes,
                balanced
            )
        );
    }

    public FeatureScaling Scaling { get; }

    public IFeatureClassifier Fit(double setting) => fit.Fit(setting);

    public void Dispose() => fit.Dispose();
}
