using System.Globalization;

namespace Coverslip.Learning.Runs;

/// <summary>The one size in microns that a run's windows of slides have.</summary>
internal static class WindowScale
{
    /// <summary>How far the sizes of training images may lie apart for a window to have one size.</summary>
    private const double MostRatio = 1.1;

    /// <summary>The factor by which training images were brought to the network's width.</summary>
    /// <exception cref="InvalidOperationException">They were of several sizes.</exception>
    internal static double Of(RunDescription run) =>
        run.ScaleHigh <= run.ScaleLow * MostRatio
            ? Math.Sqrt(run.ScaleLow * run.ScaleHigh)
            : throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"this run's training images were scaled by {run.ScaleLow:0.###} to {run.ScaleHigh:0.###}, so that no one size of a window fits; train on images of one size"
                )
            );

    /// <summary>Microns per pixel of the training images as stored: what the run says, or what is told.</summary>
    /// <exception cref="InvalidOperationException">Nobody says, or the two differ.</exception>
    internal static double MppOf(RunDescription run, double? told) =>
        (run.Mpp, told) switch
        {
            (null, null) => throw new InvalidOperationException(
                "this run does not say at which resolution it was trained; pass --mpp with the microns per pixel of its "
                    + "training images, or train with a column mpp in the cohort"
            ),
            ({ } own, { } other) when Math.Abs(own - other) > 0.01 * own => throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--mpp is {other}, and the run was trained at {own:0.####} µm/px; leave --mpp out (a slide's own resolution is --slide-mpp)"
                )
            ),
            ({ } own, _) => own,
            (_, { } other) => other,
        };
}
