using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>
/// Fewer patients to learn from at equal test patients, as a learning curve needs them. In each part the patients that train or
/// validate are put in a random order that keeps classes as they are among all of them; the first ones stay, the
/// others are left out. With the same seed those of a smaller number are among those of a larger.
/// </summary>
public static class FewerPatients
{
    /// <summary>The split with so many patients to train and validate in each part.</summary>
    /// <param name="split">By patient.</param>
    /// <param name="patients">How many, from 2; validation patients are among them.</param>
    /// <param name="cohort">The patients it divides.</param>
    /// <param name="validationShare">Share of their images whose patients validate; where the split validates at all.</param>
    /// <exception cref="NoSuchSplitException">A part has fewer, or images are divided and not patients.</exception>
    public static Split Of(Split split, int patients, IReadOnlyList<PatientImages> cohort, double validationShare)
    {
        if (split.ImageWise)
            throw new NoSuchSplitException("no such split exists: an image-wise split has no patients to leave out");
        var known = cohort.ToDictionary(p => p.Patient, StringComparer.Ordinal);
        return split with
        {
            Parts =
            [
                .. split.Parts.Select(
                    (part, i) =>
                    {
                        PatientImages[] pool = [.. part.Train.Concat(part.Validation).Select(name => known[name])];
                        if (pool.Length < patients)
                            throw new NoSuchSplitException(
                                $"no such split exists: {patients} patients to train and validate; part {i + 1} has {pool.Length} beside its {part.Test.Count} test patients"
                            );
                        var random = new SeededRandom(split.Seed + i);
                        var order = Balanced(pool, random);
                        var chosen = order.Take(patients).ToArray();
                        var validation =
                            part.Validation.Count == 0 ? [] : ValidationDraw.From(chosen, validationShare, random);
                        return SplitPart.Of(
                            chosen.Where(p => !validation.Contains(p)),
                            validation,
                            part.Test.Select(name => known[name])
                        ) with
                        {
                            LeftOut = [.. order.Skip(patients).Select(p => p.Patient).Order(StringComparer.Ordinal)],
                        };
                    }
                ),
            ],
        };
    }

    /// <summary>
    /// Each next patient is a random one of those with most images of one class: of the class that keeps the shares of classes
    /// nearest to those of all. (The nearest of all patients would be the same ones in every draw.)
    /// </summary>
    private static List<PatientImages> Balanced(PatientImages[] pool, SeededRandom random)
    {
        var rest = pool.OrderBy(p => p.Patient, StringComparer.Ordinal).ToArray();
        random.Shuffle(rest.AsSpan());
        var classes = rest[0].PerClass.Count;
        var totals = PatientImages.Sum(rest, classes);
        double all = totals.Sum();
        Queue<PatientImages>[] ofClass = [.. rest.GroupBy(p => p.MainClass).Select(g => new Queue<PatientImages>(g))];
        var (order, counts) = (new List<PatientImages>(), new double[classes]);
        while (order.Count < rest.Length)
        {
            var next = ofClass.Where(q => q.Count > 0).MinBy(q => Off(counts, q.Peek(), totals, all))!.Dequeue();
            order.Add(next);
            for (var c = 0; c < classes; c++)
                counts[c] += next.PerClass[c];
        }
        return order;
    }

    /// <summary>How far the shares of classes would be from those of all with one patient more.</summary>
    private static double Off(double[] counts, PatientImages more, int[] totals, double all)
    {
        var sum = counts.Sum() + more.Total;
        return counts.Select((count, c) => Math.Pow((count + more.PerClass[c]) / sum - totals[c] / all, 2)).Sum();
    }
}
