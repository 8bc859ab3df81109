using System.Collections.Concurrent;
using Coverslip.Files;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// The files that readers look at, as they lie on the disk now: a verdict counts for the file that the study was made with, and
/// a mark lies on it.
/// </summary>
/// <param name="study">The study, whose files were held against their hashes when the viewer started.</param>
/// <param name="measure">Width and height of a case, in pixels of level 0.</param>
internal sealed class CaseFiles(ReadingStudy study, Func<int, (long Width, long Height)> measure)
{
    private readonly ConcurrentDictionary<int, (long Width, long Height)> sizes = new();

    // As they were when they last had the right contents: what has the same length and times is not read again.
    private readonly (long Length, DateTime Written, DateTime Made)?[] known =
    [
        .. study.Cases.Select(c => Stamp(c.File)),
    ];

    /// <summary>Finds a file that was replaced or taken away since.</summary>
    /// <exception cref="OutOfOrderException">It is not the one that the study was made with; nothing tells its name.</exception>
    internal void Check(int number)
    {
        var read = study.Cases[number];
        var stamp = Stamp(read.File);
        if (stamp is not null && stamp == known[number])
            return;
        if (stamp is null || CaseContents.Of(read.File) != read.Contents)
            throw new OutOfOrderException(
                $"the file of this case {(stamp is null ? "is not there any more" : "was replaced by another")}, and a verdict counts for the one that the study was made with. "
                    + "The study's owner has to put that one back ('coverslip view', started anew, names it); then try again"
            );
        known[number] = stamp;
    }

    /// <summary>Refuses marks beyond the case, which no page sets.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void CheckMarks(int number, IReadOnlyList<Mark> marks)
    {
        if (marks.Count == 0)
            return;
        var (width, height) = sizes.GetOrAdd(number, measure);
        foreach (var (i, mark) in marks.Index())
            if (mark.X >= width || mark.Y >= height)
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"mark {i + 1} is at {mark.X}, {mark.Y}, and the {(study.Pictures ? "picture" : "slide")} has {width} × {height} pixels, the last at {width - 1}, {height - 1}; set it there, or remove it"
                    )
                );
    }

    private static (long Length, DateTime Written, DateTime Made)? Stamp(string file) =>
        new FileInfo(SlidePlace.FileOf(file)) is { Exists: true } info
            ? (info.Length, info.LastWriteTimeUtc, info.CreationTimeUtc)
            : null;
}
