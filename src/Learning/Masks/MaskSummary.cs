using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>What the masks of a folder leave of its images: a model is not masked by name alone.</summary>
/// <param name="Images">How many have a mask.</param>
/// <param name="WithArea">How many of them keep any area.</param>
/// <param name="MeanValid">Mean share of valid pixels.</param>
/// <param name="AtLimit">
/// Segmentations that the limit of steps ended, and not their number of labels; null of masks that somebody brought.
/// </param>
public sealed record MaskSummary(int Images, int WithArea, double MeanValid, int? AtLimit)
{
    /// <summary>Share of images with an area below which masked input says nothing of masking.</summary>
    private const double Enough = 0.8;

    /// <summary>Of so many sets of thresholds, fitted to parts of the images; 0: one set for all.</summary>
    public int Fitted { get; private init; }

    /// <summary>Whether so few images keep an area that masked input says nothing of masking.</summary>
    public bool IsVoid => WithArea < Enough * Images;

    /// <summary>Of the masks that a cohort's column names, turned or not; null where a row names none, or one cannot be read.</summary>
    public static MaskSummary? OfColumn(Cohort cohort)
    {
        var shares = new List<double>(cohort.Rows.Count);
        foreach (var row in cohort.Rows)
        {
            if (cohort.MaskPath(row) is not { } path)
                return null;
            try
            {
                using var mask = MaskFile.Read(path);
                shares.Add(1 - (mask.Pixels.Count((byte)0) / ((double)mask.Width * mask.Height)));
            }
            catch (Exception error) when (error is IOException or UnreadableImageException)
            {
                return null; // training has said it, and is what needs the mask
            }
        }
        return new MaskSummary(shares.Count, shares.Count(s => s > 0), shares.Average(), null);
    }

    /// <summary>
    /// Of the table in a folder, and where it holds folders of thresholds fitted to single parts, on average over these; null
    /// where there is none.
    /// </summary>
    /// <param name="folder">A folder of masks.</param>
    /// <param name="limit">The limit of steps.</param>
    public static MaskSummary? Of(string folder, int limit)
    {
        MaskSummary[] fitted = [.. CohortMasks.FoldersIn(folder).Select(f => Of(f, limit)).OfType<MaskSummary>()];
        if (fitted.Length > 0)
            return fitted[0] with
            {
                WithArea = (int)Math.Round(fitted.Average(f => f.WithArea)),
                MeanValid = fitted.Average(f => f.MeanValid),
                Fitted = fitted.Length,
            };
        MaskRow[] rows = [.. new MaskTables(folder).Read()];
        return rows.Length == 0
            ? null
            : new MaskSummary(
                rows.Length,
                rows.Count(r => r.ShareValid > 0),
                rows.Average(r => r.ShareValid),
                rows.Count(r => r.Steps >= limit)
            );
    }

    /// <summary>In a sentence or two.</summary>
    public string InWords =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Fitted > 1 ? $"on average over {Fitted} sets of thresholds, each fitted to training patients, " : "")}{WithArea} of {Images} images keep an area, {MeanValid:0 %} of an image on average; {AtLimit} segmentations ended at the limit of steps."
        ) + (IsVoid ? " Fewer than four in five keep any: masked is a name here, and no masking." : "");
}
