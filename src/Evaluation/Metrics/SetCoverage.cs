using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>How often sets of classes hold the true one, and how large they are.</summary>
public sealed record SetCoverage
{
    /// <summary>
    /// Share of a patient's images whose set holds the label, averaged over patients: what <see cref="ConformalThreshold"/>
    /// promises. Undefined without labels.
    /// </summary>
    public required Estimate Coverage { get; init; }

    /// <summary>The same of the images of each class that occurs; nothing is promised of a class by itself.</summary>
    public required OrderedDictionary<string, Estimate> ByClass { get; init; }

    /// <summary>Classes in a set, on average over images.</summary>
    public required double MeanSize { get; init; }

    /// <summary>Share of the images whose set is one class.</summary>
    public required double OneClass { get; init; }

    /// <summary>Share of the images whose set is every class, which says nothing.</summary>
    public required double AllClasses { get; init; }

    /// <summary>Of predictions of which every one has a set; null otherwise.</summary>
    public static SetCoverage? Of(Predictions predictions)
    {
        var rows = predictions.Rows;
        if (rows.Count == 0 || rows.Any(r => r.Set.Count == 0))
            return null;
        Prediction[] labeled = [.. rows.Where(r => r.Label.Length > 0)];
        double Share(Func<Prediction, bool> isTrue) => rows.Count(isTrue) / (double)rows.Count;
        return new SetCoverage
        {
            Coverage = PatientShare.Of(labeled, Holds),
            ByClass = new(
                labeled
                    .GroupBy(r => r.Label)
                    .OrderBy(of => of.Key, StringComparer.Ordinal)
                    .Select(of => KeyValuePair.Create(of.Key, PatientShare.Of([.. of], Holds)))
            ),
            MeanSize = rows.Average(r => (double)r.Set.Count),
            OneClass = Share(r => r.Set.Count == 1),
            AllClasses = Share(r => r.Set.Count == predictions.Classes.Count),
        };
    }

    private static bool Holds(Prediction row) => row.Set.Contains(row.Label);
}
