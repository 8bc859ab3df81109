using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>
/// Which patients train, validate and test, part by part; bound to one cohort by its hash. An image-wise split, made on
/// purpose by <see cref="ImageWiseSplits"/>, says so in its file and wherever its figures are shown.
/// </summary>
/// <param name="Kind">How it was made.</param>
/// <param name="CohortHash"><see cref="Cohort.Hash"/> of the cohort it divides.</param>
/// <param name="Seed">The seed it was drawn with.</param>
/// <param name="Parts">One division of all patients per repeat or fold.</param>
public sealed record Split(SplitKind Kind, string CohortHash, long Seed, IReadOnlyList<SplitPart> Parts)
{
    /// <summary>What stands beside every figure of an image-wise split.</summary>
    public const string InflatedNote = "image-wise: patients are shared, figures inflated";

    /// <summary>Whether images are divided and not patients: the same patients train and test.</summary>
    public bool ImageWise => Parts.Any(part => part.ImageWise);

    /// <summary>The parts of a file as they stand in it, whatever cohort they divide.</summary>
    /// <exception cref="InvalidDataException">The file is no split.</exception>
    public static IReadOnlyList<SplitPart> LoadParts(string path) => Read(path).Parts;

    /// <summary>
    /// Checks that every part divides exactly the patients of the cohort, none twice, and that k folds test each
    /// patient once; of an image-wise split the same of its images.
    /// </summary>
    /// <exception cref="InvalidDataException">The split does not fit; the message names part and patient.</exception>
    public void Check(Cohort cohort, string name)
    {
        if (CohortHash != cohort.Hash)
            throw new InvalidDataException(
                $"{name} divides another cohort: its hash is {Short(CohortHash)}, that of {cohort.Path} is "
                    + $"{Short(cohort.Hash)}. Images, labels "
                    + $"or patients have changed; make the split again with 'coverslip split --cohort {cohort.Path} "
                    + $"--seed {Seed} --out {name}'"
            );
        CheckUnits(
            ImageWise ? [.. cohort.Rows.Select(r => r.Image)] : [.. cohort.PatientImages.Select(p => p.Patient)],
            name
        );
    }

    /// <summary>The same division of a cohort that has some of this one's images.</summary>
    /// <param name="some">The cohort; all its patients are in this split.</param>
    /// <exception cref="InvalidOperationException">The split is image-wise; it knows images, not patients.</exception>
    public Split Within(Cohort some)
    {
        if (ImageWise)
            throw new InvalidOperationException("an image-wise split cannot be taken over to a part of its cohort");
        var patients = some.PatientImages.Select(p => p.Patient).ToHashSet();
        string[] Of(IReadOnlyList<string> side) => [.. side.Where(patients.Contains)];
        // A fold may lose all its test patients; what is left no longer tests everyone once, and need not.
        return new Split(
            SplitKind.Random,
            some.Hash,
            Seed,
            [
                .. Parts.Select(p => new SplitPart(Of(p.Train), Of(p.Validation), Of(p.Test))
                {
                    LeftOut = p.LeftOut is { } without ? Of(without) : null,
                }),
            ]
        );
    }

    /// <summary>
    /// Whether another split has the same patients, or images, on each side of each part, in the same order.
    /// </summary>
    public bool SameParts(Split other) =>
        ImageWise == other.ImageWise
        && Parts.Count == other.Parts.Count
        && Parts
            .Zip(other.Parts)
            .All(p =>
                Enum.GetValues<SplitSide>().All(side => p.First[side].SequenceEqual(p.Second[side]))
                && (p.First.LeftOut ?? []).SequenceEqual(p.Second.LeftOut ?? [])
            );

    /// <summary>The text of its file.</summary>
    public string ToJson() => JsonSerializer.Serialize(SplitFile.Of(this), SplitJson.Default.SplitFile);

    /// <summary>Writes the split file, whole or not at all.</summary>
    public void Save(string path)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(ToJson());
        // A run or study that goes on may have been given its own file.
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            WholeFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Reads a split file and checks it against its cohort.</summary>
    /// <exception cref="InvalidDataException">Not a split file, or one that does not fit the cohort.</exception>
    public static Split Load(string path, Cohort cohort)
    {
        var split = Read(path);
        split.Check(cohort, path);
        return split;
    }

    /// <summary>Whether a file is a split, of whichever cohort.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool Is(string path)
    {
        try
        {
            return Read(path) is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static Split Read(string path)
    {
        TextFile.Check(path);
        try
        {
            var file =
                JsonSerializer.Deserialize(File.ReadAllBytes(path), SplitJson.Default.SplitFile)
                ?? throw new JsonException("it holds null");
            return file.Split()
                ?? throw new InvalidDataException($"{path}: kind is '{file.Kind}'; known are random, kfold, breakhis");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is no split file: {error.Message}", error);
        }
    }

    private void CheckUnits(HashSet<string> cohort, string name)
    {
        if (Parts.Count == 0)
            throw new InvalidDataException($"{name}: no parts");
        var (unit, nobody, everyone) = ImageWise
            ? ("image", "no image", "every image")
            : ("patient", "nobody", "everyone");
        var tested = new Dictionary<string, int>();
        foreach (var (index, part) in Parts.Index())
        {
            var where = new Dictionary<string, SplitSide>();
            foreach (var side in Enum.GetValues<SplitSide>())
            {
                foreach (var one in part[side])
                {
                    if (!cohort.Contains(one))
                        throw new InvalidDataException($"{name}: part {index + 1}: {unit} {one} is not in the cohort");
                    if (!where.TryAdd(one, side))
                        throw new InvalidDataException(
                            $"{name}: part {index + 1}: {unit} {one} stands twice, in {Word(where[one])} and "
                                + $"in {Word(side)}"
                        );
                }
            }
            foreach (var one in part.LeftOut ?? [])
                if (!cohort.Contains(one))
                    throw new InvalidDataException($"{name}: part {index + 1}: {unit} {one} is not in the cohort");
                else if (where.TryGetValue(one, out var side))
                    throw new InvalidDataException(
                        $"{name}: part {index + 1}: {unit} {one} is left out, and stands in {Word(side)}"
                    );
            if (cohort.Except(where.Keys).Except(part.LeftOut ?? []).FirstOrDefault() is { } missing)
                throw new InvalidDataException(
                    $"{name}: part {index + 1}: {unit} {missing} is in none of train, validation and test"
                );
            if (part.Train.Count == 0)
                throw new InvalidDataException($"{name}: part {index + 1}: {nobody} to train on");
            if (part.Test.Count == 0)
                throw new InvalidDataException($"{name}: part {index + 1}: {nobody} to test on");
            if (Kind != SplitKind.KFold)
                continue;
            foreach (var one in part.Test)
            {
                if (!tested.TryAdd(one, index))
                    throw new InvalidDataException(
                        $"{name}: {unit} {one} is tested in folds {tested[one] + 1} and {index + 1}; k folds "
                            + $"test {everyone} once"
                    );
            }
        }
        if (Kind == SplitKind.KFold && cohort.FirstOrDefault(p => !tested.ContainsKey(p)) is { } untested)
            throw new InvalidDataException(
                $"{name}: {unit} {untested} is tested in no fold; k folds test {everyone} once"
            );
    }

    internal static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] + "…" : hash;
}
