using Coverslip.Files;
using Coverslip.Slides.Formats;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// What a reading needs, looked after before the first reader comes: whoever has given a first verdict cannot look without the
/// machine's view again, and is not to be stopped there.
/// </summary>
internal static class StudyFiles
{
    /// <summary>How many are told by name.</summary>
    private const int MostTold = 5;

    /// <exception cref="IOException">Something is missing, or is not what the study was made with; it is named.</exception>
    /// <exception cref="InvalidDataException">The same.</exception>
    internal static void Check(ReadingStudy study)
    {
        CheckCases(study);
        CheckPredictions(study);
    }

    private static void CheckCases(ReadingStudy study)
    {
        if (
            Told(study.Cases.Select(c => SlidePlace.FileOf(c.File)).Distinct().Where(f => !File.Exists(f))) is
            { } missing
        )
            throw new FileNotFoundException(
                $"{missing}: {study.Name} is read on it, and it is not there any more; put it back there"
            );
        var cases = study.Cases.AsParallel().AsOrdered();
        var contents = new FileContents(); // of a slide once, however many fields of it are read
        if (Told(cases.Where(c => CaseContents.Of(c.File, contents) != c.Contents).Select(c => c.File)) is { } other)
            throw new InvalidDataException(
                $"{other}: is not the file that {study.Name} was made with, its contents differ; put that one back, or make another study"
            );
        var slides = study.Cases.Where(c => !study.Pictures || SlidePlace.Of(c.File) is not null);
        var damaged = slides
            .Select(c => SlidePlace.FileOf(c.File))
            .Distinct()
            .AsParallel()
            .AsOrdered()
            .Select(DamageOf);
        if (Told(damaged.OfType<string>()) is { } unreadable)
            throw new InvalidDataException(
                $"{unreadable}; nobody can read it: make another study without it, or with a whole copy"
            );
    }

    private static void CheckPredictions(ReadingStudy study)
    {
        if (!Directory.Exists(study.Predictions))
            throw new DirectoryNotFoundException(
                $"{study.Predictions}: what the machine made of the cases of {study.Name} is not there any more, and readers see it after their first verdict; put the folder back there"
            );
        var machine = study.Pictures ? PictureMachine.Of(study) : null;
        if (Told(study.Cases.AsParallel().AsOrdered().Where(Differs).Select(c => c.Image)) is { } other)
            throw new InvalidDataException(
                $"{study.Predictions}: what the machine made of {other} is missing, or is not what {study.Name} was made with, and readers see it after their first verdict; restore the folder, or make another study"
            );

        bool Differs(ReadingCase c)
        {
            try
            {
                return (machine?.ContentsOf(c) ?? MachineView.ContentsOf(study.Predictions, c.File)) != c.Machine;
            }
            catch (Exception error) when (error is IOException or InvalidDataException)
            {
                return true;
            }
        }
    }

    /// <summary>What is wrong with a slide, its name before it; null: nothing.</summary>
    private static string? DamageOf(string file)
    {
        try
        {
            using var slide = SlideFile.Open(file);
            return null;
        }
        catch (UnreadableSlideException error)
        {
            return error.Message;
        }
    }

    /// <summary>The first of them, and how many more there are; null where there are none.</summary>
    private static string? Told(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length switch
        {
            0 => null,
            <= MostTold => string.Join(", ", all),
            _ => $"{string.Join(", ", all[..MostTold])} and {all.Length - MostTold} more",
        };
    }
}
