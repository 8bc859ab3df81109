namespace Coverslip.App.Commands;

/// <summary>An output folder that a call made and, having failed, left nothing in: it is not left behind.</summary>
internal static class UnusedFolder
{
    /// <summary>Runs a call; where it throws, a folder that it made goes again unless it holds results.</summary>
    /// <param name="folder">The call's output folder.</param>
    /// <param name="ours">Names of files that are no results, such as the list of what was given.</param>
    /// <param name="call">The call.</param>
    internal static int Guard(string folder, IReadOnlyList<string> ours, Func<int> call)
    {
        var there = Directory.Exists(folder);
        try
        {
            return call();
        }
        catch
        {
            // Not as a filter: those run before the call has let go of its claims.
            if (!there && IsUnused(folder, ours))
                Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static bool IsUnused(string folder, IReadOnlyList<string> ours) =>
        Directory.Exists(folder)
        && Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file))
            .All(file => ours.Contains(file) || Path.GetDirectoryName(file) == FolderClaim.Name);
}
