using Coverslip.Evaluation.Cohorts;

namespace Coverslip.App.Studies;

/// <summary>Refuses a second cohort of a study that shares pictures with the first, by their contents.</summary>
internal static class SharedImages
{
    /// <param name="cohort">The second cohort.</param>
    /// <param name="studied">The first one.</param>
    /// <param name="why">What would be wrong, and the way out.</param>
    /// <exception cref="InvalidDataException">They share an image; both are named.</exception>
    internal static void Refuse(Cohort cohort, Cohort studied, string why)
    {
        var lengths = studied.Rows.Select(studied.FilePath).Distinct().ToLookup(p => new FileInfo(p).Length);
        foreach (var row in cohort.Rows)
        {
            var image = cohort.FilePath(row);
            var same = lengths[new FileInfo(image).Length].FirstOrDefault(p => p == image || Same(p, image));
            if (same is not null)
                throw new InvalidDataException(
                    $"{cohort.Path} and {studied.Path} share the image {row.Image} ({same}): {why}"
                );
        }
    }

    /// <summary>Byte by byte, a piece at a time: a slide has gigabytes.</summary>
    private static bool Same(string first, string second)
    {
        using var one = File.OpenRead(first);
        using var other = File.OpenRead(second);
        var (mine, theirs) = (new byte[1 << 16], new byte[1 << 16]);
        while (true)
        {
            var read = one.ReadAtLeast(mine, mine.Length, throwOnEndOfStream: false);
            var there = other.ReadAtLeast(theirs, theirs.Length, throwOnEndOfStream: false);
            if (!mine.AsSpan(0, read).SequenceEqual(theirs.AsSpan(0, there)))
                return false;
            if (read == 0)
                return true;
        }
    }
}
