using System.CommandLine;
using System.Runtime.ExceptionServices;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.App.Commands;

/// <summary>
/// <c>coverslip stain apply</c>: normalizes images or a cohort; what cannot be is listed with its reason.
/// </summary>
internal static class StainApplyCommand
{
    private static readonly Argument<string> Stain = new("stain") { Description = "A file that 'stain fit' wrote." };
    private static readonly Argument<string[]> Images = new("image")
    {
        Description = "Image files.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string?> CohortPath = new("--cohort")
    {
        Description = "All images of a cohort instead.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the new images, and the new cohort.csv.",
        Required = true,
    };

    internal static Command Create()
    {
        var command = new Command(
            "apply",
            """
            Give images the stain of a reference, each by its own measure. The new images are PNG files.
            Of a cohort they lie as the old ones do, beside a new cohort.csv; rows that could not be normalized are in
            refused.csv with the reason. Exit code 1 if there is any such image.

            Examples:
              coverslip stain apply stain.json a.png b.png --out normalized
              coverslip stain apply stain.json --cohort colon/cohort.csv --out colon-normalized
            """
        )
        {
            Stain,
            Images,
            CohortPath,
            Out,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Images) is not { Length: > 0 } == parsed.GetValue(CohortPath) is null)
                parsed.AddError("Give either image files or --cohort.");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var normalizer = StainFile.Read(parsed.GetRequiredValue(Stain));
        var folder = Path.GetFullPath(parsed.GetRequiredValue(Out));
        var cohort = parsed.GetValue(CohortPath) is { } path ? FolderCohort.Load(path) : null;
        Work[] work = cohort is null
            ? [.. parsed.GetValue(Images)!.Select(image => Work.Of(image, image, Path.GetFileName(image), folder))]
            : [.. cohort.Rows.Select(row => Work.Of(row.Image, cohort.ImagePath(row), row.Image, folder))];
        CheckTargets(work, cohort, folder);
        UserFiles.GuardBeside(folder, work.Select(w => w.Source));

        var reasons = Normalize(normalizer, work);
        foreach (var (image, reason) in work.Zip(reasons))
        {
            if (reason is not null)
                Console.Error.WriteLine($"not normalized: {image.Name}: {reason}");
        }
        var done = reasons.Count(reason => reason is null);
        if (cohort is not null)
            WriteCohorts(cohort, work, reasons, folder);
        Console.WriteLine($"normalized {done} of {work.Length} images: {folder}");
        return done == work.Length ? 0 : 1;
    }

    /// <summary>Pure black and white from this share of an image on are told; less is bright glass.</summary>
    private const double ToldShare = 0.05;

    /// <summary>Why each image could not be normalized, in order; null where it was.</summary>
    private static string?[] Normalize(IStainNormalizer normalizer, Work[] work)
    {
        var reasons = new string?[work.Length];
        var pure = new double[work.Length];
        var done = 0;
        using var stop = new StopSignal();
        using var line = new ProgressLine("normalizing", work.Length, "images");
        var settings = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = stop.Token,
        };
        using var together = FilesTogether.Begin();
        try
        {
            Parallel.For(0, work.Length, settings, NormalizeOne);
        }
        catch (AggregateException error)
        {
            // What ends everything, such as a full disk, is told as it is.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        if (pure.Count(share => share >= ToldShare) is var bordered and > 0)
            ProgressDisplay.Say(
                $"note: of {bordered} images {ToldShare:0 %} or more is pure black or white, up to {pure.Max():0 %}: borders, which "
                    + "are left out where the stain is measured"
            );
        return reasons;

        void NormalizeOne(int i)
        {
            try
            {
                using var image = PatchImage.ReadOne(work[i].Source);
                pure[i] = PurePixels.ShareOf(image);
                using var normalized = normalizer.Apply(image);
                ImageFile.Write(work[i].Target, normalized);
            }
            catch (UnreadableImageException error)
            {
                reasons[i] = error.Reason;
            }
            catch (UnreadableSlideException error)
            {
                reasons[i] = error.Reason;
            }
            catch (StainException error)
            {
                reasons[i] = error.Message;
            }
            line.Report(Interlocked.Increment(ref done));
        }
    }

    private static void CheckTargets(Work[] work, Cohort? cohort, string folder)
    {
        var sources = work.Select(w => Path.GetFullPath(w.Source)).ToHashSet();
        foreach (var same in work.GroupBy(w => w.Target))
        {
            if (same.Count() > 1)
            {
                throw new ArgumentException(
                    $"{string.Join(" and ", same.Take(2).Select(w => w.Name))} would both become {same.Key}; "
                        + "rename one, or normalize them into two folders"
                );
            }
            if (sources.Contains(same.Key))
                throw new ArgumentException($"{same.Key} would be overwritten; choose another folder with --out");
        }
        if (cohort is not null && folder == cohort.Folder)
            throw new ArgumentException($"--out is the folder of {cohort.Path} itself; choose another one");
    }

    /// <summary>A row for every image: in cohort.csv, or in refused.csv with the reason as a further column.</summary>
    private static void WriteCohorts(Cohort cohort, Work[] work, string?[] reasons, string folder)
    {
        CohortRow Moved(CohortRow row, string image) =>
            row with
            {
                Image = Relative(folder, image),
                Mask = cohort.MaskPath(row) is { } mask ? Relative(folder, mask) : null,
            };
        var rows = cohort.Rows.Zip(work, reasons).ToList();
        var normalized = rows.Where(r => r.Third is null).Select(r => Moved(r.First, r.Second.Target)).ToList();
        var refused = rows.Where(r => r.Third is not null)
            .Select(r => Moved(r.First, r.Second.Source) with { Further = [.. r.First.Further, r.Third!] })
            .ToList();
        WriteOrDelete(Path.Combine(folder, "cohort.csv"), normalized, cohort.FurtherColumns);
        WriteOrDelete(Path.Combine(folder, "refused.csv"), refused, [.. cohort.FurtherColumns, "reason"]);
    }

    // What an earlier call left there would be taken for this one's.
    private static void WriteOrDelete(string path, List<CohortRow> rows, IReadOnlyList<string> furtherColumns)
    {
        if (rows.Count > 0)
            CohortFile.Write(path, rows, furtherColumns);
        else if (File.Exists(path))
            File.Delete(path);
    }

    private static string Relative(string folder, string path) =>
        Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>An image to normalize.</summary>
    /// <param name="Name">As the user wrote it.</param>
    /// <param name="Source">The file.</param>
    /// <param name="Target">Full path of the new file.</param>
    private sealed record Work(string Name, string Source, string Target)
    {
        /// <summary>
        /// The new file lies in <paramref name="folder"/> as <paramref name="place"/> says; steps upwards and a root,
        /// which would lead out of it, are left out.
        /// </summary>
        internal static Work Of(string name, string source, string place, string folder)
        {
            var steps = place.Split('/', '\\').Where(step => step is not ("" or "." or ".."));
            return new Work(name, source, Path.ChangeExtension(Path.Combine([folder, .. steps]), ".png"));
        }
    }
}
