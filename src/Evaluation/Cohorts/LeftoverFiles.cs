namespace Coverslip.Evaluation.Cohorts;

/// <summary>Files below a folder of images that are none of its images, whatever their extension.</summary>
/// <param name="Hidden">Those of <see cref="IsHidden"/>.</param>
/// <param name="Own">What this program wrote: masks, overlays, run folders, predictions.</param>
internal sealed record LeftoverFiles(IReadOnlyList<string> Hidden, IReadOnlyList<string> Own)
{
    /// <summary>In a folder of any of these, everything is output; beside them at the top only the folders of outputs are.</summary>
    private static readonly string[] Signs =
    [
        "run.json",
        "recipe.yaml",
        "contents.txt",
        "masks.csv",
        "predictions.csv",
        "slide_scores.csv",
        "tissue.csv",
        "study.json",
    ];

    private static readonly string[] AlwaysOutput = ["masks", "overlays"];
    private static readonly string[] OutputBesideSigns = ["labels", "detections", "slides", "truth", "previews"];

    /// <summary>Finds them among paths relative to a folder, with forward slashes.</summary>
    public static LeftoverFiles In(IReadOnlyList<string> files)
    {
        var outputs = files
            .Where(f => Signs.Contains(Path.GetFileName(f)))
            .Select(f => FolderOf(f))
            .ToHashSet(StringComparer.Ordinal);
        var visible = files.ToLookup(IsHidden);
        return new LeftoverFiles([.. visible[true]], [.. visible[false].Where(f => IsOutput(f, outputs))]);
    }

    /// <summary>
    /// Names that begin with a dot (macOS writes <c>._x.png</c> beside <c>x.png</c>, notebooks <c>.ipynb_checkpoints</c>), what
    /// an archive of macOS brings along, and thumbnails of Windows.
    /// </summary>
    public static bool IsHidden(string path) =>
        path.Split('/')
            .Any(part =>
                part.StartsWith('.')
                || part.Equals("__MACOSX", StringComparison.OrdinalIgnoreCase)
                || part.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase)
                || part.Equals("desktop.ini", StringComparison.OrdinalIgnoreCase)
                || part is "@eaDir" or "$RECYCLE.BIN"
            );

    private static bool IsOutput(string file, HashSet<string> outputs)
    {
        for (var folder = FolderOf(file); folder.Length > 0; folder = FolderOf(folder))
        {
            var name = Path.GetFileName(folder);
            if (AlwaysOutput.Contains(name, StringComparer.OrdinalIgnoreCase) || outputs.Contains(folder))
                return true;
            if (OutputBesideSigns.Contains(name) && outputs.Contains(FolderOf(folder)))
                return true;
        }
        return false;
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is >= 0 and var at ? path[..at] : "";
}
