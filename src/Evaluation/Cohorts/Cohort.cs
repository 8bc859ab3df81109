using System.Security.Cryptography;
using System.Text;
using Coverslip.Files;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>
/// Images with their labels and patients, as a CSV file lists them: columns <c>image,label,patient</c>, optionally
/// <c>mask</c> and <c>group</c>; further columns are kept. With a column <c>labels</c> instead of <c>label</c> an image may
/// show several findings, separated by <c>;</c>, or none. Paths are relative to the folder of the file. An image may be a
/// patch of a slide (<see cref="SlidePlace"/>).
/// </summary>
public sealed class Cohort
{
    private Lazy<string> hash;
    private readonly FileContents contents;
    private readonly CohortPaths paths;

    internal Cohort(
        string path,
        IReadOnlyList<CohortRow> rows,
        IReadOnlyList<string> furtherColumns,
        FileContents contents,
        IReadOnlyList<string>? findings = null
    )
    {
        Path = path;
        Folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        paths = new CohortPaths(Folder);
        Rows = rows;
        FurtherColumns = furtherColumns;
        MultiLabel = rows.Any(r => r.Findings is not null);
        Classes =
            findings ?? [.. rows.SelectMany(r => r.Findings ?? [r.Label]).Distinct().Order(StringComparer.Ordinal)];
        this.contents = contents;
        PatientImages = CountPerPatient(rows, Classes);
        hash = new Lazy<string>(() => ComputeHash(contents));
    }

    /// <summary>The CSV file as given.</summary>
    public string Path { get; }

    /// <summary>The full path of the file's folder, to which image paths are relative.</summary>
    public string Folder { get; }

    /// <summary>The images in the order of the file.</summary>
    public IReadOnlyList<CohortRow> Rows { get; }

    /// <summary>Names of the columns that Coverslip gives no meaning to, in the order of the file.</summary>
    public IReadOnlyList<string> FurtherColumns { get; }

    /// <summary>Whether an image may show several findings or none, instead of being of one class.</summary>
    public bool MultiLabel { get; }

    /// <summary>
    /// The labels that occur, in ordinal order; of <see cref="WithFindings"/> the given findings in the given order.
    /// </summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The patients in ordinal order, each with its images per class.</summary>
    public IReadOnlyList<PatientImages> PatientImages { get; }

    /// <summary>Warnings found on loading; errors end in an exception instead.</summary>
    public IReadOnlyList<CohortProblem> Warnings { get; internal set; } = [];

    /// <summary>
    /// SHA-256 (lower-case hexadecimal) over image path, label, patient, file length and content of every image,
    /// ordered by path. It does not change with the order of the rows, with masks, groups or further columns, or when
    /// the folder moves as a whole. Of a file over 16 MiB the content is sampled, see
    /// <c>docs/cohorts-and-splits.md</c>. Reads all images on first use.
    /// </summary>
    public string Hash => hash.Value;

    /// <summary>Loads a cohort.</summary>
    /// <exception cref="CohortException">It has errors; all of them are listed in the exception.</exception>
    public static Cohort Load(string path, CohortChecks checks = CohortChecks.Files)
    {
        var (cohort, problems) = CohortFile.Read(path, checks);
        if (cohort is null)
            throw new CohortException(path, problems);
        cohort.Guard();
        return cohort;
    }

    /// <summary>Lets no verb write over the cohort and what it names.</summary>
    private void Guard()
    {
        UserFiles.Guard(Path, "the cohort");
        var named = new Lazy<Dictionary<string, string>>(Named);
        UserFiles.Guard(full => named.Value.GetValueOrDefault(paths.PlaceOf(full)));
        UserFiles.GuardLinked(Everything());

        IEnumerable<(string Path, string What)> Everything() => named.Value.Select(n => (paths.Full(n.Key), n.Value));
    }

    /// <summary>What each file that the cohort names is, by its place.</summary>
    private Dictionary<string, string> Named()
    {
        var (anImage, aMask, anAnnotation) = ($"an image of {Path}", $"a mask of {Path}", $"an annotation of {Path}");
        var named = new Dictionary<string, string>(Rows.Count, StringComparer.Ordinal);
        foreach (var row in Rows)
        {
            named.TryAdd(paths.Place(SlidePlace.FileOf(row.Image)), anImage);
            if (row.Mask is not null)
                named.TryAdd(paths.Place(row.Mask), aMask);
            if (Further(row, "annotation") is { Length: > 0 } annotation)
                named.TryAdd(paths.Place(annotation), anAnnotation);
        }
        return named;
    }

    /// <summary>
    /// The cohort for a model of the given findings, which are its classes then. One of a single class to an image becomes
    /// one of findings: its class is the finding, and <paramref name="healthy"/> is none. The hash stays.
    /// </summary>
    /// <param name="findings">In the order of the model's outputs.</param>
    /// <param name="healthy">Labels, single or in a list, that mean that nothing was found.</param>
    /// <exception cref="CohortException">An image has another label; the rows are named.</exception>
    public Cohort WithFindings(IReadOnlyList<string> findings, IReadOnlyList<string> healthy)
    {
        var rows = Rows.Select(row => row with { Findings = [.. (row.Findings ?? [row.Label]).Except(healthy)] })
            .ToList();
        var problems = rows.SelectMany(row => row.Findings!.Except(findings), (row, label) => (row.Number, label))
            .GroupBy(p => p.label)
            .Select(g => new CohortProblem(
                true,
                $"the label '{g.Key}' is none of the findings {string.Join(", ", findings)}"
                    + (healthy.Count == 0 ? "" : $", nor one that means none ({string.Join(", ", healthy)})"),
                [.. g.Select(p => p.Number)]
            ))
            .ToList();
        return problems.Count == 0
            ? new Cohort(Path, rows, FurtherColumns, contents, findings) { Warnings = Warnings }
            : throw new CohortException(Path, problems);
    }

    /// <summary>The cohort with other labels, for a model of what several rows are together. The hash stays.</summary>
    public Cohort WithLabels(Func<CohortRow, string> labelOf) =>
        new(Path, [.. Rows.Select(row => row with { Label = labelOf(row) })], FurtherColumns, contents)
        {
            Warnings = Warnings,
            hash = hash,
        };

    /// <summary>A further column's value of a row; null where the cohort has no such column.</summary>
    public string? Further(CohortRow row, string column) =>
        FurtherIndex(column) is >= 0 and var index ? row.Further[index] : null;

    /// <summary>Whether there is such a further column, in whatever case.</summary>
    public bool HasFurther(string column) => FurtherIndex(column) >= 0;

    /// <summary>
    /// Which of <see cref="FurtherColumns"/> a name means: the one that is written so, else the one that differs in case only; −1
    /// where there is none.
    /// </summary>
    /// <exception cref="InvalidDataException">Several differ in case only.</exception>
    public int FurtherIndex(string column)
    {
        var alike = -1;
        for (var i = 0; i < FurtherColumns.Count; i++)
        {
            if (FurtherColumns[i] == column)
                return i;
            if (!FurtherColumns[i].Equals(column, StringComparison.OrdinalIgnoreCase))
                continue;
            if (alike >= 0)
                throw new InvalidDataException(
                    $"{Path}: the columns '{FurtherColumns[alike]}' and '{FurtherColumns[i]}' could both be '{column}'; rename one of them"
                );
            alike = i;
        }
        return alike;
    }

    /// <summary>Full path of an image; of a patch of a slide the slide's, with the place behind it (<see cref="SlidePlace"/>).</summary>
    public string ImagePath(CohortRow row) => paths.Full(row.Image);

    /// <summary>The same for all rows of one image, and of no other; as it stands in most of them.</summary>
    internal string ImagePlace(CohortRow row) =>
        SlidePlace.Of(row.Image) is { } patch
            ? (patch with { File = paths.Place(patch.File) }).ToString() // of #0,0,64,2 and #0,0,64,2.0, one
            : paths.Place(row.Image);

    /// <summary>Full path of the file that an image is read from: itself, or the slide that it is a patch of.</summary>
    public string FilePath(CohortRow row) => SlidePlace.FileOf(ImagePath(row));

    /// <summary>SHA-256 of the content of the file that an image is read from, as part of <see cref="Hash"/>.</summary>
    public string ContentOf(CohortRow row) => contents.Of(FilePath(row));

    /// <summary>Full path of a mask, null where the row has none.</summary>
    public string? MaskPath(CohortRow row) => row.Mask is null ? null : paths.Full(row.Mask);

    /// <summary>The cohort in figures.</summary>
    public CohortSummary Summarize()
    {
        var totals = Cohorts.PatientImages.Sum(PatientImages, PatientImages[0].PerClass.Count);
        var classes = Classes.Select(
            (name, c) => new ClassCount(name, totals[c], PatientImages.Count(p => p.PerClass[c] > 0))
        );
        return new CohortSummary(
            Rows.Count,
            PatientImages.Count,
            [.. classes],
            PatientImages.Count(p => p.PerClass.Count(n => n > 0) > 1),
            PatientImages.Min(p => p.Total),
            PatientImages.Max(p => p.Total)
        )
        {
            Healthy = MultiLabel ? totals[^1] : null,
        };
    }

    private static PatientImages[] CountPerPatient(IReadOnlyList<CohortRow> rows, IReadOnlyList<string> classes)
    {
        var indexOf = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        var multi = rows.Any(r => r.Findings is not null);
        var counts = new Dictionary<string, (int[] PerClass, int Images)>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!counts.TryGetValue(row.Patient, out var sofar))
                sofar = (new int[classes.Count + (multi ? 1 : 0)], 0);
            var (perClass, images) = sofar;
            foreach (var label in row.Findings ?? [row.Label])
                perClass[indexOf[label]]++;
            if (row.Findings is { Count: 0 })
                perClass[^1]++; // splits spread healthy images as evenly as those with a finding
            counts[row.Patient] = (perClass, images + 1);
        }
        return
        [
            .. counts
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => new PatientImages(c.Key, c.Value.PerClass) { Total = c.Value.Images }),
        ];
    }

    private string ComputeHash(FileContents contents)
    {
        contents.Compute(Rows.Select(FilePath).Distinct());
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in Rows.OrderBy(r => r.Image, StringComparer.Ordinal))
        {
            var file = FilePath(row);
            // Tabs and line ends cannot make two different tables alike: every field is preceded by its length.
            string[] fields = [row.Image, row.Label, row.Patient, $"{new FileInfo(file).Length}", contents.Of(file)];
            foreach (var field in fields)
                sha.AppendData(Encoding.UTF8.GetBytes($"{field.Length}:{field}\n"));
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
