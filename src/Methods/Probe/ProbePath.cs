using Coverslip.Learning.Features;

namespace Coverslip.Methods.Probe;

/// <summary>Probes of one set of images, setting after setting: the next begins where the one before ended.</summary>
internal sealed class ProbePath : IFittingPath
{
    private readonly WeightedFeatures task;
    private readonly ProbeOptions options;
    private readonly long seed;
    private LogisticFit? regression;

    private ProbePath(WeightedFeatures task, FeatureScaling scaling, ProbeOptions options, long seed) =>
        (this.task, Scaling, this.options, this.seed) = (task, scaling, options, seed);

    /// <summary>Of the images that the probes learn from.</summary>
    public FeatureScaling Scaling { get; }

    internal static ProbePath Of(PatientRows images, int[] which, ProbeOptions options, long seed)
    {
        double[][] rows = [.. which.Select(i => images.Rows[i])];
        var scaling = FeatureScaling.Fit(rows);
        var task = WeightedFeatures.Of(
            [.. rows.Select(scaling.Apply)],
            [.. which.Select(i => images.Labels[i])],
            images.Classes,
            options.Balanced
        );
        return new ProbePath(task, scaling, options, seed);
    }

    public IFeatureClassifier Fit(double setting) =>
        options.Kind switch
        {
            ProbeKind.Logistic => (regression ??= new LogisticFit(task)).Fit(setting),
            ProbeKind.Neighbors => NearestNeighbors.Fit(task, (int)setting),
            ProbeKind.Prototypes => ClassPrototypes.Fit(task),
            _ => HiddenLayer.Fit(task, setting, options.Hidden, seed),
        };

    public void Dispose() => regression?.Dispose();
}
