using MathNet.Numerics.Distributions;

namespace Coverslip.Evaluation.Statistics;

/// <summary>
/// Intervals where resampling has none to give: a share of which every unit says the same is the same on every draw, and
/// "1 (1 to 1)" of nine lesions would be nonsense.
/// </summary>
/// <remarks>
/// A share of n units gets the interval of Clopper &amp; Pearson (1934); with all n right it begins at 0.025^(1/n), whose
/// one-sided form is the rule of three (Hanley &amp; Lippman-Hand 1983). An area under a ROC curve of 1 or 0 is bounded by the
/// same rule with n the smaller class: m positives and k negatives hold min(m, k) pairs that share no case, each won with
/// probability AUC, so that all are won with AUC^min(m, k) at most. (Obuchowski &amp; Lieber 2002 tabulate narrower bounds for
/// an area of 1, under assumptions on the scores' distribution.) A FROC score is a mean of shares of the same lesions: its
/// units are the patients who have some.
/// </remarks>
public static class ExactInterval
{
    private const double Tail = 0.025;

    /// <summary>Whether an interval is a point.</summary>
    public static bool IsPoint(double low, double high) => high - low < 1e-12;

    /// <summary>A share with the interval of Clopper and Pearson.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="units">What the share is of: patients, so that several images of one do not count as many.</param>
    /// <param name="named">What these are, for the word beside the interval.</param>
    public static Estimate OfShare(double share, int units, string named = "patients")
    {
        var right = share * units;
        var low = share <= 0 ? 0 : Beta.InvCDF(right, units - right + 1, Tail);
        var high = share >= 1 ? 1 : Beta.InvCDF(right + 1, units - right, 1 - Tail);
        return new Estimate(share, low, high) { Bound = $"exact, of {units} {named}" };
    }

    /// <summary>The greatest share that none of a number of units leaves possible, 95 %, one-sided: about 3 of them where they are many.</summary>
    /// <param name="units">At least 1.</param>
    public static double MostOfNone(int units) => 1 - Math.Pow(0.05, 1.0 / units);
}
