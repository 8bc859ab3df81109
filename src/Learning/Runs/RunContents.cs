using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>What decides how a run comes out besides its split, kept in its folder: with other contents it does not go on.</summary>
public static class RunContents
{
    /// <summary>In the folder of a run, a shared stage, a study.</summary>
    public const string FileName = "contents.txt";

    /// <summary>The whole recipe, the cohort with the contents of all files that it names, and what training starts from.</summary>
    public static Fingerprint Of(IRecipe recipe, Cohort cohort)
    {
        var made = new Fingerprint().Add("recipe", recipe.GetType().Name).AddRecord("recipe", recipe).AddCohort(cohort);
        foreach (var file in recipe.CohortFiles)
            made.AddFile(file, Path.Combine(cohort.Folder, file));
        foreach (var start in recipe.Needs)
            made.AddStart(start, WeightsFolder.Resolve(start));
        return File.Exists(recipe.Input.MaskRules) ? made.AddFile("mask rules", recipe.Input.MaskRules) : made;
    }

    /// <summary>Adds a file that training starts from, or of a run's folder what its training left.</summary>
    public static Fingerprint AddStart(this Fingerprint to, string name, string path)
    {
        if (!Directory.Exists(path))
            return to.AddWholeFile(name, path);
        to.AddFile($"{name}, recipe", Path.Combine(path, "recipe.yaml"));
        // A study trains part by part: parts that come later change nothing for those before.
        return Directory.Exists(Path.Combine(path, "part-1"))
            ? to.AddFile($"{name}, split", Path.Combine(path, "split.json"))
            : to.AddWholeFile($"{name}, weights", new RunFolder(path, make: false).Best);
    }

    /// <summary>Why a folder cannot be taken for what would be made now, part by part; null where it can.</summary>
    public static string? Difference(string folder, Fingerprint now)
    {
        var kept = Path.Combine(folder, FileName);
        return File.Exists(kept)
            ? Fingerprint.Difference(File.ReadAllText(kept), $"{now}")
            : $"it has no {FileName}: an earlier version made it, which did not keep of what";
    }

    /// <summary>Refuses a folder that was begun with other contents, or that does not say with which.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="now">The parts now.</param>
    /// <param name="wayOut">What the user can do.</param>
    /// <exception cref="IOException">With what differs.</exception>
    public static void Check(string folder, Fingerprint now, string wayOut)
    {
        if (Difference(folder, now) is { } differs)
            throw new IOException(
                $"{folder} was begun with another recipe, cohort or start than now: {differs}; {wayOut}"
            );
    }

    /// <summary>The version that a folder was begun by; null where it is this one, or none is kept.</summary>
    public static string? OtherProgram(string folder) =>
        Path.Combine(folder, FileName) is var kept && File.Exists(kept)
            ? Fingerprint.OtherProgram(File.ReadAllText(kept))
            : null;

    /// <summary>Keeps the parts in a folder, or leaves those that it was begun with.</summary>
    public static void Keep(string folder, Fingerprint contents, bool anew = false)
    {
        var path = Path.Combine(folder, FileName);
        if (anew || !File.Exists(path))
            WholeFile.Write(path, string.Join('\n', contents.Kept) + "\n");
    }
}
