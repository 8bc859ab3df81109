using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Readers;

/// <summary>One reader's verdicts at one time, arranged so that each weighting of the cases costs one pass.</summary>
internal sealed class ReaderTable
{
    private readonly IReadOnlyList<ReaderCase> cases;
    private readonly Verdict?[] verdicts;
    private readonly int[] truths;
    private readonly int[] named;
    private readonly int classes;
    private readonly RankedScores areas;
    private readonly RankedScores marks;
    private readonly (double Seconds, int Case)[] times;
    private readonly (double Seconds, int Case)[] active;

    /// <param name="cases">The study's.</param>
    /// <param name="verdicts">Of each; null where it was not read.</param>
    /// <param name="classNames">All that truth or readers name.</param>
    public ReaderTable(IReadOnlyList<ReaderCase> cases, Verdict?[] verdicts, IReadOnlyList<string> classNames)
    {
        (this.cases, this.verdicts, classes) = (cases, verdicts, classNames.Count);
        var codes = classNames.Index().ToDictionary(c => c.Item, c => c.Index);
        truths = [.. cases.Select(c => codes[c.Truth])];
        named = [.. verdicts.Select(v => v is null ? -1 : codes[v.Class])];
        var read = verdicts.Index().Where(v => v.Item is not null).Select(v => (v.Index, Verdict: v.Item!)).ToList();
        areas = Ranked(read.Select(r => ((double)r.Verdict.Rating, cases[r.Index].Positive, r.Index)));
        // A lesion for each of its case; a case without lesions for its highest false mark.
        marks = Ranked(
            read.SelectMany(r =>
                cases[r.Index].Lesions > 0 ? r.Verdict.Found.Select(f => (f ?? double.NegativeInfinity, true, r.Index))
                : cases[r.Index].Positive ? [] // its lesions are not known
                : [(r.Verdict.FalseMark ?? double.NegativeInfinity, false, r.Index)]
            )
        );
        times = Ordered(read.Select(r => (r.Verdict.Seconds, r.Index)));
        active = Ordered(read.Select(r => (r.Verdict.ActiveSeconds, r.Index)));
    }

    /// <summary>The figure with case i counted <paramref name="weights"/>[i] times; NaN where it is not defined.</summary>
    public double Of(ReaderFigure figure, int[] weights) =>
        figure switch
        {
            ReaderFigure.Accuracy => Share(weights, _ => true, i => named[i] == truths[i]),
            ReaderFigure.Sensitivity => Share(weights, i => cases[i].Positive, i => verdicts[i]!.Positive),
            ReaderFigure.Specificity => Share(weights, i => !cases[i].Positive, i => !verdicts[i]!.Positive),
            ReaderFigure.Auc => areas.Areas(weights).Auc,
            ReaderFigure.Jafroc => marks.Areas(weights).Auc,
            ReaderFigure.Kappa => Kappa(weights),
            ReaderFigure.ActiveSeconds => Median(active, weights),
            _ => Median(times, weights),
        };

    private static (double, int)[] Ordered(IEnumerable<(double? Seconds, int Case)> times) =>
        [.. times.Where(t => t.Seconds is not null).Select(t => (t.Seconds!.Value, t.Case)).Order()];

    private static RankedScores Ranked(IEnumerable<(double Score, bool Positive, int Case)> items)
    {
        var list = items.ToList();
        return new RankedScores(
            [.. list.Select(x => x.Score)],
            [.. list.Select(x => x.Positive)],
            [.. list.Select(x => x.Case)]
        );
    }

    private double Share(int[] weights, Func<int, bool> among, Func<int, bool> counted)
    {
        int all = 0,
            some = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (verdicts[i] is null || !among(i))
                continue;
            all += weights[i];
            some += counted(i) ? weights[i] : 0;
        }
        return all == 0 ? double.NaN : (double)some / all;
    }

    private double Kappa(int[] weights)
    {
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (var i = 0; i < weights.Length; i++)
            if (named[i] >= 0)
                confusion[truths[i]][named[i]] += weights[i];
        return Agreement.Cohen(confusion);
    }

    /// <summary>The mean of the two middle ones where there are as many below as above.</summary>
    private static double Median((double Seconds, int Case)[] times, int[] weights)
    {
        var all = times.Sum(t => weights[t.Case]);
        double At(int place)
        {
            foreach (var (seconds, index) in times)
                if ((place -= weights[index]) < 0)
                    return seconds;
            return double.NaN;
        }
        return all == 0 ? double.NaN : (At((all - 1) / 2) + At(all / 2)) / 2;
    }
}
