using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>
/// The protocol of BreakHis (Spanhol et al. 2016): five random divisions of the patients, 70 % to train and 30 % to
/// test. Drawn within the patients of each class, a patient counting for the class most of the images have.
/// </summary>
public static class BreakHisSplits
{
    /// <summary>The published number of divisions.</summary>
    public const int Repeats = 5;

    private const double TestShare = 0.3;

    /// <summary>Draws the five divisions.</summary>
    /// <param name="patients">The patients of the cohort.</param>
    /// <param name="validationShare">Share of the training images whose patients validate instead; 0 for none.</param>
    /// <param name="seed">The seed; equal seed and cohort give equal splits.</param>
    /// <exception cref="NoSuchSplitException">A class that has fewer than two patients.</exception>
    public static IReadOnlyList<SplitPart> Draw(
        IReadOnlyList<PatientImages> patients,
        double validationShare,
        long seed
    )
    {
        var byClass = patients.OrderBy(p => p.Patient, StringComparer.Ordinal).ToLookup(p => p.MainClass);
        if (byClass.FirstOrDefault(g => g.Count() < 2) is { } small)
            throw new NoSuchSplitException(
                $"no such split exists: patient {small.First().Patient} is the only one of the class; 30 % and 70 % "
                    + "of one patient"
            );
        var parts = new List<SplitPart>();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var random = new SeededRandom(seed, repeat);
            var (training, test) = (new List<PatientImages>(), new List<PatientImages>());
            foreach (var group in byClass.OrderBy(g => g.Key))
            {
                var order = group.ToArray();
                random.Shuffle(order.AsSpan());
                var tested = Math.Max(1, (int)Math.Round(TestShare * order.Length, MidpointRounding.AwayFromZero));
                test.AddRange(order[..tested]);
                training.AddRange(order[tested..]);
            }
            var validation = ValidationDraw.From(training, validationShare, random);
            parts.Add(SplitPart.Of(training.Where(p => !validation.Contains(p)), validation, test));
        }
        return parts;
    }
}
