namespace Coverslip.Evaluation.Readers;

/// <summary>The tests of Obuchowski and Rockette of a study's figures, where they apply.</summary>
internal static class ReaderTests
{
    private static readonly ReaderFigure[] Tested =
    [
        ReaderFigure.Accuracy,
        ReaderFigure.Sensitivity,
        ReaderFigure.Specificity,
        ReaderFigure.Auc,
        ReaderFigure.Jafroc,
    ];

    /// <summary>The tests by figure, and why the others have none.</summary>
    public static (Dictionary<ReaderFigure, ObuchowskiRockette>, Dictionary<ReaderFigure, string>) Of(
        ReaderStudy study,
        ReaderTables tables,
        ReaderOptions options
    )
    {
        var (tests, untested) = (
            new Dictionary<ReaderFigure, ObuchowskiRockette>(),
            new Dictionary<ReaderFigure, string>()
        );
        foreach (var figure in Tested)
        {
            var (test, reason) = One(figure, study, tables, options);
            if (test is not null)
                tests[figure] = test;
            else
                untested[figure] = reason;
        }
        return (tests, untested);
    }

    private static (ObuchowskiRockette? Test, string Reason) One(
        ReaderFigure figure,
        ReaderStudy study,
        ReaderTables tables,
        ReaderOptions options
    )
    {
        if (study.Readers.Count < 2)
            return (null, "one reader is no sample of readers");
        if (!study.IsComplete)
            return (null, "not every reader has read every case");
        var values = tables.Of(figure, null);
        if (values.Any(t => t.Any(double.IsNaN)))
            return (
                null,
                figure == ReaderFigure.Jafroc ? "needs lesions and normal cases" : "needs cases of both kinds"
            );
        var without = Enumerable
            .Range(0, tables.Patients)
            .Select(left => tables.Of(figure, Without(tables, left)))
            .ToArray();
        if (without.Any(u => u.Any(t => t.Any(double.IsNaN))))
            return (null, "needs two patients of either kind");
        var covariance =
            figure == ReaderFigure.Auc && options.Covariance == CovarianceMethod.DeLong
                ? Placed(study, tables)
                : FigureCovariance.Jackknife(without);
        return (ObuchowskiRockette.Of(values, covariance), "nothing varies between readers, cases and times");
    }

    private static int[] Without(ReaderTables tables, int left)
    {
        var weights = new int[tables.Patients];
        Array.Fill(weights, 1);
        weights[left] = 0;
        return weights;
    }

    private static FigureCovariance Placed(ReaderStudy study, ReaderTables tables)
    {
        if (tables.Patients < study.Cases.Count)
            throw new InvalidDataException(
                $"DeLong's covariances take cases as independent, and {study.Cases.Count} cases are of {tables.Patients} patients; "
                    + "take the jackknife"
            );
        double[][] Ratings(Func<Reading, Verdict> time) =>
            [.. study.Readings.Select(r => r.Select(x => (double)time(x!).Rating).ToArray())];
        return FigureCovariance.DeLong(
            [Ratings(r => r.Before), Ratings(r => r.After)],
            [.. study.Cases.Select(c => c.Positive)]
        );
    }
}
