namespace Coverslip.App.Commands;

/// <summary>
/// A run folder that takes a fresh start. Until something is trained in it, a failure takes back what the start wrote, so
/// that the next one is fresh again.
/// </summary>
internal sealed class RunStart(string folder)
{
    private readonly HashSet<string> before = [.. Entries(folder)];

    /// <summary>
    /// Deletes what came into the folder since; nothing where a model was saved, or where a second part's folder shows that
    /// another process trains there, too.
    /// </summary>
    internal void TakeBack()
    {
        string[] own = [.. Entries(folder).Where(e => !before.Contains(e))];
        if (own.Any(IsTrained) || RunFolders(folder) > 1)
            return;
        foreach (var file in own.Where(File.Exists))
            File.Delete(file);
        foreach (var empty in own.Where(Directory.Exists).OrderByDescending(d => d.Length))
            if (!Directory.EnumerateFileSystemEntries(empty).Any())
                Directory.Delete(empty);
    }

    private static bool IsTrained(string file) =>
        Path.GetExtension(file) == ".safetensors" || Path.GetFileName(file) == "run.json";

    private static int RunFolders(string folder) => Directory.GetDirectories(folder, "part-*").Length;

    private static IEnumerable<string> Entries(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder)
            : [];
}
