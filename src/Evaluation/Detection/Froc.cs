namespace Coverslip.Evaluation.Detection;

/// <summary>
/// A point of a FROC curve: what keeping the detections of at least <paramref name="Threshold"/> gives.
/// </summary>
/// <param name="Threshold">The probability; infinite for the last point.</param>
/// <param name="FalsePositives">Per slide, on average.</param>
/// <param name="Sensitivity">The share of lesions found, isolated tumor cells left out.</param>
public readonly record struct FrocPoint(double Threshold, double FalsePositives, double Sensitivity);

/// <summary>Which false positives count.</summary>
public enum FrocSlides
{
    /// <summary>Those of all slides, per slide: the evaluation of CAMELYON16.</summary>
    All,

    /// <summary>Those of slides without any lesion, per such slide: another reading of its paper.</summary>
    Normal,
}

/// <summary>
/// The free-response ROC curve of CAMELYON16 (Ehteshami Bejnordi et al. 2017) and its score, for the slides as they are
/// and for draws of their patients. Everything is sorted once; a draw looks only at what it takes to reach the largest
/// of the <see cref="Rates"/>.
/// </summary>
public sealed class Froc
{
    private readonly double[] probabilities; // of false positives and lesions, ascending
    private readonly int[] patients; // whose each is; ~patient for a lesion
    private readonly int[] slides; // per patient, of those that false positives are counted on
    private readonly int[] lesions; // per patient, isolated cells left out

    /// <exception cref="ArgumentException">No slides, one twice, or a probability below 0.</exception>
    public Froc(IReadOnlyList<FrocSlide> judged, FrocSlides counted = FrocSlides.All)
    {
        if (judged.Count == 0)
            throw new ArgumentException("a FROC curve needs slides, there are none", nameof(judged));
        if (judged.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"slide {twice.Key} is judged twice", nameof(judged));
        var numbers = new Dictionary<string, int>();
        var (values, owners) = (new List<double>(), new List<int>());
        int[] owner =
        [
            .. judged.Select(s => numbers.TryGetValue(s.Patient, out var n) ? n : numbers[s.Patient] = numbers.Count),
        ];
        (slides, lesions) = (new int[numbers.Count], new int[numbers.Count]);
        foreach (var (i, slide) in judged.Index())
        {
            values.AddRange(slide.Lesions);
            owners.AddRange(Enumerable.Repeat(~owner[i], slide.Lesions.Count));
            lesions[owner[i]] += slide.Lesions.Count - slide.Isolated;
            if (counted == FrocSlides.Normal && !slide.Normal)
                continue;
            values.AddRange(slide.FalsePositives);
            owners.AddRange(Enumerable.Repeat(owner[i], slide.FalsePositives.Count));
            slides[owner[i]]++;
        }
        (probabilities, patients) = ([.. values], [.. owners]);
        Array.Sort(probabilities, patients);
        if (probabilities.Length > 0 && !(probabilities[0] >= 0))
            throw new ArgumentException($"a probability is {probabilities[0]}; it is at least 0", nameof(judged));
    }

    /// <summary>False positives per slide at which the score looks: 1/4, 1/2, 1, 2, 4, 8.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.25, 0.5, 1, 2, 4, 8];

    /// <summary>Patients; a slide without one is a patient of its own.</summary>
    public int Patients => slides.Length;

    /// <summary>Those of them with a lesion to be found.</summary>
    public int PatientsWithLesions => lesions.Count(n => n > 0);

    /// <summary>
    /// The curve at every distinct probability but the smallest, in ascending order, and the point (0, 0); missed
    /// lesions and isolated cells stand among the probabilities with 0. Empty without lesions or slides to count on.
    /// </summary>
    public IReadOnlyList<FrocPoint> Curve() => [.. Points(null).Reverse()];

    /// <summary>
    /// The sensitivity at each of the <see cref="Rates"/>, interpolated linearly between the curve's points, and at its
    /// last point beyond it; of equal rates the one found at the lower threshold counts. Null where there are no
    /// lesions or no slides to count on.
    /// </summary>
    /// <param name="weights">How often each patient counts; null: once each.</param>
    public double[]? Sensitivities(IReadOnlyList<int>? weights = null)
    {
        var sensitivities = new double[Rates.Count];
        var done = 0;
        FrocPoint? before = null;
        foreach (var point in Points(weights))
        {
            for (; before is { } last && done < Rates.Count && point.FalsePositives > Rates[done]; done++)
            {
                var slope = (point.Sensitivity - last.Sensitivity) / (point.FalsePositives - last.FalsePositives);
                sensitivities[done] = slope * (Rates[done] - last.FalsePositives) + last.Sensitivity;
            }
            before = point;
            if (done == Rates.Count)
                return sensitivities;
        }
        if (before is not { } end)
            return null;
        sensitivities.AsSpan(done).Fill(end.Sensitivity);
        return sensitivities;
    }

    // From (0, 0) at an infinite threshold down to the smallest probability but one.
    private IEnumerable<FrocPoint> Points(IReadOnlyList<int>? weights)
    {
        var (allSlides, allLesions) = (Weighted(slides, weights), Weighted(lesions, weights));
        if (allSlides == 0 || allLesions == 0)
            yield break;
        long falsePositives = 0,
            found = 0;
        var threshold = double.PositiveInfinity;
        for (var i = probabilities.Length - 1; i >= 0; )
        {
            var (value, seen) = (probabilities[i], false);
            var (stepFalse, stepFound) = (0L, 0L);
            for (; i >= 0 && probabilities[i] == value; i--)
            {
                var lesion = patients[i] < 0;
                var weight = weights is null ? 1 : weights[lesion ? ~patients[i] : patients[i]];
                seen |= weight > 0;
                if (lesion)
                    stepFound += weight;
                else
                    stepFalse += weight;
            }
            if (!seen)
                continue;
            // The point before this one is not the smallest probability's, which counts only now that it is known.
            yield return Point();
            (threshold, falsePositives, found) = (value, falsePositives + stepFalse, found + stepFound);
        }
        if (double.IsPositiveInfinity(threshold))
            yield return Point();

        FrocPoint Point() => new(threshold, falsePositives / (double)allSlides, found / (double)allLesions);
    }

    private static long Weighted(int[] counts, IReadOnlyList<int>? weights) =>
        weights is null ? counts.Sum() : counts.Select((count, i) => (long)count * weights[i]).Sum();
}
