using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Features;
using Coverslip.Torch;

namespace Coverslip.Methods.Probe;

/// <summary>
/// Which classes stand in an image's set, by CV+ (Barber et al. 2021; of classes, Romano, Sesia &amp; Candès 2020): every patient
/// that was learned from calibrates, judged by the probe that had left it out, and a class of a new image is held against each
/// by that same probe. A class stands in the set unless it is less probable than the true ones of 1 − α of the patients;
/// these count once each and the new one as the worst (hierarchical jackknife+, Lee, Barber &amp; Willett 2023).
/// </summary>
internal sealed class CrossedSets
{
    private const string Prefix = "crossed.";
    private readonly IReadOnlyList<Fold> folds;

    private CrossedSets(IReadOnlyList<Fold> folds, ConformalThreshold promise) =>
        (this.folds, Promise) = (folds, promise);

    internal ConformalThreshold Promise { get; }

    /// <summary>Calibrated on the images that were learned from.</summary>
    /// <param name="images">All of them.</param>
    /// <param name="leftOut">Together they left out each one once.</param>
    /// <param name="error">The promised share of errors.</param>
    internal static CrossedSets Of(PatientRows images, IReadOnlyList<LeftOutClassifier> leftOut, double error)
    {
        var counts = images.Patients.CountBy(p => p).ToDictionary();
        return new CrossedSets(
            [
                .. leftOut.Select(probe =>
                {
                    var said = Probabilities(
                        probe.Scaling,
                        probe.Classifier,
                        [.. probe.Images.Select(i => images.Rows[i])]
                    );
                    var sorted = probe
                        .Images.Select(
                            (i, place) =>
                                (Score: 1 - said[place][images.Labels[i]], Share: 1.0 / counts[images.Patients[i]])
                        )
                        .OrderBy(s => s.Score)
                        .ToArray();
                    return new Fold(
                        probe.Scaling,
                        probe.Classifier,
                        [.. sorted.Select(s => s.Score)],
                        [.. sorted.Select(s => s.Share)]
                    );
                }),
            ],
            new ConformalThreshold(error, counts.Count) { Crossed = true }
        );
    }

    /// <summary>Of each image, of [images][features], its classes by place.</summary>
    internal bool[][] Of(double[][] rows)
    {
        var said = folds.Select(fold => Probabilities(fold.Scaling, fold.Probe, rows)).ToArray();
        return
        [
            .. rows.Select(
                (_, i) =>
                    said[0]
                        [i]
                        .Select(
                            (_, c) =>
                                Promise.AdmitsAfter(folds.Index().Sum(f => f.Item.Better(1 - said[f.Index][i][c])))
                        )
                        .ToArray()
            ),
        ];
    }

    internal IEnumerable<(string Path, Tensor Value)> State() =>
        folds
            .SelectMany(
                (fold, k) =>
                    fold
                        .Scaling.State()
                        .Concat(fold.Probe.State())
                        .Append(("scores", Tensor.From(fold.Scores)))
                        .Append(("shares", Tensor.From(fold.Shares)))
                        .Select(s => (Path: $"{Prefix}{k}.{s.Item1}", Value: s.Item2))
            )
            .Append(($"{Prefix}promise", Tensor.From([Promise.Error, Promise.Patients])));

    /// <summary>What <see cref="State"/> gave; null where there is none.</summary>
    internal static CrossedSets? From(
        IReadOnlyDictionary<string, Tensor> state,
        Func<IReadOnlyDictionary<string, Tensor>, IFeatureClassifier> probeOf
    )
    {
        if (!state.TryGetValue($"{Prefix}promise", out var promise))
            return null;
        var folds = new List<Fold>();
        for (var k = 0; state.ContainsKey(Of(k) + "scores"); k++)
        {
            var own = state
                .Where(s => s.Key.StartsWith(Of(k), StringComparison.Ordinal))
                .ToDictionary(s => s.Key[Of(k).Length..], s => s.Value);
            double[] Numbers(string name) => own[name].ToArray<double>();
            folds.Add(new Fold(FeatureScaling.From(own), probeOf(own), Numbers("scores"), Numbers("shares")));
        }
        var told = promise.ToArray<double>();
        return new CrossedSets(folds, new ConformalThreshold(told[0], (int)told[1]) { Crossed = true });

        static string Of(int fold) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{fold}.");
    }

    /// <summary>At temperature 1: the one that suits all left-out patients has seen them.</summary>
    private static double[][] Probabilities(FeatureScaling scaling, IFeatureClassifier probe, double[][] rows) =>
        [.. probe.Scores([.. rows.Select(scaling.Apply)]).Select(s => Temperature.Softmax(s, 1))];

    /// <param name="Scaling">As <see cref="LeftOutClassifier"/>.</param>
    /// <param name="Probe">As <see cref="LeftOutClassifier"/>.</param>
    /// <param name="Scores">1 − p of the true classes of the images it had not seen, rising.</param>
    /// <param name="Shares">Of each image the share of its patient.</param>
    private sealed record Fold(FeatureScaling Scaling, IFeatureClassifier Probe, double[] Scores, double[] Shares)
    {
        /// <summary>Of how many patients the true classes are more probable than one of this score.</summary>
        internal double Better(double score)
        {
            var sum = 0.0;
            for (var i = 0; i < Scores.Length && Scores[i] < score; i++)
                sum += Shares[i];
            return sum;
        }
    }
}
