using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// Features of images in an NPZ file of <c>coverslip features</c>: arrays <c>features</c> [N, D] of half precision,
/// <c>features.VIEW</c> of turned and recolored copies, <c>images</c> (names), <c>contents</c> (hashes of the files), and
/// <c>identity</c> of the encoder. Images are found by their contents: they may be renamed and moved.
/// </summary>
internal sealed class CohortFeatures
{
    internal const string Features = "features",
        Contents = "contents",
        Identity = "identity",
        MadeOf = "made_of";

    private readonly string path;
    private readonly Half[] values;
    private readonly int numbers;
    private readonly Dictionary<string, int> rows = new(StringComparer.Ordinal);

    private CohortFeatures(string path, Half[] values, int numbers) =>
        (this.path, this.values, this.numbers) = (path, values, numbers);

    /// <summary>Of the encoder, and of how images were brought to it.</summary>
    public required string Encoder { get; init; }

    /// <summary>What decides the features of an image: the encoder, and how the image is read.</summary>
    public static string IdentityOf(Encoder encoder, InputOptions input) =>
        $"{encoder.Identity}, images {(input.Gray ? "taken for gray" : "in color")}, resized by {input.Interpolation}";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of something else.</exception>
    public static CohortFeatures Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"{path}: there is no such file of features; 'coverslip features ENCODER COHORT --out FOLDER' makes one"
            );
        using var file = NpzReader.Open(path);
        if (!file.Names.Contains(Identity))
            throw new InvalidDataException(
                $"{path} holds {string.Join(", ", file.Names)}, and no identity of an encoder; expected is a file that 'coverslip features' made of a cohort"
            );
        var (values, shape) = file.Halves(Features);
        var contents = file.Texts(Contents);
        if (shape is not [var count, var numbers] || count != contents.Length)
            throw new InvalidDataException(
                $"{path}: features are {string.Join(" × ", shape)}, images {contents.Length}; expected is a row to each image"
            );
        var read = new CohortFeatures(path, values, (int)numbers) { Encoder = file.Texts(Identity)[0] };
        foreach (var (row, content) in contents.Index())
            read.rows[content] = row;
        return read;
    }

    /// <summary>Refuses features of another encoder than the one asked for.</summary>
    /// <exception cref="InvalidDataException">With both.</exception>
    public void CheckEncoder(string asked)
    {
        if (asked != Encoder)
            throw new InvalidDataException(
                $"{path} holds features of '{Encoder}', asked are those of '{asked}'; make them anew by 'coverslip features' with the recipe's encoder, layers, --size and --gray, or change the recipe"
            );
    }

    /// <summary>Refuses a cohort of which an image has no features here.</summary>
    /// <exception cref="InvalidDataException">With how many, and one of them.</exception>
    public void CheckHolds(Cohort cohort)
    {
        var contents = ContentsOf(cohort);
        CohortRow[] missing =
        [
            .. cohort.Rows.Zip(contents).Where(r => !rows.ContainsKey(r.Second)).Select(r => r.First),
        ];
        if (missing.Length > 0)
            throw new InvalidDataException(
                $"{path} has no features of {missing.Length} of {cohort.Rows.Count} images of {cohort.Path}, such as {missing[0].Image}: they came later or were changed; make them anew by 'coverslip features' into another folder"
            );
    }

    /// <summary>An image's features [D]; null where there are none.</summary>
    public double[]? Of(Cohort cohort, CohortRow row) =>
        rows.TryGetValue(ContentOf(cohort, row), out var at)
            ? Array.ConvertAll(values[(at * numbers)..((at + 1) * numbers)], v => (double)v)
            : null;

    /// <summary>Refuses a file that was made of something else.</summary>
    /// <exception cref="InvalidDataException">With what differs.</exception>
    internal static void CheckSame(string path, Fingerprint now)
    {
        using var file = NpzReader.Open(path);
        var before = file.Names.Contains(MadeOf) ? string.Join('\n', file.Texts(MadeOf)) : "";
        if (Fingerprint.Difference(before, $"{now}") is { } differs)
            throw new InvalidDataException(
                $"{path} was made of something else than now: {differs}; name another folder with --out, or remove it to compute anew"
            );
    }

    /// <summary>Of each image what tells it from others, files read on all cores.</summary>
    internal static string[] ContentsOf(Cohort cohort) =>
        [.. cohort.Rows.AsParallel().AsOrdered().Select(row => ContentOf(cohort, row))];

    /// <summary>What is in an image: its file, and the place on a slide.</summary>
    private static string ContentOf(Cohort cohort, CohortRow row) =>
        SlidePlace.Of(row.Image) is { } place
            ? $"{cohort.ContentOf(row)}{place with { File = "" }}"
            : cohort.ContentOf(row);
}
