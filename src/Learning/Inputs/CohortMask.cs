using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Inputs;

/// <summary>The masks that a cohort's column <c>mask</c> names.</summary>
public static class CohortMask
{
    /// <summary>The mask of a row, 255 foreground and 0 background.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="row">One of its rows.</param>
    /// <param name="size">Pixels of its image as stored.</param>
    /// <exception cref="InvalidDataException">There is none, it is no mask, or it has another size; the message names the
    /// row.</exception>
    public static Image Read(Cohort cohort, CohortRow row, (int Width, int Height) size)
    {
        if (cohort.MaskPath(row) is not { } path)
            throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {row.Image} names no mask; fill the column 'mask', leave the row out, or set "
                    + "patches.without_mask: reconstruct, so that it is pre-trained on only"
            );
        return Read(path, cohort, row, size);
    }

    /// <summary>As <see cref="Read(Cohort, CohortRow, ValueTuple{int, int})"/>, of a mask that lies elsewhere.</summary>
    public static Image Read(string path, Cohort cohort, CohortRow row, (int Width, int Height) size)
    {
        try
        {
            return MaskFile.Read(path, (row.Image, size.Width, size.Height));
        }
        catch (UnreadableImageException error)
        {
            throw new InvalidDataException($"{cohort.Path}: row {row.Number}: {error.Message}", error);
        }
    }

    /// <summary>
    /// The same mask under images of different patients: one of them has another's. Masks that are empty or full are alike by
    /// right.
    /// </summary>
    public static IEnumerable<CohortProblem> Shared(Cohort cohort)
    {
        var contents = new FileContents();
        var masks = cohort
            .Rows.Where(r => r.Mask is not null)
            .Select(r => (Row: r, Path: cohort.MaskPath(r)!))
            .Where(m => File.Exists(m.Path))
            .GroupBy(m => new FileInfo(m.Path).Length)
            .Where(g => g.DistinctBy(m => m.Row.Patient).Count() > 1)
            .SelectMany(g => g)
            .ToArray();
        contents.Compute(masks.Select(m => m.Path).Distinct());
        foreach (var same in masks.GroupBy(m => contents.Of(m.Path)))
        {
            string[] patients = [.. same.Select(m => m.Row.Patient).Distinct()];
            if (patients.Length > 1 && HoldsBoth(same.First().Path))
                yield return new(
                    false,
                    $"the same mask, {same.First().Row.Mask}, under images of different patients ({string.Join(", ", patients)}): "
                        + "all but one of them have another's; name each image's own mask",
                    [.. same.Select(m => m.Row.Number)]
                );
        }
    }

    private static bool HoldsBoth(string path)
    {
        try
        {
            using var mask = MaskFile.Read(path);
            return mask.Pixels.Contains((byte)0) && mask.Pixels.Contains(byte.MaxValue);
        }
        catch (UnreadableImageException)
        {
            return false; // whoever reads it says so
        }
    }
}
