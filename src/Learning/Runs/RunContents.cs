using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
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
            made.AddStart(start, start);
        return File.Exists(recipe.Input.MaskRules) ? made.AddFile("mask rules", recipe.Input.MaskRules) : made;
    }

    /// <summary>Adds a file that training starts from, or of a run's folder what its training left.</summary>
    public static Fingerprint AddStart(this Fingerprint to, string name, string path)
    {
        if (!Directory.Exists(path))
            return to.AddFile(name, path);
        to.AddFile($"{name}, recipe", Path.Combine(path, "recipe.yaml"));
        // A study trains part by part: parts that come later change nothing for those before.
        return Directory.Exists(Path.Combine(path, "part-1"))
            ? to.AddFile($"{name}, split", Path.Combine(path, "split.json"))
            : to.AddFile($"{name}, weights", new RunFolder(path, make: false).Best);
    }

    /// <summary>Which parts are others than those kept in a folder; null where none is, or none are kept there.</summary>
    public static string? Difference(string folder, Fingerprint now)
    {
        var kept = Path.Combine(folder, FileName);
        return File.Exists(kept) ? Fingerprint.Difference(File.ReadAllText(kept), $"{now}") : null;
    }

    /// <summary>Keeps the parts in a folder.</summary>
    public static void Keep(string folder, Fingerprint contents) =>
        WholeFile.Write(Path.Combine(folder, FileName), $"{contents}\n");
}
