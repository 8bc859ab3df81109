using Coverslip.Learning.Features;

namespace Coverslip.Methods.Probe;

/// <summary>Fits probes to a part's images, all or some of them.</summary>
/// <param name="images">All of them.</param>
/// <param name="options">Which probe.</param>
/// <param name="seed">Of weights that begin at random.</param>
internal sealed class ProbeFitting(PatientRows images, ProbeOptions options, long seed) : IDisposable
{
    private readonly LogisticFitting logistic = new(images, options.Balanced);

    /// <summary>Probes of some images (null: of all), one to each setting, and the scaling that those images have.</summary>
    internal FittedSettings Fit(IReadOnlyList<int>? which, IReadOnlyList<double> settings)
    {
        if (options.Kind == ProbeKind.Logistic)
            return logistic.Fit(which, settings);
        var (scaling, task) = (which is null ? images : images.Some(which)).Scaled(options.Balanced);
        return new FittedSettings(
            scaling,
            options.Kind switch
            {
                ProbeKind.Neighbors => [.. settings.Select(k => NearestNeighbors.Fit(task, (int)k))],
                ProbeKind.Prototypes => [.. settings.Select(_ => ClassPrototypes.Fit(task))],
                _ => [.. settings.Select(c => HiddenLayer.Fit(task, c, options.Hidden, seed))],
            }
        );
    }

    public void Dispose() => logistic.Dispose();
}
