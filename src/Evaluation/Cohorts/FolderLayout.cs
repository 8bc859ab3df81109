using System.Text.RegularExpressions;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>Rows made from a folder of images, with the names of the columns beyond the known ones.</summary>
/// <param name="Rows">Ordered by path; numbered as they will stand in the file.</param>
/// <param name="FurtherColumns">What the layout tells beyond label and patient.</param>
/// <param name="OtherFiles">Files that are no images by their extension, and so left out.</param>
public sealed record FolderRows(
    IReadOnlyList<CohortRow> Rows,
    IReadOnlyList<string> FurtherColumns,
    IReadOnlyList<string> OtherFiles
)
{
    /// <summary>Files that systems leave behind (<see cref="LeftoverFiles.IsHidden"/>).</summary>
    public IReadOnlyList<string> HiddenFiles { get; init; } = [];

    /// <summary>Masks, overlays and what else this program wrote.</summary>
    public IReadOnlyList<string> OwnOutputs { get; init; } = [];
}

/// <summary>Makes the rows of a cohort from how a folder is laid out.</summary>
public static class FolderLayout
{
    /// <summary>Extensions that count as images.</summary>
    public static readonly IReadOnlyList<string> Extensions =
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".tif",
        ".tiff",
        ".bmp",
        ".svs",
        ".ndpi",
        ".mrxs",
        ".dcm",
    ];

    /// <summary>Whether a file's extension is an image's.</summary>
    internal static bool IsImage(string file) => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant());

    /// <summary>The images below a folder, relative to it, without hidden ones and outputs of this program; there may be none.</summary>
    public static IReadOnlyList<string> ImagesOf(string folder) => Listed(folder).Images;

    /// <summary>A folder per class, in it a folder per patient, or as <paramref name="how"/> says.</summary>
    /// <param name="folder">The folder of class folders.</param>
    /// <param name="csvFolder">Where the cohort file will stand; image paths are made relative to it.</param>
    /// <param name="how">Where class and patient stand.</param>
    /// <exception cref="InvalidDataException">
    /// A file without class folder or without patient, or folders that are no classes by their names or their number.
    /// </exception>
    public static FolderRows Folders(string folder, string csvFolder, FolderReading? how = null)
    {
        how ??= new FolderReading();
        var pattern = how.PatientPattern is { } text ? Compile(text) : null;
        var list = List(folder);
        var placed = list.Images.Select(image => (Image: image, Parts: image.Split('/'))).ToList();
        if (placed.Find(p => p.Parts.Length < (how.PatientFirst ? 3 : 2)) is { Image: { } outside })
            throw new InvalidDataException(
                $"{outside} lies in {(how.PatientFirst && outside.Contains('/') ? "a patient's folder" : folder)} itself; "
                    + (
                        how.PatientFirst
                            ? "layout 'patients' wants a folder per patient, and in it a folder per class"
                            : "layout 'folders' wants a folder per class"
                    )
            );
        FolderClasses.Check(folder, placed.Select(p => p.Parts), how);
        var rows = placed.Select(
            (p, i) =>
                new CohortRow(
                    i + 2,
                    Relative(folder, csvFolder, p.Image),
                    p.Parts[how.PatientFirst ? 1 : 0],
                    how.ImageIsPatient ? Path.ChangeExtension(p.Image, null)
                        : how.PatientFirst ? p.Parts[0]
                        : Patient(p.Image, p.Parts, pattern)
                )
        );
        return list.Rows(rows, []);
    }

    /// <summary>BreakHis names, anywhere under <paramref name="folder"/>; see <see cref="BreakHisName"/>.</summary>
    /// <param name="folder">The folder to search.</param>
    /// <param name="csvFolder">Where the cohort file will stand; image paths are made relative to it.</param>
    /// <param name="keepLetters">
    /// Take slide ids that differ only in trailing letters as different patients, as published.
    /// </param>
    /// <param name="magnification">Only images of this one: 40, 100, 200 or 400; null for all.</param>
    /// <exception cref="InvalidDataException">An image whose name is none of BreakHis, or none is left.</exception>
    public static FolderRows BreakHis(string folder, string csvFolder, bool keepLetters, string? magnification = null)
    {
        var list = List(folder);
        var named = list
            .Images.Select(image =>
                (
                    Image: image,
                    Name: BreakHisName.Parse(image)
                        ?? throw new InvalidDataException(
                            $"{image} is no BreakHis name (such as SOB_M_DC-14-2523-400-002.png); "
                                + "move it out of the folder or use --layout folders"
                        )
                )
            )
            .Where(n => magnification is null || n.Name.Magnification == magnification)
            .ToList();
        if (named.Count == 0)
            throw new InvalidDataException(
                $"{folder}: none of {list.Images.Count} images has magnification {magnification}; "
                    + "leave --magnification out for all of them"
            );
        var rows = named.Select(
            (n, i) =>
                new CohortRow(
                    i + 2,
                    Relative(folder, csvFolder, n.Image),
                    n.Name.Label,
                    keepLetters ? n.Name.Slide : n.Name.CautiousPatient
                )
                {
                    Further = [n.Name.Subtype, n.Name.Year, n.Name.Slide, n.Name.Magnification],
                }
        );
        return list.Rows(rows, ["subtype", "year", "slide", "magnification"]);
    }

    private static Regex Compile(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant);
        if (regex.GetGroupNumbers().Length < 2)
            throw new ArgumentException(
                $"the patient pattern '{pattern}' has no group; write one, as in '^[^/]+/([0-9]+)_'"
            );
        return regex;
    }

    private static string Patient(string image, string[] parts, Regex? pattern)
    {
        if (pattern is null)
        {
            return parts.Length >= 3
                ? parts[1]
                : throw new InvalidDataException(
                    $"{image} has no patient: put the images of a patient in a folder of their own (class/patient/image); or read whose they "
                        + "are from their names, by 'coverslip cohort' with --patient-pattern; or, where no person has two images, add "
                        + "--image-is-patient"
                );
        }
        var match = pattern.Match(image);
        var patient = pattern.GetGroupNames().Contains("patient") ? match.Groups["patient"] : match.Groups[1];
        if (!match.Success || patient.Length == 0)
            throw new InvalidDataException($"{image} has no patient: the pattern '{pattern}' finds none in it");
        return patient.Value;
    }

    private static Listing List(string folder)
    {
        var list = Listed(folder);
        return list.Images.Count > 0
            ? list
            : throw new InvalidDataException(
                $"{folder}: no images among {list.Others.Count + list.Leftovers.Own.Count} files (looked for {string.Join(" ", Extensions)}; "
                    + $"{list.Leftovers.Own.Count} files are outputs of this program)"
            );
    }

    private static Listing Listed(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such folder");
        var all = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .ToList();
        var leftovers = LeftoverFiles.In(all);
        var files = all.Except(leftovers.Hidden).Except(leftovers.Own).ToLookup(IsImage);
        return new Listing([.. files[true]], [.. files[false]], leftovers);
    }

    private sealed record Listing(IReadOnlyList<string> Images, IReadOnlyList<string> Others, LeftoverFiles Leftovers)
    {
        public FolderRows Rows(IEnumerable<CohortRow> rows, IReadOnlyList<string> columns) =>
            new([.. rows], columns, Others) { HiddenFiles = Leftovers.Hidden, OwnOutputs = Leftovers.Own };
    }

    private static string Relative(string folder, string csvFolder, string image) =>
        Path.GetRelativePath(csvFolder, Path.Combine(folder, image)).Replace('\\', '/');
}
