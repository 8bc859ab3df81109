using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>
/// The leaky split, made on purpose to show how much it flatters: images are drawn and patients ignored. Each side has as
/// many images of each class as in the patient-wise split it is made from, so that nothing differs but whether patients
/// are shared.
/// </summary>
public static class ImageWiseSplits
{
    /// <summary>Streams of random numbers from here on, away from those that drew the patients.</summary>
    private const int FirstStream = 1 << 20;

    /// <summary>The image-wise counterpart of a split of the same cohort; the same split gives the same one.</summary>
    /// <exception cref="ArgumentException">It is image-wise already.</exception>
    public static Split Of(Split patientWise, Cohort cohort)
    {
        if (patientWise.ImageWise)
            throw new ArgumentException("the split is image-wise already; give one that divides patients");
        var classes = cohort
            .Rows.GroupBy(row => row.Label, row => row.Image)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (Label: g.Key, Images: g.Order(StringComparer.Ordinal).ToArray()))
            .ToArray();
        var tested = new int[classes.Length];
        var first = new SeededRandom(patientWise.Seed, FirstStream);
        foreach (var (_, images) in classes)
            first.Shuffle(images.AsSpan());
        var parts = new List<SplitPart>();
        foreach (var (index, part) in patientWise.Parts.Index())
        {
            var random = new SeededRandom(patientWise.Seed, FirstStream + 1 + index);
            var (train, validation, test) = (new List<string>(), new List<string>(), new List<string>());
            foreach (var (c, (label, images)) in classes.Index())
            {
                int Count(SplitSide side) => part.Rows(cohort, side).Count(row => row.Label == label);
                var (testing, validating) = (Count(SplitSide.Test), Count(SplitSide.Validation));
                // Of k folds each takes the next images of one order, so that every image is tested once.
                var from = patientWise.Kind == SplitKind.KFold ? tested[c] : 0;
                if (patientWise.Kind != SplitKind.KFold)
                    random.Shuffle(images.AsSpan());
                test.AddRange(images[from..(from + testing)]);
                tested[c] += testing;
                string[] rest = [.. images[..from], .. images[(from + testing)..]];
                random.Shuffle(rest.AsSpan());
                validation.AddRange(rest[..validating]);
                train.AddRange(rest[validating..]);
            }
            foreach (var side in new[] { train, validation, test })
                side.Sort(StringComparer.Ordinal);
            parts.Add(new SplitPart(train, validation, test) { ImageWise = true });
        }
        return patientWise with { Parts = parts };
    }
}
