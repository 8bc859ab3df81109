using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>How fold files become parts.</summary>
public sealed record BreakHisFoldOptions
{
    /// <summary>Share of the training images whose patients validate, 0 for none; 0.2 by default.</summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>Seed of the draw of validation patients.</summary>
    public required long Seed { get; init; }

    /// <summary>
    /// Where a patient goes whole who stands on both sides of a file; null (default) refuses such a file.
    /// </summary>
    public SplitSide? Shared { get; init; }
}

/// <summary>One fold file as a part.</summary>
/// <param name="File">The file.</param>
/// <param name="Part">Its part; validation is drawn from its training patients.</param>
/// <param name="Lines">Lines of the file; those of images that the cohort lacks are left out.</param>
/// <param name="Moved">Patients on both sides of the file, who were put whole on one.</param>
public sealed record BreakHisFold(string File, SplitPart Part, int Lines, IReadOnlyList<string> Moved);

/// <summary>
/// Reads the fold files that come with BreakHis (<c>dsfold1.txt</c> to <c>dsfold5.txt</c>, read by its authors'
/// <c>mkfold.py</c>): a line <c>image|magnification|fold|train or test</c> per image of all magnifications.
/// </summary>
public static class BreakHisFolds
{
    private readonly record struct Line(int Number, string Image, SplitSide Side);

    /// <summary>Reads the files, each as one part, for the images that the cohort has.</summary>
    /// <exception cref="InvalidDataException">
    /// A line that is none, an image of the cohort that a file lacks, or a patient on both sides.
    /// </exception>
    /// <exception cref="NoSuchSplitException">Too few training patients to validate.</exception>
    public static IReadOnlyList<BreakHisFold> Read(
        IReadOnlyList<string> files,
        Cohort cohort,
        BreakHisFoldOptions options
    ) => [.. files.Select((file, index) => ReadOne(file, index, cohort, options))];

    private static BreakHisFold ReadOne(string file, int index, Cohort cohort, BreakHisFoldOptions options)
    {
        var lines = LinesOf(file);
        var sides = new Dictionary<string, SplitSide>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (!sides.TryAdd(Path.GetFileNameWithoutExtension(line.Image), line.Side))
                throw new InvalidDataException(
                    $"{file}, line {line.Number}: {line.Image} stands there a second time; a fold file names it once"
                );
        }
        var lacking = cohort.Rows.Where(row => !sides.ContainsKey(NameOf(row))).ToList();
        if (lacking.Count > 0)
            throw new InvalidDataException(
                $"{file} does not name {lacking[0].Image} ({lacking.Count} of {cohort.Rows.Count} images of "
                    + $"{cohort.Path}); the fold files name the images of BreakHis as distributed"
            );

        var (moved, test) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var patient in cohort.Rows.GroupBy(row => row.Patient))
        {
            var tested = patient.Where(row => sides[NameOf(row)] == SplitSide.Test).ToList();
            var side = tested.Count > 0 ? SplitSide.Test : SplitSide.Train;
            if (tested.Count > 0 && tested.Count < patient.Count())
            {
                side = options.Shared ?? throw new InvalidDataException(OnBothSides(file, [.. patient], tested));
                moved.Add(patient.Key);
            }
            if (side == SplitSide.Test)
                test.Add(patient.Key);
        }
        var random = new SeededRandom(options.Seed, index);
        var training = cohort.PatientImages.Where(p => !test.Contains(p.Patient)).ToList();
        var validation = ValidationDraw.From(training, options.ValidationShare, random);
        var part = SplitPart.Of(
            training.Where(p => !validation.Contains(p)),
            validation,
            cohort.PatientImages.Where(p => test.Contains(p.Patient))
        );
        return new BreakHisFold(file, part, lines.Count, moved);
    }

    private static List<Line> LinesOf(string file)
    {
        var lines = new List<Line>();
        foreach (var (index, text) in File.ReadLines(file).Index())
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            var fields = text.Trim().Split('|');
            var name = BreakHisName.Parse(fields[0]);
            if (fields.Length != 4 || name?.Magnification != fields[1] || fields[3] is not ("train" or "test"))
                throw new InvalidDataException(
                    $"{file}, line {index + 1} is '{text.Trim()}'; expected is image|magnification|fold|train or test, "
                        + "such as SOB_B_A-14-22549AB-100-001.png|100|1|train"
                );
            lines.Add(new Line(index + 1, fields[0], fields[3] == "test" ? SplitSide.Test : SplitSide.Train));
        }
        return lines.Count > 0
            ? lines
            : throw new InvalidDataException($"{file} is empty; a fold file has a line for each image");
    }

    private static string OnBothSides(string file, List<CohortRow> patient, List<CohortRow> tested)
    {
        var (trains, tests) = (patient.Except(tested).First(), tested[0]);
        var letters = BreakHisName.Parse(trains.Image)?.Slide != BreakHisName.Parse(tests.Image)?.Slide;
        return $"{file}: patient {tests.Patient} is on both sides: {NameOf(trains)} trains, {NameOf(tests)} tests; "
            + (letters ? "write the cohort with 'coverslip cohort … --keep-letters', as the files do, or " : "")
            + "put such patients whole on one side with --shared train or --shared test";
    }

    private static string NameOf(CohortRow row) => Path.GetFileNameWithoutExtension(row.Image);
}
