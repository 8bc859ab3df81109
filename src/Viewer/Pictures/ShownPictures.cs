using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Pictures;

/// <summary>Cohorts of pictures in the folders that are shown, and predictions of them.</summary>
internal sealed class ShownPictures
{
    private static readonly string[] MadeFolders = ["masks", "maps", "overlays", "inside", "examples"];

    private readonly Dictionary<string, PictureSet> byId;

    private ShownPictures(IReadOnlyList<PictureSet> sets, IReadOnlyList<string> notes)
    {
        (Sets, Notes) = (sets, notes);
        byId = sets.ToDictionary(s => s.Id, StringComparer.Ordinal);
    }

    internal IReadOnlyList<PictureSet> Sets { get; }

    /// <summary>Tables that cannot be read, and why.</summary>
    internal IReadOnlyList<string> Notes { get; }

    internal PictureSet? Of(string id) => byId.GetValueOrDefault(id);

    internal static ShownPictures In(ViewedFolders folders)
    {
        var notes = new List<string>();
        var cohorts = new List<PictureSet>();
        foreach (var file in folders.Files.Where(f => f.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)))
        {
            if (file.Name is not ("cohort.csv" or "index.csv") && !folders.Named.Contains(file.Path))
                continue;
            if (
                Tried(() => PictureSet.Of(file, Load(file), folders), notes) is { Pictures.Count: > 0 } set
                && !SlideFile.IsSlide(set.Pictures[0].Path)
            )
                cohorts.Add(set);
        }
        var made = MadeIn(folders);
        var sets = new List<PictureSet>();
        foreach (var cohort in cohorts)
        {
            var beside = Beside(cohort.Pictures, made);
            sets.Add(cohort with { Beside = beside });
            foreach (var file in folders.Files.Where(f => f.Name == "predictions.csv"))
            {
                if (
                    Tried(
                        () => PictureSet.Of(file, Predictions.Read(file.Path), cohort with { Beside = beside }),
                        notes
                    )
                        is { Pictures.Count: > 0 } said
                    && NearestCohort(file, said, cohorts) == cohort
                )
                    sets.Add(said with { Maps = MapsOf(said, made) });
            }
        }
        return new ShownPictures(
            [.. sets.DistinctBy(s => s.Id).OrderBy(s => s.File.Place, StringComparer.Ordinal)],
            [.. notes.Distinct()]
        );
    }

    /// <summary>Pictures in the folders of what models and verbs make of others.</summary>
    internal static ViewedFile[] MadeIn(ViewedFolders folders) =>
        [
            .. folders.Files.Where(f =>
                Path.GetExtension(f.Name).ToLowerInvariant() is ".png" or ".jpg"
                && MadeFolders.Any(m => f.FolderPlace.Split('/').Contains(m))
            ),
        ];

    /// <summary>A table that cannot be read hides nothing else.</summary>
    private static PictureSet? Tried(Func<PictureSet> read, List<string> notes)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            notes.Add($"left out: {error.Message}");
            return null;
        }
    }

    /// <summary>The cohort that holds most of a table's images, of several the one whose folder is nearest.</summary>
    private static PictureSet NearestCohort(ViewedFile file, PictureSet said, List<PictureSet> cohorts)
    {
        var images = said.Pictures.Select(p => p.Image).ToHashSet(StringComparer.Ordinal);
        var place = file.FolderPlace.Split('/');
        return cohorts.MaxBy(c =>
            (
                c.Pictures.Count(p => images.Contains(p.Image)),
                c.File.FolderPlace.Split('/').Zip(place).TakeWhile(p => p.First == p.Second).Count()
            )
        )!;
    }

    private static Cohort Load(ViewedFile file)
    {
        var (cohort, problems) = CohortFile.Read(file.Path, CohortChecks.Names);
        return cohort
            ?? throw new InvalidDataException($"{file.Place}: {problems[0].Message}; mend it, or name other folders");
    }

    /// <summary>P01-mask.png and images_P01-error.png are of images/P01.png.</summary>
    internal static ILookup<string, ViewedFile> Beside(IReadOnlyList<SetPicture> pictures, ViewedFile[] made)
    {
        var stems = pictures.SelectMany(p => p.Stems).ToHashSet(StringComparer.Ordinal);
        var own = pictures.SelectMany(p => new[] { p.Path, p.Mask }).ToHashSet(StringComparer.Ordinal);
        return made.Where(f => !own.Contains(f.Path))
            .Select(f => (File: f, Stem: StemOf(Path.GetFileNameWithoutExtension(f.Name), stems)))
            .Where(f => f.Stem is not null)
            .ToLookup(f => f.Stem!, f => f.File, StringComparer.Ordinal);
    }

    /// <summary>The maps that a run keeps of the test images of which it is surest, by image: their files are called by finding and place.</summary>
    private static ILookup<string, ViewedFile> MapsOf(PictureSet said, ViewedFile[] made)
    {
        var files = made.Where(f => f.Folder == CaseMaps.FolderOf(said.File.Folder))
            .ToDictionary(f => f.Path, StringComparer.Ordinal);
        var predictions = new Predictions(said.Classes, [.. said.Pictures.Select(p => p.Said!)]) { MultiLabel = true };
        return (said.MultiLabel && files.Count > 0 ? FindingCase.Of(predictions) : [])
            .Select(c => (Case: c, File: files.GetValueOrDefault(CaseMaps.FileOf(said.File.Folder, c))))
            .Where(c => c.File is not null)
            .ToLookup(
                c => c.Case.Image.Image,
                c => c.File! with { Alias = $"map of {said.Classes[c.Case.Finding]}" },
                StringComparer.Ordinal
            );
    }

    private static string? StemOf(string name, HashSet<string> stems)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOf('-', end - 1))
            if (stems.Contains(name[..end]))
                return name[..end];
        return null;
    }
}
