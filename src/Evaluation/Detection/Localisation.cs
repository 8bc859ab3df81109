using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Detection;

/// <summary>How well a finding is located in the images that show it and have a box of it.</summary>
/// <param name="Finding">Its name; "all" for all of them together.</param>
/// <param name="Images">Pairs of an image and a finding that were judged.</param>
/// <param name="HitRate">Share of them whose map has its maximum inside a box of the finding.</param>
/// <param name="Overlap">
/// Mean intersection over union of the box around the map's region and that box of the finding which fits best; 0 where
/// the map is nowhere positive.
/// </param>
public sealed record LocalisationFigures(string Finding, int Images, Estimate HitRate, Estimate Overlap);

/// <summary>Maps against boxes.</summary>
public static class Localisation
{
    /// <summary>Judges every finding for which there are boxes, and all together; intervals are over patients.</summary>
    /// <param name="activations">Where the model saw findings.</param>
    /// <param name="boxes">Where they are. Images without a box of a finding are not judged for it.</param>
    /// <param name="cohort">Whose images they are.</param>
    /// <param name="bootstrap">Draws; 0 for no intervals.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="InvalidDataException">No activation has a box.</exception>
    public static IReadOnlyList<LocalisationFigures> Judge(
        IReadOnlyList<Activation> activations,
        IReadOnlyList<FindingBox> boxes,
        Cohort cohort,
        int bootstrap = 2000,
        long seed = 1
    )
    {
        var patients = cohort.Rows.ToDictionary(r => r.Image, r => r.Patient, StringComparer.Ordinal);
        var drawn = boxes.ToLookup(b => (b.Image, b.Label));
        Judged[] judged =
        [
            .. activations
                .Where(a => patients.ContainsKey(a.Image) && drawn.Contains((a.Image, a.Label)))
                .Select(a => Judged.Of(a, patients[a.Image], [.. drawn[(a.Image, a.Label)].Select(b => b.Area)])),
        ];
        if (judged.Length == 0)
            throw new InvalidDataException(
                $"none of {activations.Count} activations is of an image and a finding with a box; there are {boxes.Count} boxes"
            );
        var findings = cohort.Classes.Where(c => judged.Any(j => j.Label == c));
        return
        [
            .. findings.Select(f => Of(f, [.. judged.Where(j => j.Label == f)], bootstrap, seed)),
            Of("all", judged, bootstrap, seed),
        ];
    }

    private static LocalisationFigures Of(string name, Judged[] judged, int bootstrap, long seed)
    {
        string[] patients = [.. judged.Select(j => j.Patient).Distinct().Order(StringComparer.Ordinal)];
        var index = patients.Index().ToDictionary(p => p.Item, p => p.Index);
        double[]? Means(int[]? weights)
        {
            double hits = 0,
                overlap = 0,
                count = 0;
            foreach (var j in judged)
            {
                var weight = weights is null ? 1 : weights[index[j.Patient]];
                (hits, overlap, count) = (hits + (j.Hit ? weight : 0), overlap + weight * j.Overlap, count + weight);
            }
            return count == 0 ? null : [hits / count, overlap / count];
        }
        var values = Means(null)!;
        var draws =
            bootstrap > 0 && patients.Length > 1 ? PatientBootstrap.Run(patients.Length, bootstrap, seed, Means) : null;
        Estimate Figure(int i)
        {
            if (draws is null)
                return new(
                    values[i],
                    null,
                    null,
                    patients.Length > 1 ? "no bootstrap asked for" : "one patient gives no interval"
                );
            return draws.Estimate(i, values[i], i == 0 ? patients.Length : null);
        }
        return new LocalisationFigures(name, judged.Length, Figure(0), Figure(1));
    }

    private sealed record Judged(string Label, string Patient, bool Hit, double Overlap)
    {
        internal static Judged Of(Activation activation, string patient, IReadOnlyList<BoxArea> boxes) =>
            new(
                activation.Label,
                patient,
                boxes.Any(b => b.Holds(activation.PeakX, activation.PeakY)),
                activation.Area is { } area ? boxes.Max(b => b.Overlap(area)) : 0
            );
    }
}
