using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Inputs;

/// <summary>The resolution of a cohort's images, from its column <c>mpp</c>.</summary>
public static class CohortMpp
{
    public const string Column = "mpp";

    /// <summary>How far resolutions of one cohort may lie apart: those of one magnification differ less.</summary>
    public const double MostRatio = 1.1;

    /// <summary>The geometric mean in microns per pixel; null without such a column.</summary>
    /// <exception cref="InvalidDataException">
    /// A row without a resolution or with one that no slide has, or images of different resolutions.
    /// </exception>
    public static double? Of(Cohort cohort)
    {
        var column = cohort.FurtherIndex(Column);
        if (column < 0)
            return null;
        var all = cohort.Rows.Select(row => (Row: row, Mpp: Parse(cohort, row, row.Further[column]))).ToArray();
        var (least, most) = (all.MinBy(a => a.Mpp), all.MaxBy(a => a.Mpp));
        if (most.Mpp > least.Mpp * MostRatio)
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cohort.Path}: {least.Row.Image} has {least.Mpp} µm/px and {most.Row.Image} {most.Mpp}; a run is of one resolution (a tenth more or less): resize the images, or divide the cohort"
                )
            );
        return Math.Round(Math.Exp(all.Average(a => Math.Log(a.Mpp))), 6); // a picometer is beyond every scanner
    }

    /// <summary>What the column says of a slide's finest level; null without it, or where it is empty.</summary>
    public static Mpp? OfSlide(Cohort cohort, CohortRow row) =>
        cohort.Further(row, Column) is { Length: > 0 } text ? Mpp.Of(Parse(cohort, row, text)) : null;

    public static double Parse(Cohort cohort, CohortRow row, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var mpp) && Mpp.IsPlausible(mpp)
            ? mpp
            : throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {Column} is '{text}'; it is a number from {Mpp.Least} to {Mpp.Most} "
                    + "microns per pixel. Leave the whole column out where the resolution is not known"
            );
}
