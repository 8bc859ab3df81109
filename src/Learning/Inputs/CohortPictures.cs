using System.Diagnostics;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Inputs;

/// <summary>What the files of a cohort hold, looked at before anything is trained on them.</summary>
/// <param name="cohort">The cohort.</param>
/// <param name="limit">How long pixels are looked at; null: until all are.</param>
public sealed class CohortPictures(Cohort cohort, TimeSpan? limit)
{
    /// <summary>Near-duplicates that are listed one by one.</summary>
    private const int MostPairs = 20;

    private readonly List<CohortProblem> problems = [];
    private readonly (long Width, long Height)?[] sizes = new (long, long)?[cohort.Rows.Count];
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>Errors and warnings, in the order of the rows.</summary>
    public IReadOnlyList<CohortProblem> Problems => problems;

    /// <summary>Images whose pixels were read; patches of slides and slides are not among them.</summary>
    public int Decoded { get; private set; }

    /// <summary>Images whose pixels can be read: all but slides.</summary>
    public int Images { get; private set; }

    /// <summary>Masks that were read, of which so many have nothing set, and so many everything.</summary>
    public (int Read, int Empty, int Full) Masks { get; private set; }

    /// <summary>Opens every file's header and every mask, and as many images as the limit allows.</summary>
    /// <param name="stop">Stops between files.</param>
    public void Check(CancellationToken stop)
    {
        ReadHeaders(stop);
        ReadMasks(stop);
        problems.AddRange(CohortMask.Shared(cohort));
        Compare(ReadPixels(stop));
        problems.Sort(
            (a, b) => (a.Rows.FirstOrDefault(), a.Rows.Count).CompareTo((b.Rows.FirstOrDefault(), b.Rows.Count))
        );
    }

    private bool IsLate => limit is { } most && clock.Elapsed > most;

    private void ReadHeaders(CancellationToken stop)
    {
        var files = cohort.Rows.Index().GroupBy(r => cohort.FilePath(r.Item)).ToArray();
        Parallel.ForEach(
            files,
            new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount },
            file =>
            {
                try
                {
                    var size = ImageHeader.SizeOf(file.Key);
                    foreach (var (i, row) in file)
                        sizes[i] = SlidePlace.Of(row.Image) is { } place ? (place.Side, place.Side) : size;
                }
                catch (Exception error) when (error is UnreadableImageException or UnreadableSlideException)
                {
                    Add(new(true, error.Message, [.. file.Select(r => r.Item.Number)]));
                }
            }
        );
    }

    private void ReadMasks(CancellationToken stop)
    {
        var (read, empty, full) = (0, 0, 0);
        Parallel.For(
            0,
            sizes.Length,
            new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                var row = cohort.Rows[i];
                if (row.Mask is null || sizes[i] is not { Width: <= int.MaxValue, Height: <= int.MaxValue } size)
                    return;
                try
                {
                    using var mask = MaskFile.Read(
                        cohort.MaskPath(row)!,
                        (row.Image, (int)size.Width, (int)size.Height)
                    );
                    Interlocked.Increment(ref read);
                    if (!mask.Pixels.Contains(byte.MaxValue))
                        Interlocked.Increment(ref empty);
                    else if (!mask.Pixels.Contains((byte)0))
                        Interlocked.Increment(ref full);
                }
                catch (UnreadableImageException error)
                {
                    Add(new(true, error.Message, [row.Number]));
                }
            }
        );
        Masks = (read, empty, full);
    }

    private List<(CohortRow Row, PictureHash Hash)> ReadPixels(CancellationToken stop)
    {
        var rows = cohort.Rows.Where((r, i) => sizes[i] is not null && !IsSlide(r)).ToArray();
        Images = rows.Length;
        var hashes = new PictureHash?[rows.Length];
        Parallel.For(
            0,
            rows.Length,
            new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                if (IsLate)
                    return;
                try
                {
                    using var image = ImageFile.Read(cohort.ImagePath(rows[i]));
                    hashes[i] = PictureHash.Of(image);
                }
                catch (UnreadableImageException error)
                {
                    Add(new(true, error.Message, [rows[i].Number]));
                }
            }
        );
        List<(CohortRow Row, PictureHash Hash)> found =
        [
            .. rows.Zip(hashes).Where(p => p.Second is not null).Select(p => (p.First, p.Second!)),
        ];
        Decoded = found.Count;
        return found;
    }

    /// <summary>Pictures of different patients that are one in another encoding, size or brightness.</summary>
    private void Compare(List<(CohortRow Row, PictureHash Hash)> all)
    {
        foreach (var same in all.GroupBy(a => a.Hash.Pixels).Where(g => Patients(g).Length > 1))
            // Byte by byte equal files are found when the cohort is loaded.
            problems.Add(
                new(
                    true,
                    $"the same picture in other files under different patients: {string.Join(", ", Patients(same))}; keep one of them",
                    [.. same.Select(a => a.Row.Number)]
                )
            );
        var told = all.Where(a => !a.Hash.IsFlat).DistinctBy(a => a.Hash.Pixels).ToList();
        var pairs = 0;
        for (var i = 0; i < told.Count && !IsLate; i++)
        for (var j = i + 1; j < told.Count; j++)
        {
            if (told[i].Row.Patient == told[j].Row.Patient || !told[i].Hash.LooksLike(told[j].Hash))
                continue;
            if (++pairs <= MostPairs)
                problems.Add(
                    new(
                        false,
                        $"{told[i].Row.Image} (patient {told[i].Row.Patient}) and {told[j].Row.Image} (patient "
                            + $"{told[j].Row.Patient}) look alike; if they are one picture, a split may train on it and test it",
                        [told[i].Row.Number, told[j].Row.Number]
                    )
                );
        }
        if (pairs > MostPairs)
            problems.Add(new(false, $"{pairs} pairs look alike across patients, of which {MostPairs} are listed", []));
    }

    private static string[] Patients(IEnumerable<(CohortRow Row, PictureHash Hash)> rows) =>
        [.. rows.Select(r => r.Row.Patient).Distinct()];

    private bool IsSlide(CohortRow row) =>
        SlidePlace.Of(row.Image) is not null || SlideFile.IsSlide(cohort.ImagePath(row));

    private void Add(CohortProblem problem)
    {
        lock (problems)
            problems.Add(problem);
    }
}
