using Coverslip.Learning.Features;

namespace Coverslip.Methods.Probe;

/// <summary>Fits probes to a part's images, all or some of them.</summary>
/// <param name="images">All of them.</param>
/// <param name="options">Which probe.</param>
/// <param name="seed">Of weights that begin at random.</param>
internal sealed class ProbeFitting(ProbeImages images, ProbeOptions options, long seed) : IDisposable
{
    private readonly Lazy<LogisticBound> bound = new(() => new LogisticBound(Task(images, options).Of));

    internal ProbeImages Images => images;

    internal ProbeOptions Options => options;

    internal long Seed => seed;

    /// <summary>Probes of some images, one to each setting, and the scaling that those images have.</summary>
    internal (FeatureScaling Scaling, IProbe[] Probes) Fit(IReadOnlyList<int>? which, IReadOnlyList<double> settings)
    {
        var (scaling, task) = Task(which is null ? images : images.Some(which), options);
        return (
            scaling,
            options.Kind switch
            {
                ProbeKind.Logistic => LogisticFit.Fit(task, bound.Value, settings),
                ProbeKind.Neighbors => [.. settings.Select(k => NearestNeighbors.Fit(task, (int)k))],
                ProbeKind.Prototypes => [.. settings.Select(_ => ClassPrototypes.Fit(task))],
                _ => [.. settings.Select(c => HiddenLayer.Fit(task, c, options.Hidden, seed))],
            }
        );
    }

    public void Dispose()
    {
        if (bound.IsValueCreated)
            bound.Value.Dispose();
    }

    private static (FeatureScaling Scaling, ProbeTask Of) Task(ProbeImages images, ProbeOptions options)
    {
        var scaling = FeatureScaling.Fit(images.Rows);
        double[][] scaled = [.. images.Rows.AsParallel().AsOrdered().Select(scaling.Apply)];
        return (scaling, ProbeTask.Of(scaled, images.Labels, images.Classes, options.Balanced));
    }
}
