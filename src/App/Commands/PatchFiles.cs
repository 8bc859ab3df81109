using System.Runtime.ExceptionServices;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Slides.Patches;

namespace Coverslip.App.Commands;

/// <summary>Cuts the patches of an index out of their slides, an image file each, for programs that take image files only.</summary>
internal static class PatchFiles
{
    /// <summary>
    /// Writes <c>SLIDE/x_y.png</c> for every patch, white where the slide ends, and returns the index with these names.
    /// </summary>
    /// <param name="index">The patches; their slides relative to <paramref name="home"/>.</param>
    /// <param name="home">Folder of the index.</param>
    /// <param name="folder">Where the files go.</param>
    /// <exception cref="UnreadableSlideException">A slide that cannot be read.</exception>
    internal static IndexedPatch[] Write(IReadOnlyList<IndexedPatch> index, string home, string folder)
    {
        UserFiles.GuardBeside(folder, index.Select(p => Path.Combine(home, p.Place.File)).Distinct());
        var names = SafeName.Distinct(
            index.Select(p => p.Place.File).Distinct().Select(file => Path.GetFileNameWithoutExtension(file)),
            "slides"
        );
        string[] targets =
        [
            .. index.Select(p =>
                Path.Combine(
                    folder,
                    names[Path.GetFileNameWithoutExtension(p.Place.File)],
                    FormattableString.Invariant($"{p.Place.X}_{p.Place.Y}.png")
                )
            ),
        ];
        var done = 0;
        using var stop = new StopSignal();
        using var line = new ProgressLine("cutting patches", index.Count, "patches");
        using var together = FilesTogether.Begin();
        using var images = new PatchImage();
        try
        {
            Parallel.For(
                0,
                index.Count,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                    CancellationToken = stop.Token,
                },
                i =>
                {
                    using (var patch = images.Read(Path.Combine(home, $"{index[i].Place}")))
                        ImageFile.Write(targets[i], patch);
                    line.Report(Interlocked.Increment(ref done));
                }
            );
        }
        catch (AggregateException error)
        {
            // What ends everything, such as a full disk, is told as it is.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        return
        [
            .. index.Zip(
                targets,
                (patch, target) =>
                    patch with
                    {
                        File = Path.GetRelativePath(home, target).Replace(Path.DirectorySeparatorChar, '/'),
                    }
            ),
        ];
    }
}
