using System.Text.Json.Serialization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Pictures;

namespace Coverslip.Viewer.Readings;

/// <summary>Something that a model drew of a picture.</summary>
/// <param name="Name">What it is, such as <c>activation map: nodule</c>.</param>
/// <param name="Mask">Whether it is a mask, to be laid over in a color.</param>
public sealed record MachinePicture(string Name, bool Mask)
{
    [JsonIgnore]
    internal string File { get; init; } = "";
}

/// <summary>What a model makes of patches and radiographs, as <c>predict</c> left it: a table, maps and masks.</summary>
public sealed class PictureMachine
{
    private readonly string table;
    private readonly string positive;
    private readonly Predictions said;
    private readonly Dictionary<string, Prediction> rows;
    private readonly ILookup<string, ViewedFile> made;

    private PictureMachine(string predictions, string positive, IEnumerable<ReadingCase> cases)
    {
        (table, this.positive) = (Path.Combine(predictions, "predictions.csv"), positive);
        if (!File.Exists(table))
            throw new FileNotFoundException(
                $"{table}: there is no such file, and it says what the model makes of each image; run 'coverslip predict RUN --cohort COHORT --out {predictions}', or name the folder that it wrote"
            );
        said = Predictions.Read(table);
        if (!said.Classes.Contains(positive))
            throw new InvalidDataException(
                $"{table}: there is no column p_{positive}, and the model's probability of {positive} is what readers are shown; it has {string.Join(", ", said.Classes.Select(c => $"p_{c}"))}: name one of these with --positive"
            );
        rows = said.Rows.ToDictionary(r => r.Image, StringComparer.Ordinal);
        made = ShownPictures.Beside(
            [.. cases.Select(PictureOf)],
            ShownPictures.MadeIn(ViewedFolders.Of([predictions]))
        );
    }

    /// <summary>The model by what it said: the hash of its table.</summary>
    public string Model => new Fingerprint().AddWholeFile("predictions", table).Hash;

    /// <summary>Images that the model was trained on, in words; null where there are none.</summary>
    public string? SeenNote => said.SeenNote is { } note ? $"{table}: {note}" : null;

    /// <summary>Reads what a folder holds.</summary>
    /// <param name="predictions">The folder.</param>
    /// <param name="positive">The class or finding that is looked for.</param>
    /// <param name="cases">The pictures.</param>
    /// <exception cref="InvalidDataException">No table of this class.</exception>
    public static PictureMachine Of(string predictions, string positive, IEnumerable<ReadingCase> cases) =>
        new(predictions, positive, cases);

    internal static PictureMachine Of(ReadingStudy study) => new(study.Predictions, study.Positive, study.Cases);

    /// <summary>What the model makes of a picture. Of findings the one alone that is looked for: of others nobody was asked.</summary>
    /// <exception cref="FileNotFoundException">It was not predicted.</exception>
    public MachineView Read(ReadingCase of)
    {
        var row = RowOf(of);
        ClassProbability[] all = [.. said.Classes.Zip(row.Probabilities, (c, p) => new ClassProbability(c, p))];
        return new MachineView(positive, all.Single(c => c.Class == positive).Probability, [])
        {
            Classes = said.MultiLabel ? [] : all,
            Pictures = PicturesOf(of),
        };
    }

    /// <summary>The hash of what is shown of a picture.</summary>
    public string ContentsOf(ReadingCase of)
    {
        var view = Read(of);
        var hash = new Fingerprint().Add("probability", view.Probability);
        foreach (var one in view.Classes)
            hash.Add($"probability of {one.Class}", one.Probability);
        foreach (var picture in view.Pictures)
            hash.AddWholeFile(picture.Name, picture.File);
        return hash.Hash;
    }

    /// <summary>What the model drew of it, in the order of names.</summary>
    internal IReadOnlyList<MachinePicture> PicturesOf(ReadingCase of)
    {
        var others = said
            .Classes.Where(c => said.MultiLabel && c != positive)
            .SelectMany(c => PictureOf(of).Stems.Select(s => PictureName.Joined(s, c)))
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. PictureOf(of)
                .Stems.Distinct()
                .SelectMany(stem => made[stem].Select(file => (stem, file)))
                .DistinctBy(f => f.file.Path)
                .Where(f => !others.Contains(Path.GetFileNameWithoutExtension(f.file.Name)))
                .Select(f => Named(f.file, f.stem))
                .OrderBy(p => p.Mask)
                .ThenBy(p => p.Name, StringComparer.Ordinal),
        ];
    }

    private Prediction RowOf(ReadingCase of) =>
        rows.GetValueOrDefault(of.Image)
        ?? rows.GetValueOrDefault(of.File)
        ?? throw new FileNotFoundException(
            $"{table}: it has no row of {of.Image}; run 'coverslip predict' on the cohort that the readers are to read, or name the folder that it wrote"
        );

    private static SetPicture PictureOf(ReadingCase of) => new(of.Image, of.File, of.Patient, of.Truth);

    private static MachinePicture Named(ViewedFile file, string stem)
    {
        var rest = Path.GetFileNameWithoutExtension(file.Name)[stem.Length..].TrimStart('-').Replace('_', ' ');
        var mask = rest == "mask" || (rest.Length == 0 && file.FolderPlace.Split('/').Contains("masks"));
        var map = file.FolderPlace.EndsWith("overlays", StringComparison.Ordinal);
        return new MachinePicture(
            mask ? "mask"
                : map ? $"activation map: {rest}"
                : rest,
            mask
        )
        {
            File = file.Path,
        };
    }
}
