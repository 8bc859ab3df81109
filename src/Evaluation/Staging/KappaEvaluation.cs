using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Staging;

/// <summary>How predicted stages are judged.</summary>
public sealed record KappaOptions
{
    /// <summary>Bootstrap draws, 0 for no interval. Default 2000.</summary>
    public int Bootstrap { get; init; } = 2000;

    /// <summary>Seed of the bootstrap. Default 1.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>
/// The agreement of predicted stages with the truth: Cohen's kappa with quadratic weights over the five stages, the
/// measure of CAMELYON17.
/// </summary>
public sealed record KappaEvaluation
{
    /// <summary>The kappa with its interval over patients.</summary>
    public required Estimate Kappa { get; init; }

    /// <summary>Patients by true stage (row) and predicted stage (column).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    public required int Patients { get; init; }

    /// <summary>Rows of the predictions that were not used.</summary>
    public required IReadOnlyList<UnusedRow> Unused { get; init; }

    /// <summary>The options it was made with.</summary>
    public required KappaOptions Options { get; init; }

    /// <summary>Bootstrap draws replaced because all of their stages were one.</summary>
    public required int Redrawn { get; init; }

    /// <summary>Judges the stages of every patient of the truth.</summary>
    /// <exception cref="InvalidDataException">A patient of the truth without predicted stage.</exception>
    public static KappaEvaluation Of(StageFile predicted, StageFile truth, KappaOptions? options = null)
    {
        options ??= new KappaOptions();
        string[] missing = [.. truth.Stages.Keys.Where(p => !predicted.Stages.ContainsKey(p))];
        if (missing.Length > 0)
            throw new InvalidDataException(
                $"{predicted.Path}: no stage for {missing.Length} patients of {truth.Path}: {SlideName.Some(missing)}"
            );
        var pairs = truth.Stages.Select(t => (True: t.Value.Stage, Predicted: predicted.Stages[t.Key].Stage)).ToArray();
        var value = QuadraticKappa(Count(pairs, null));
        var draws =
            !double.IsNaN(value) && options.Bootstrap > 0 && pairs.Length > 1
                ? PatientBootstrap.Run(
                    pairs.Length,
                    options.Bootstrap,
                    options.Seed,
                    weights =>
                        QuadraticKappa(Count(pairs, weights)) is var kappa && double.IsNaN(kappa) ? null : [kappa]
                )
                : null;
        return new KappaEvaluation
        {
            Kappa =
                double.IsNaN(value) ? Estimate.Undefined("every stage, true and predicted, is the same")
                : draws is not null ? draws.Estimate(0, value, null)
                : new Estimate(value, null, null, pairs.Length > 1 ? "no bootstrap asked for" : "one patient"),
            Confusion = Count(pairs, null),
            Patients = pairs.Length,
            Unused =
            [
                .. predicted
                    .Unused.Concat(
                        predicted
                            .Stages.Where(p => !truth.Stages.ContainsKey(p.Key))
                            .Select(p => new UnusedRow(p.Value.Row, p.Key, $"is no patient of {truth.Path}"))
                    )
                    .OrderBy(r => r.Row),
            ],
            Options = options,
            Redrawn = draws?.Redrawn ?? 0,
        };
    }

    /// <summary>
    /// 1 − Σ w O / Σ w E with w = (i − j)², O the confusion and E what its margins expect (Cohen 1968), as
    /// scikit-learn's <c>cohen_kappa_score</c>; not a number where nothing is expected to disagree.
    /// </summary>
    /// <param name="confusion">A square, rows and columns in the order of the stages.</param>
    public static double QuadraticKappa(IReadOnlyList<IReadOnlyList<int>> confusion) =>
        Agreement.Cohen(confusion, (i, j) => (i - j) * (i - j));

    private static int[][] Count((PathologicStage True, PathologicStage Predicted)[] pairs, int[]? weights)
    {
        var stages = PathologicStages.All.Count;
        int[][] confusion = [.. Enumerable.Range(0, stages).Select(_ => new int[stages])];
        foreach (var (i, pair) in pairs.Index())
            confusion[(int)pair.True][(int)pair.Predicted] += weights?[i] ?? 1;
        return confusion;
    }
}
