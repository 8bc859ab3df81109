using System.Globalization;
using Coverslip.Learning.Features;
using Coverslip.Torch;
using MathNet.Numerics.LinearAlgebra;

namespace Coverslip.Methods.Classical;

/// <summary>How covariances are made regular.</summary>
/// <param name="Shrinkage">γ in [0, 1]: of (1 − γ) S + γ I.</param>
/// <param name="Components">Principal components; 0: half as many as the smallest class has images, at least
/// one.</param>
internal sealed record QuadraticDiscriminantSettings(double Shrinkage, int Components) : IClassifierSettings
{
    public IClassicalClassifier Train(LabeledFeatures data, long seed) => QuadraticDiscriminant.Fit(data, this);

    public string Text =>
        string.Create(CultureInfo.InvariantCulture, $"shrinkage={Shrinkage}")
        + (Components > 0 ? $" components={Components}" : "");
}

/// <summary>
/// Quadratic discriminant analysis: a normal distribution per class with mean and covariance of its own, and priors as
/// the classes are frequent. Covariances are shrunk towards the identity (Friedman 1989, JASA 84:165, with λ = 0 and
/// the identity for the scaled trace): features are scaled, so that their variance is about 1. Where features outnumber
/// half the images of the smallest class, the training images' principal components of most variance stand in for them,
/// so that every covariance is estimated from two images per dimension or more.
/// </summary>
internal sealed class QuadraticDiscriminant : IClassicalClassifier
{
    private readonly Matrix<double> components; // [features, dimensions]
    private readonly Gaussian?[] classes; // null: no training image

    private sealed record Gaussian(double Prior, Vector<double> Mean, Matrix<double> Covariance)
    {
        internal Matrix<double> Factor { get; } = Covariance.Cholesky().Factor;
    }

    private QuadraticDiscriminant(Matrix<double> components, Gaussian?[] classes) =>
        (this.components, this.classes) = (components, classes);

    internal static QuadraticDiscriminant Fit(LabeledFeatures data, QuadraticDiscriminantSettings settings)
    {
        var smallest = data.Present.Min(c => data.Of(c).Count);
        if (smallest < 2)
            throw new InvalidOperationException(
                $"qda: a class has {smallest} training image; a covariance needs two. Take another classifier, "
                    + "or a split with more"
            );
        var all = Matrix<double>.Build.DenseOfRows(data.Rows);
        var components = Principal(all, Dimensions(all.ColumnCount, smallest, settings.Components));
        var classes = new Gaussian?[data.Classes];
        foreach (var label in data.Present)
        {
            var projected = Matrix<double>.Build.DenseOfRows(data.Of(label)) * components;
            var mean = projected.ColumnSums() / projected.RowCount;
            var centered = Centered(projected, mean);
            var covariance =
                centered.TransposeThisAndMultiply(centered) * ((1 - settings.Shrinkage) / (projected.RowCount - 1))
                + Matrix<double>.Build.DenseIdentity(components.ColumnCount) * settings.Shrinkage;
            classes[label] = Regular(
                () => new Gaussian((double)projected.RowCount / all.RowCount, mean, covariance),
                label,
                settings
            );
        }
        return new QuadraticDiscriminant(components, classes);
    }

    public IReadOnlyList<double[]> Probabilities(IReadOnlyList<double[]> rows) =>
        [.. rows.Select(row => Of(components.LeftMultiply(Vector<double>.Build.Dense(row))))];

    public IEnumerable<(string Path, Tensor Value)> State()
    {
        yield return ("qda.components", Stored(components));
        foreach (var (label, known) in classes.Index())
        {
            if (known is null)
                continue;
            yield return ($"qda.{label}.prior", Tensor.From<double>([known.Prior]));
            yield return ($"qda.{label}.mean", Tensor.From(known.Mean.ToArray()));
            yield return ($"qda.{label}.covariance", Stored(known.Covariance));
        }
    }

    internal static QuadraticDiscriminant From(IReadOnlyDictionary<string, Tensor> state, int classes) =>
        new(
            Read(state["qda.components"]),
            [
                .. Enumerable
                    .Range(0, classes)
                    .Select(label =>
                        state.TryGetValue($"qda.{label}.prior", out var prior)
                            ? new Gaussian(
                                prior.ToArray<double>()[0],
                                Vector<double>.Build.Dense(state[$"qda.{label}.mean"].ToArray<double>()),
                                Read(state[$"qda.{label}.covariance"])
                            )
                            : null
                    ),
            ]
        );

    public void Dispose() { }

    private static int Dimensions(int features, int smallest, int wanted) =>
        Math.Min(features, wanted > 0 ? wanted : Math.Max(1, smallest / 2));

    /// <summary>Directions of most variance of the rows, [features, count]; the identity where all are kept.</summary>
    private static Matrix<double> Principal(Matrix<double> rows, int count)
    {
        if (count == rows.ColumnCount)
            return Matrix<double>.Build.DenseIdentity(count);
        var centered = Centered(rows, rows.ColumnSums() / rows.RowCount);
        // By rising variance.
        var axes = centered.TransposeThisAndMultiply(centered).Evd(Symmetricity.Symmetric).EigenVectors;
        return Matrix<double>.Build.DenseOfColumnVectors(
            Enumerable.Range(1, count).Select(i => axes.Column(axes.ColumnCount - i))
        );
    }

    private static Matrix<double> Centered(Matrix<double> rows, Vector<double> mean) =>
        Matrix<double>.Build.Dense(rows.RowCount, rows.ColumnCount, (r, c) => rows[r, c] - mean[c]);

    private static Gaussian Regular(Func<Gaussian> made, int label, QuadraticDiscriminantSettings settings)
    {
        try
        {
            return made();
        }
        catch (ArgumentException) // the Cholesky factor's: not positive definite
        {
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"qda: the covariance of class {label} is singular with shrinkage {settings.Shrinkage}; "
                ) + "set qda.shrinkage above it, or qda.components lower"
            );
        }
    }

    private double[] Of(Vector<double> row)
    {
        var scores = classes.Select(c => c is null ? double.NegativeInfinity : Score(c, row)).ToArray();
        var most = scores.Max();
        var likely = scores.Select(s => Math.Exp(s - most)).ToArray();
        return [.. likely.Select(l => l / likely.Sum())];
    }

    /// <summary>ln prior − ½ ln |Σ| − ½ (x − μ)ᵀ Σ⁻¹ (x − μ)</summary>
    private static double Score(Gaussian known, Vector<double> row)
    {
        var whitened = new double[row.Count]; // L⁻¹ (x − μ), L the Cholesky factor
        double squares = 0,
            logarithms = 0;
        for (var i = 0; i < whitened.Length; i++)
        {
            var left = row[i] - known.Mean[i];
            for (var j = 0; j < i; j++)
                left -= known.Factor[i, j] * whitened[j];
            whitened[i] = left / known.Factor[i, i];
            squares += whitened[i] * whitened[i];
            logarithms += Math.Log(known.Factor[i, i]);
        }
        return Math.Log(known.Prior) - logarithms - squares / 2;
    }

    private static Tensor Stored(Matrix<double> matrix) =>
        Tensor.From(matrix.ToRowMajorArray(), matrix.RowCount, matrix.ColumnCount);

    private static Matrix<double> Read(Tensor tensor) =>
        Matrix<double>.Build.DenseOfRowMajor((int)tensor.Size(0), (int)tensor.Size(1), tensor.ToArray<double>());
}
