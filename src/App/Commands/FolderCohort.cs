using System.CommandLine;
using System.Globalization;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.App.Commands;

/// <summary>
/// A folder of images where a cohort file is expected. What is understood of it is told and written into it as
/// <c>cohort.csv</c>, which is what counts from then on.
/// </summary>
internal static class FolderCohort
{
    /// <summary>Of a folder without patients: nobody but its owner knows.</summary>
    internal static readonly Option<bool> ImageIsPatient = new("--image-is-patient")
    {
        Description =
            "Of a folder: every image is of another patient. Where that is not so, patients train and test at once, and figures "
            + "are inflated.",
    };

    private const string Name = "cohort.csv";
    private const int MostNamed = 3;

    /// <summary>Loads the cohort of a file, or of a folder of images (<c>class/patient/image</c>).</summary>
    /// <param name="path">As it was given.</param>
    /// <param name="checks">How much of it is looked at.</param>
    /// <param name="imageIsPatient">Whether every image is of another patient.</param>
    /// <exception cref="InvalidDataException">The folder does not say what its images are, or whose.</exception>
    /// <exception cref="CohortException">The cohort has errors.</exception>
    internal static Cohort Load(string path, CohortChecks checks = CohortChecks.Files, bool imageIsPatient = false) =>
        Cohort.Load(Directory.Exists(path) ? FileOf(path, imageIsPatient) : path, checks);

    /// <summary>What of a folder is no image of the cohort.</summary>
    internal static void TellLeftOut(FolderRows found, TextWriter output)
    {
        Tell("that are no images", found.OtherFiles);
        Tell("that are hidden or a system's own", found.HiddenFiles);
        Tell("of masks, overlays or runs, which this program writes", found.OwnOutputs);

        void Tell(string which, IReadOnlyList<string> files)
        {
            if (files.Count > 0)
                output.WriteLine($"left out {files.Count} files {which}, such as {files[0]}");
        }
    }

    private static string FileOf(string folder, bool imageIsPatient)
    {
        var file = Path.Combine(folder, Name);
        if (File.Exists(file))
        {
            Say($"{folder}: its {Name} says what is whose");
            TellUnlisted(folder, file);
            return file;
        }
        var found = FolderLayout.Folders(folder, folder, new FolderReading { ImageIsPatient = imageIsPatient });
        var classes = found.Rows.CountBy(r => r.Label).OrderBy(c => c.Key, StringComparer.Ordinal);
        var patients = found.Rows.Select(r => r.Patient).Distinct().ToList();
        var named = string.Join(", ", patients.Take(MostNamed)) + (patients.Count > MostNamed ? " …" : "");
        Say($"{folder}: {found.Rows.Count} images");
        Say(
            $"  classes, by the folders in it: {string.Join(", ", classes.Select(c => $"{c.Key} ({c.Value} images)"))}"
        );
        if (imageIsPatient)
            Say(
                $"  patients: every image is taken for another one's, as --image-is-patient says; where one has two, figures are inflated"
            );
        else
            Say($"  patients, by the folders within these: {patients.Count}, such as {named}");
        TellLeftOut(found, Console.Error);
        CohortFile.Write(file, found.Rows, found.FurtherColumns);
        Say($"wrote {file}: it says what is whose from now on; delete it to have the folder read anew");
        return file;
    }

    /// <summary>Images that came after the file was written are in no cohort, and nobody would notice.</summary>
    private static void TellUnlisted(string folder, string file)
    {
        var cohort = Cohort.Load(file, CohortChecks.Names);
        var listed = cohort
            .Rows.SelectMany(r => new[] { cohort.FilePath(r), cohort.MaskPath(r) })
            .ToHashSet(StringComparer.Ordinal);
        var unlisted = FolderLayout
            .ImagesOf(folder)
            .Where(image => !listed.Contains(Path.GetFullPath(Path.Combine(folder, image))))
            .ToList();
        if (unlisted.Count > 0)
            Say(
                $"warning: {unlisted.Count} images of the folder are not in its {Name} and are left out, such as {unlisted[0]}; add them, or delete the file to have the folder read anew"
            );
    }

    private static void Say(FormattableString text) =>
        Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
