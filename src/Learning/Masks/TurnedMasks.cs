using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>
/// The cohort's masks, each turned by half a turn: as much of each image is valid, in pieces of the same shapes, elsewhere. What
/// masks of the right places are worth shows beside these.
/// </summary>
internal static class TurnedMasks
{
    /// <summary>Writes one for each image of a cohort all of whose rows name a mask; where to is returned.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="folder">Folder of masks.</param>
    internal static Func<CohortRow, string?> Write(Cohort cohort, string folder)
    {
        string FileOf(CohortRow row) => Path.Combine(folder, "turned", $"{PictureName.Of(row.Image, "turned")}.png");
        PictureName.CheckDistinct(cohort.Rows.Select(r => r.Image));
        Directory.CreateDirectory(Path.Combine(folder, "turned"));
        foreach (var row in cohort.Rows)
        {
            using var mask = MaskFile.Read(cohort.MaskPath(row)!);
            mask.WritablePixels.Reverse();
            ImageFile.Write(FileOf(row), mask);
        }
        return FileOf;
    }
}
