using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>
/// k folds by patient, stratified by images: the patients, those with most images first and equal ones in random order,
/// each go to the fold that keeps every class most evenly spread. A fold may lack a class that fewer than k patients
/// have.
/// </summary>
public static class KFoldSplits
{
    /// <summary>Draws k folds; every patient is tested in exactly one of them.</summary>
    /// <param name="patients">The patients of the cohort.</param>
    /// <param name="folds">k, from 2 to the number of patients.</param>
    /// <param name="validationShare">Share of the training images whose patients validate instead; 0 for none.</param>
    /// <param name="seed">The seed; equal seed and cohort give equal folds.</param>
    /// <exception cref="NoSuchSplitException">More folds than patients, or too few patients to validate.</exception>
    public static IReadOnlyList<SplitPart> Draw(
        IReadOnlyList<PatientImages> patients,
        int folds,
        double validationShare,
        long seed
    )
    {
        if (folds < 2)
            throw new ArgumentOutOfRangeException(nameof(folds), folds, "at least 2 folds are needed");
        if (folds > patients.Count)
            throw new NoSuchSplitException(
                $"no such split exists: {folds} folds of {patients.Count} patients; the most is {patients.Count} "
                    + "folds"
            );
        var random = new SeededRandom(seed);
        var order = patients.OrderBy(p => p.Patient, StringComparer.Ordinal).ToArray();
        random.Shuffle(order.AsSpan());
        order = [.. order.OrderByDescending(p => p.Total)]; // stable: equal ones stay shuffled

        var totals = PatientImages.Sum(order, order[0].PerClass.Count);
        var members = Enumerable.Range(0, folds).Select(_ => new List<PatientImages>()).ToArray();
        var counts = Enumerable.Range(0, folds).Select(_ => new int[totals.Length]).ToArray();
        foreach (var patient in order)
        {
            // The sum of squared shares grows least where the patient's classes are rarest; on a tie the emptier fold.
            var fold = Enumerable
                .Range(0, folds)
                .MinBy(f => (Growth(counts[f], patient, totals), members[f].Count, members[f].Sum(p => p.Total)));
            members[fold].Add(patient);
            for (var c = 0; c < totals.Length; c++)
                counts[fold][c] += patient.PerClass[c];
        }

        var parts = new List<SplitPart>();
        foreach (var test in members)
        {
            var training = order.Except(test).ToList();
            var validation = ValidationDraw.From(training, validationShare, random);
            parts.Add(SplitPart.Of(training.Where(p => !validation.Contains(p)), validation, test));
        }
        return parts;
    }

    private static double Growth(int[] counts, PatientImages patient, int[] totals)
    {
        double growth = 0;
        for (var c = 0; c < totals.Length; c++)
        {
            if (totals[c] == 0)
                continue;
            var (now, added) = ((double)counts[c] / totals[c], (double)patient.PerClass[c] / totals[c]);
            growth += (2 * now + added) * added;
        }
        return growth;
    }
}
