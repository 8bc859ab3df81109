using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using MathNet.Numerics.Statistics;

namespace Coverslip.Evaluation.Detection;

/// <summary>
/// What detections at random places would score: as many on each slide, with the same probabilities, each anywhere in the
/// tissue with equal chance, or on the slide where tissue is not known. On small slides that is far from 0, since a lesion
/// covers much of one.
/// </summary>
internal static class FrocChance
{
    private const int Draws = 200;

    /// <summary>
    /// The mean score, and between which two 95 % of the draws lie; and the mean sensitivity at each of <see cref="Froc.Rates"/>, none
    /// where there is no score.
    /// </summary>
    public static (Estimate Score, IReadOnlyList<double> Sensitivities) Of(
        IReadOnlyList<FrocSlide> slides,
        FrocOptions options
    )
    {
        var (scores, sums) = (new List<double>(), new double[Froc.Rates.Count]);
        for (var draw = 0; draw < Draws; draw++)
        {
            var random = new SeededRandom(options.Seed, 200_000 + draw);
            if (
                new Froc([.. slides.Select(s => Scattered(s, random))], options.Counted).Sensitivities()
                is not { } found
            )
                return (Estimate.Undefined("no lesion larger than isolated tumor cells, or no slide that counts"), []);
            scores.Add(found.Average());
            for (var rate = 0; rate < sums.Length; rate++)
                sums[rate] += found[rate] / Draws;
        }
        double At(double share) => scores.QuantileCustom(share, QuantileDefinition.R7);
        return (new Estimate(scores.Average(), At(0.025), At(0.975)) { Bound = $"{Draws} draws" }, sums);
    }

    private static FrocSlide Scattered(FrocSlide slide, SeededRandom random)
    {
        var found = new double[slide.Lesions.Count];
        var outside = new List<double>();
        foreach (var probability in slide.Probabilities)
        {
            var place = random.Unit();
            var lesion = 0;
            for (; lesion < found.Length && place >= slide.LesionShares[lesion]; lesion++)
                place -= slide.LesionShares[lesion];
            if (lesion == found.Length)
                outside.Add(probability);
            else if (!slide.IsolatedLesions[lesion])
                found[lesion] = Math.Max(found[lesion], probability);
        }
        return slide with { FalsePositives = outside, Lesions = found };
    }
}
