namespace Coverslip.Learning.Runs;

/// <summary>Which files are a run's.</summary>
public static class RunFiles
{
    /// <summary>The folder of the run, or of its part, in which a file lies however deep; null where it lies in none.</summary>
    /// <param name="path">The file, whether it is there or not.</param>
    public static string? RunOf(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null && File.Exists(Path.Combine(folder, "run.json")))
            return folder;
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            if (IsRun(folder))
                return folder;
        return null;
    }

    // A recipe alone may lie in any folder of the user's.
    private static bool IsRun(string folder) =>
        File.Exists(Path.Combine(folder, "recipe.yaml"))
        && (
            File.Exists(Path.Combine(folder, "contents.txt"))
            || File.Exists(Path.Combine(folder, "environment.txt"))
            || File.Exists(Path.Combine(folder, "run.json"))
            || Directory.Exists(Path.Combine(folder, "part-1"))
        );
}
