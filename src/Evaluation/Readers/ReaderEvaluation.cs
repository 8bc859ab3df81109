using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Readers;

/// <summary>How a study is judged.</summary>
public sealed record ReaderOptions
{
    /// <summary>Bootstrap draws, 0 for no intervals. Default 2000.</summary>
    public int Bootstrap { get; init; } = 2000;

    /// <summary>Seed of the bootstrap. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Where the covariances of the areas come from; other figures take the jackknife. Default jackknife.</summary>
    public CovarianceMethod Covariance { get; init; } = CovarianceMethod.Jackknife;
}

/// <summary>What a machine's view does to its readers: each of them, and all.</summary>
public sealed record ReaderEvaluation
{
    public required IReadOnlyList<ReaderResult> Readers { get; init; }

    /// <summary>The mean over readers, intervals by the bootstrap over readers and patients.</summary>
    public required ReaderResult Pooled { get; init; }

    /// <summary>Fleiss' kappa between the readers.</summary>
    public required FigureChange Agreement { get; init; }

    /// <summary>The tests of Obuchowski and Rockette by figure; empty where they do not apply.</summary>
    public required IReadOnlyDictionary<ReaderFigure, ObuchowskiRockette> Tests { get; init; }

    /// <summary>Why a figure has no test.</summary>
    public required IReadOnlyDictionary<ReaderFigure, string> Untested { get; init; }

    public required int Patients { get; init; }

    /// <summary>Readings that were not finished and count nowhere.</summary>
    public required int Unfinished { get; init; }

    /// <summary>The options it was made with.</summary>
    public required ReaderOptions Options { get; init; }

    /// <summary>Judges a study.</summary>
    public static ReaderEvaluation Of(ReaderStudy study, ReaderOptions? options = null)
    {
        options ??= new ReaderOptions();
        var tables = new ReaderTables(study);
        var draws =
            options.Bootstrap > 0 && tables.Patients > 1
                ? PatientBootstrap.Run(
                    [tables.Patients, study.Readers.Count],
                    options.Bootstrap,
                    options.Seed,
                    weights => tables.Row(weights[0], weights[1])
                )
                : null;
        var values = tables.Row(null, null);
        var missing = tables.Patients > 1 ? "no bootstrap asked for" : "one patient gives no interval";

        Estimate At(int column, int? units) =>
            double.IsNaN(values[column]) ? Estimate.Undefined("not defined on these cases")
            : draws is null ? new Estimate(values[column], null, null, missing)
            : draws.Estimate(column, values[column], units);
        FigureChange Change(int column, int? units) =>
            new(At(column, units), At(column + 1, units), At(column + 2, null));
        ReaderResult Result(int? reader)
        {
            var read = study
                .Readings.Index()
                .Where(r => reader is null || r.Index == reader)
                .SelectMany(r => r.Item.Index());
            var counted = read.Where(r => r.Item is not null).ToList();
            bool Right(Verdict verdict, int i) => verdict.Class == study.Cases[i].Truth;
            int Count(bool before) =>
                counted.Count(r => Right(r.Item!.Before, r.Index) == before && Right(r.Item.After, r.Index) != before);
            return new ReaderResult(
                reader is null ? null : study.Readers[reader.Value],
                counted.Count,
                ReaderFigures.All.ToDictionary(f => f, f => Change(tables.Column(f, reader), tables.Units(f)))
            )
            {
                Helped = Count(before: false),
                Harmed = Count(before: true),
            };
        }
        var (tests, untested) = ReaderTests.Of(study, tables, options);
        return new ReaderEvaluation
        {
            Readers = [.. study.Readers.Select((_, i) => Result(i))],
            Pooled = Result(null),
            Agreement = Change(tables.AgreementColumn, null),
            Tests = tests,
            Untested = untested,
            Patients = tables.Patients,
            Unfinished = study.Readings.Sum(r => r.Count(x => x is null)),
            Options = options,
        };
    }
}
