using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Pictures;

/// <summary>A picture of a set.</summary>
/// <param name="Image">As the cohort calls it.</param>
/// <param name="Path">Its file, below the folders that are shown.</param>
/// <param name="Patient">Whose it is.</param>
/// <param name="Label">Its class, or its findings separated by ';'.</param>
internal sealed record SetPicture(string Image, string Path, string Patient, string Label)
{
    /// <summary>The cohort's mask of it; null where there is none.</summary>
    internal string? Mask { get; init; }

    /// <summary>What a model said; null in a cohort alone.</summary>
    internal Prediction? Said { get; init; }

    /// <summary>What its files are called elsewhere: <c>images/P01.png</c> is <c>P01</c> or <c>images_P01</c>.</summary>
    internal IEnumerable<string> Stems =>
        [
            System.IO.Path.GetFileNameWithoutExtension(Image),
            System.IO.Path.ChangeExtension(Image, null).Replace('/', '_'),
            PictureName.StemOf(Image),
        ];
}

/// <summary>Pictures of a cohort, or what a model says of them.</summary>
/// <param name="File">The table they stand in.</param>
/// <param name="Pictures">In the table's order.</param>
internal sealed record PictureSet(ViewedFile File, IReadOnlyList<SetPicture> Pictures)
{
    internal required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Whether a picture may show several findings.</summary>
    internal bool MultiLabel { get; init; }

    /// <summary>Whether sets of classes are promised, of which more than one class means unsure.</summary>
    internal bool HasSets => Pictures.Any(p => p.Said is { Set.Count: > 0 });

    /// <summary>By image the nearest training images, as a run's <c>nearest.csv</c> has them.</summary>
    internal ILookup<string, NearCase> Nearest { get; init; } = Array.Empty<NearCase>().ToLookup(_ => "");

    /// <summary>Pictures that a model or a verb made of those of the set, by stem: masks, reconstructions, activation maps.</summary>
    internal ILookup<string, ViewedFile> Beside { get; init; } = Array.Empty<ViewedFile>().ToLookup(_ => "");

    /// <summary>By image the maps of a run's own.</summary>
    internal ILookup<string, ViewedFile> Maps { get; init; } = Array.Empty<ViewedFile>().ToLookup(_ => "");

    /// <summary>By image where it truly shows what, as the cohort's <c>boxes.csv</c> has it.</summary>
    internal ILookup<string, FindingBox> Boxes { get; init; } = Array.Empty<FindingBox>().ToLookup(_ => "");

    internal string Id => File.Id;

    /// <summary>What was made of a picture.</summary>
    internal IReadOnlyList<ViewedFile> BesideOf(SetPicture picture) =>
        [.. Maps[picture.Image], .. picture.Stems.Distinct().SelectMany(s => Beside[s]).Distinct()];

    /// <summary>A cohort as it is.</summary>
    /// <exception cref="InvalidDataException">Boxes beside it that are none of its images.</exception>
    internal static PictureSet Of(ViewedFile file, Cohort cohort, ViewedFolders folders) =>
        new(
            file,
            [
                .. cohort
                    .Rows.Where(r => folders.Holds(cohort.FilePath(r)))
                    .Select(r => new SetPicture(
                        r.Image,
                        cohort.ImagePath(r),
                        r.Patient,
                        r.Findings is { } found ? string.Join(';', found) : r.Label
                    )
                    {
                        Mask = cohort.MaskPath(r) is { } mask && folders.Holds(mask) ? mask : null,
                    }),
            ]
        )
        {
            Classes = cohort.Classes,
            MultiLabel = cohort.MultiLabel,
            Boxes = BoxesFile.Beside(cohort).ToLookup(b => b.Image, StringComparer.Ordinal),
        };

    /// <summary>What a model says of a cohort's pictures.</summary>
    internal static PictureSet Of(ViewedFile file, Predictions said, PictureSet cohort)
    {
        var rows = cohort.Pictures.ToDictionary(p => p.Image, StringComparer.Ordinal);
        return cohort with
        {
            File = file,
            Pictures =
            [
                .. said.Rows.Where(r => rows.ContainsKey(r.Image)).Select(r => rows[r.Image] with { Said = r }),
            ],
            Classes = said.Classes.Count > 0 ? said.Classes : cohort.Classes,
            MultiLabel = said.MultiLabel,
            Nearest = NearestFile.Read(file.Folder),
        };
    }
}
