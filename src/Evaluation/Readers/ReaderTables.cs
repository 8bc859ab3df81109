using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Readers;

/// <summary>
/// Every figure of a study as one row of numbers, for each weighting of patients and readers: three columns (before, with
/// the machine's view, gain) per figure of all readers, per figure of each, and of their agreement.
/// </summary>
internal sealed class ReaderTables
{
    private readonly ReaderStudy study;
    private readonly int[] owner;
    private readonly ReaderTable[][] tables; // [2][readers]
    private readonly int[][][] named; // [2][cases][classes]: how many readers named it

    public ReaderTables(ReaderStudy study)
    {
        this.study = study;
        string[] patients = [.. study.Cases.Select(c => c.Patient).Distinct()];
        Patients = patients.Length;
        owner = [.. study.Cases.Select(c => Array.IndexOf(patients, c.Patient))];
        var verdicts = study.Readings.Select(r =>
            new[] { r.Select(x => x?.Before).ToArray(), [.. r.Select(x => x?.After)] }
        );
        string[] classes =
        [
            .. study
                .Cases.Select(c => c.Truth)
                .Concat(
                    study
                        .Readings.SelectMany(r => r)
                        .OfType<Reading>()
                        .SelectMany(r => new[] { r.Before.Class, r.After.Class })
                )
                .Distinct(),
        ];
        tables =
        [
            .. new[] { 0, 1 }.Select(i => verdicts.Select(v => new ReaderTable(study.Cases, v[i], classes)).ToArray()),
        ];
        int[] Named(int time, int c) =>
            [
                .. classes.Select(name =>
                    study.Readings.Count(r => r[c] is { } x && (time == 0 ? x.Before : x.After).Class == name)
                ),
            ];
        named = [.. new[] { 0, 1 }.Select(i => study.Cases.Select((_, c) => Named(i, c)).ToArray())];
    }

    public int Patients { get; }

    private static int Figures => ReaderFigures.All.Count;

    /// <summary>Where the columns of a figure begin, of one reader or of all.</summary>
    public int Column(ReaderFigure figure, int? reader) => 3 * ((reader + 1 ?? 0) * Figures + (int)figure);

    /// <summary>Where the columns of Fleiss' kappa begin.</summary>
    public int AgreementColumn => 3 * (study.Readers.Count + 1) * Figures;

    /// <summary>How many patients a share is of, for an interval where every draw gives the same; null for no share.</summary>
    public int? Units(ReaderFigure figure)
    {
        int Of(bool? positive) =>
            study
                .Cases.Where(c => positive is null || c.Positive == positive)
                .Select(c => c.Patient)
                .Distinct()
                .Count();
        return figure switch
        {
            ReaderFigure.Accuracy => Of(null),
            ReaderFigure.Sensitivity => Of(true),
            ReaderFigure.Specificity => Of(false),
            ReaderFigure.Auc => Math.Min(Of(true), Of(false)),
            _ => null,
        };
    }

    /// <summary>The figure of every reader, [2][readers], with patients counted as given; null counts each once.</summary>
    public double[][] Of(ReaderFigure figure, int[]? patients)
    {
        var weights = Weights(patients);
        return [.. tables.Select(t => t.Select(r => r.Of(figure, weights)).ToArray())];
    }

    /// <summary>All columns.</summary>
    public double[] Row(int[]? patients, int[]? readers)
    {
        var row = new double[AgreementColumn + 3];
        foreach (var figure in ReaderFigures.All)
        {
            var values = Of(figure, patients);
            for (var r = 0; r < study.Readers.Count; r++)
                Put(row, Column(figure, r), values[0][r], values[1][r]);
            Put(row, Column(figure, null), Mean(values[0], readers), Mean(values[1], readers));
        }
        var weights = Weights(patients);
        double Fleiss(int time) =>
            study.IsComplete && study.Readers.Count > 1 ? Agreement.Fleiss(named[time], weights) : double.NaN;
        Put(row, AgreementColumn, Fleiss(0), Fleiss(1));
        return row;
    }

    private static void Put(double[] row, int column, double before, double after) =>
        (row[column], row[column + 1], row[column + 2]) = (before, after, after - before);

    /// <summary>Over the readers of whom the figure is defined, each counted as often as drawn.</summary>
    private static double Mean(double[] values, int[]? readers)
    {
        double sum = 0,
            count = 0;
        for (var r = 0; r < values.Length; r++)
        {
            if (double.IsNaN(values[r]))
                continue;
            var weight = readers?[r] ?? 1;
            (sum, count) = (sum + weight * values[r], count + weight);
        }
        return count == 0 ? double.NaN : sum / count;
    }

    private int[] Weights(int[]? patients) => [.. owner.Select(p => patients?[p] ?? 1)];
}
