using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Runs;

/// <summary>
/// What a run was trained on, kept with it: of every image the content, of every patient the name, both hashed, and on which
/// side of each part they were. Pictures tell themselves wherever they lie; a name means a person within one cohort only.
/// </summary>
public sealed record TrainingImages
{
    /// <summary>In the folder of a run.</summary>
    public const string FileName = "training-images.json";

    /// <summary>The column that says how far images are enlarged.</summary>
    internal const string Magnification = "magnification";

    private const int KeyLength = 16; // 64 bits: two of a million images are alike by chance once in 37 million runs
    private const string SeenSides = "tv",
        Nobody = "unknown";

    /// <summary><see cref="Cohort.Hash"/> of the cohort.</summary>
    public required string CohortHash { get; init; }

    /// <summary>Content hash of an image's file → a letter per part: t train, v validation, x test, - none.</summary>
    public required Dictionary<string, string> Images { get; init; }

    /// <summary>Hash of a patient's name → a letter per part, as of <see cref="Images"/>.</summary>
    public required Dictionary<string, string> Patients { get; init; }

    /// <summary>What the images look like; null where they are slides.</summary>
    public ImageLooks? Looks { get; init; }

    /// <summary>The values of the cohort's column <c>magnification</c>; null without one.</summary>
    public IReadOnlyList<string>? Magnifications { get; init; }

    /// <summary>What the parts of a split are made of.</summary>
    public static TrainingImages Of(Cohort cohort, Split split)
    {
        var (images, patients) = (new Dictionary<string, char[]>(), new Dictionary<string, char[]>());
        foreach (var (part, divided) in split.Parts.Index())
        foreach (
            var (letter, side) in new[] { ('x', SplitSide.Test), ('v', SplitSide.Validation), ('t', SplitSide.Train) }
        )
        foreach (var row in divided.Rows(cohort, side))
        {
            // Where a patient or a slide stands on several sides, having been trained on counts.
            Letters(images, KeyOf(cohort, row))[part] = letter;
            Letters(patients, KeyOf(row.Patient))[part] = letter;
        }
        return new TrainingImages
        {
            CohortHash = cohort.Hash,
            Magnifications = cohort.HasFurther(Magnification)
                ?
                [
                    .. cohort
                        .Rows.Select(r => cohort.Further(r, Magnification)!)
                        .Distinct()
                        .Order(StringComparer.Ordinal),
                ]
                : null,
            Images = images.ToDictionary(i => i.Key, i => new string(i.Value)),
            Patients = patients.ToDictionary(p => p.Key, p => new string(p.Value)),
        };

        char[] Letters(Dictionary<string, char[]> of, string key)
        {
            if (!of.TryGetValue(key, out var letters))
                Array.Fill(of[key] = letters = new char[split.Parts.Count], '-');
            return letters;
        }
    }

    /// <summary>Reads what <see cref="Text"/> gave.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static TrainingImages Parse(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RunJson.Default.TrainingImages)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} does not say what a run was trained on: {error.Message}", error);
        }
    }

    /// <summary>As JSON.</summary>
    public string Text() => JsonSerializer.Serialize(this, RunJson.Default.TrainingImages) + "\n";

    /// <summary>For each row of a cohort what the run's parts have seen of it, in the order of the rows.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="trained">Numbers of the parts that are there to predict, from 1; null: all of the run.</param>
    public IReadOnlyList<SeenImage> Seen(Cohort cohort, IReadOnlyList<int>? trained = null) =>
        Seen(cohort.Rows, row => KeyOf(cohort, row), trained);

    private IReadOnlyList<SeenImage> Seen(
        IReadOnlyList<CohortRow> rows,
        Func<CohortRow, string> keyOf,
        IReadOnlyList<int>? trained
    )
    {
        int[] parts = [.. (trained ?? [.. Enumerable.Range(1, Images.Values.First().Length)]).Select(p => p - 1)];
        string?[] own = [.. rows.Select(row => Images.GetValueOrDefault(keyOf(row)))];
        // A patient of whom one picture is known is known, whatever the name is worth.
        var known = rows.Zip(own)
            .Where(r => r.Second is not null && !LookAlikes.IsNobody(r.First.Patient))
            .GroupBy(r => r.First.Patient)
            .ToDictionary(g => g.Key, g => g.Select(r => r.Second!).ToArray(), StringComparer.Ordinal);
        return [.. rows.Zip(own, (row, image) => Of(row, image, known.GetValueOrDefault(row.Patient) ?? [], parts))];
    }

    /// <summary>The same of files of nobody that is known, in their order.</summary>
    /// <param name="files">Images or slides; of one that is missing nothing is known.</param>
    /// <param name="trained">As above.</param>
    public IReadOnlyList<SeenImage> Seen(IReadOnlyList<string> files, IReadOnlyList<int>? trained = null) =>
        Seen(
            [.. files.Select((file, i) => new CohortRow(i + 1, file, Nobody, Nobody))],
            row => File.Exists(row.Image) ? FileContents.Read(row.Image)[..KeyLength] : "",
            trained
        );

    private SeenImage Of(CohortRow row, string? image, string[] patient, int[] all)
    {
        bool SeenBy(string? letters, int part) => letters is not null && SeenSides.Contains(letters[part]);
        int[] away = [.. all.Where(p => !SeenBy(image, p) && !patient.Any(of => SeenBy(of, p)))];
        int[] numbers = [.. (away.Length > 0 ? away : all).Select(p => p + 1)];
        var how =
            away.Length == all.Length
                ? NameIsKnown(row)
                    ? SeenImage.ByName
                    : ""
                : away.Length > 0
                    ? SeenImage.HeldOut
                    : all.Any(p => SeenBy(image, p))
                        ? SeenImage.ByImage
                        : SeenImage.ByPatient;
        return new SeenImage(how, numbers);

        bool NameIsKnown(CohortRow of) =>
            image is null
            && patient.Length == 0
            && !LookAlikes.IsNobody(of.Patient)
            && Patients.GetValueOrDefault(KeyOf(of.Patient))?.IndexOfAny(['t', 'v']) >= 0;
    }

    private static string KeyOf(Cohort cohort, CohortRow row) =>
        // A file that is missing is the reader's to tell.
        File.Exists(cohort.FilePath(row))
            ? cohort.ContentOf(row)[..KeyLength]
            : "";

    private static string KeyOf(string patient) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(patient)))[..KeyLength];
}

/// <summary>What a run has seen of an image.</summary>
/// <param name="TrainedOn">As the column <c>trained_on</c> has it; empty where it has seen nothing of it.</param>
/// <param name="Parts">The parts that may judge it, from 1: those that did not train on it, or all where each did.</param>
public sealed record SeenImage(string TrainedOn, IReadOnlyList<int> Parts)
{
    /// <summary>Every part trained or validated on this picture.</summary>
    public const string ByImage = "image";

    /// <summary>Every part trained or validated on the patient.</summary>
    public const string ByPatient = "patient";

    /// <summary>A patient of this name was trained on, in another cohort.</summary>
    public const string ByName = "name";

    /// <summary>Some parts trained on it; the others predict it.</summary>
    public const string HeldOut = "held_out";

    /// <summary>What to tell where a run of an earlier version does not say what it was trained on.</summary>
    public const string Untold =
        "note: this run does not say what it was trained on, so that nobody can tell whether these images are new to it";

    /// <summary>In a few words beside a prediction; null where it has seen nothing of the image.</summary>
    /// <param name="trainedOn">As <see cref="TrainedOn"/>.</param>
    public static string? Note(string trainedOn) =>
        trainedOn switch
        {
            ByImage => "trained on",
            ByPatient => "trained on its patient",
            ByName => "a patient of this name was trained on",
            _ => null,
        };

    /// <summary>What to tell about the images of a call, a line for each kind.</summary>
    /// <param name="seen">Of every image.</param>
    /// <param name="things">What they are, such as slides.</param>
    public static IEnumerable<string> Notes(IReadOnlyList<SeenImage> seen, string things = "images")
    {
        var counts = seen.CountBy(s => s.TrainedOn).ToDictionary();
        var inside = counts.GetValueOrDefault(ByImage) + counts.GetValueOrDefault(ByPatient);
        if (inside > 0)
            yield return $"warning: the model was trained on {inside} of {seen.Count} of these {things} or their patients; what it says "
                + "of them tells nothing about new patients";
        if (counts.GetValueOrDefault(HeldOut) is > 0 and var held)
            yield return $"note: {held} of {seen.Count} {things} are of the run's own cohort; each is predicted by the parts that did "
                + "not train on its patient";
        if (counts.GetValueOrDefault(ByName) is > 0 and var named)
            yield return $"note: {named} of {seen.Count} {things} are of patients with a name that the run was trained on in another "
                + "cohort; if they are the same people, the figures are inflated";
    }
}
