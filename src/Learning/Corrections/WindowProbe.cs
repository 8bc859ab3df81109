using Coverslip.Learning.Features;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Corrections;

/// <summary>Windows that regions cover.</summary>
/// <param name="Rows">[windows][features].</param>
/// <param name="Labels">Place of each one's class.</param>
/// <param name="Patients">Of each.</param>
internal sealed record TaughtWindows(IReadOnlyList<float[]> Rows, int[] Labels, string[] Patients);

/// <summary>
/// A logistic regression on features of windows, each class weighing the same, and how unlike what it was taught a window is:
/// 1 − the cosine of its features and of those of the nearest taught one.
/// </summary>
public sealed class WindowProbe
{
    // As the method probe has it: a handful of regions could choose by chance alone.
    private const double Strength = 0.01;
    private readonly FeatureScaling scaling;
    private readonly IFeatureClassifier classifier;
    private readonly float[][] taught; // of length 1

    private WindowProbe(FeatureScaling scaling, IFeatureClassifier classifier, float[][] taught) =>
        (this.scaling, this.classifier, this.taught) = (scaling, classifier, taught);

    /// <summary>Windows it was taught.</summary>
    public int Windows => taught.Length;

    /// <param name="windows">Of two classes at least.</param>
    /// <param name="classes">Number of classes.</param>
    internal static WindowProbe Fit(TaughtWindows windows, int classes)
    {
        double[][] rows = [.. windows.Rows.Select(Wide)];
        using var fitting = new LogisticFitting(
            new PatientRows(rows, windows.Labels, windows.Patients, classes),
            balanced: true
        );
        var (scaling, classifiers) = fitting.Fit(null, [Strength]);
        return new WindowProbe(scaling, classifiers[0], Units(windows.Rows));
    }

    /// <summary>Probabilities [classes] of a window.</summary>
    internal double[] Probabilities(float[] row) =>
        Temperature.Softmax(classifier.Scores([scaling.Apply(Wide(row))])[0], 1);

    /// <summary>How unlike all taught windows one is, 0 to 2.</summary>
    internal double Distance(float[] row) => Distance(row, taught);

    /// <summary>How unlike the nearest of some features of length 1 a row is.</summary>
    internal static double Distance(float[] row, IReadOnlyList<float[]> units)
    {
        var own = (float[])row.Clone();
        FeatureDistance.Normalize(own);
        var least = double.PositiveInfinity;
        foreach (var unit in units)
            least = Math.Min(least, FeatureDistance.Between(own, unit));
        return least;
    }

    /// <summary>Features brought to length 1.</summary>
    internal static float[][] Units(IReadOnlyList<float[]> rows)
    {
        float[][] units = [.. rows.Select(row => (float[])row.Clone())];
        foreach (var unit in units)
            FeatureDistance.Normalize(unit);
        return units;
    }

    /// <summary>Writes what <see cref="Probabilities"/> needs.</summary>
    internal void Write(string path)
    {
        using var scope = new TensorScope();
        SafeTensors.Write(path, [.. scaling.State(), .. classifier.State()]);
    }

    private static double[] Wide(float[] row) => Array.ConvertAll(row, v => (double)v);
}
