namespace Coverslip.Evaluation.Detection;

/// <summary>Where the detections of an evaluation are.</summary>
public sealed record DetectionFolders
{
    /// <summary>Holds <c>SLIDE.csv</c> files, see <see cref="Detections"/>.</summary>
    public required string Detections { get; init; }

    /// <summary>Holds <c>SLIDE.png</c>, <c>.tif</c> or <c>.tiff</c>, or <c>SLIDE_mask</c> with these.</summary>
    public required string Masks { get; init; }

    /// <summary>The slides to judge. Default: those with a file of detections.</summary>
    public SlideLabels? Slides { get; init; }

    /// <summary>Slides that are left out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];
}

/// <summary>A slide to judge.</summary>
/// <param name="Name">The slide.</param>
/// <param name="Patient">Whose it is; the slide's name where that is not known.</param>
/// <param name="Detections">Its file of detections; null for a listed slide on which nothing was found.</param>
/// <param name="Mask">Its mask; null for a normal slide.</param>
public sealed record DetectionCase(string Name, string Patient, string? Detections, string? Mask);

/// <summary>
/// Which slides are judged: those with a file of detections, or exactly those of a list. One without mask is a normal
/// slide. A mask without file of detections, or a listed tumor slide without mask, is an error: either would change
/// the figures unseen.
/// </summary>
public static class DetectionCases
{
    private const string MaskEnding = "_mask";

    private static readonly string[] MaskExtensions = [".png", ".tif", ".tiff"];

    /// <summary>
    /// The slides, by name; files of detections that no listed slide has; and what is to be left out but is no slide.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">No slides, or one whose files do not tell what is true of it.</exception>
    public static (
        IReadOnlyList<DetectionCase> Cases,
        IReadOnlyList<string> LeftOut,
        IReadOnlyList<string> UnknownExcluded
    ) Find(DetectionFolders folders)
    {
        var detections = Files(folders.Detections, [".csv"], "detections (SLIDE.csv)");
        var masks = Files(folders.Masks, MaskExtensions, "masks (SLIDE.png or SLIDE.tif)");
        var all = folders.Slides?.As([.. detections.Keys, .. masks.Keys]);
        var listed = all?.Where(s => !folders.Exclude.Lists(s.Name)).ToList();
        var cases = listed is null
            ? FromFiles(detections, masks, folders)
            : listed.ConvertAll(s => new DetectionCase(
                s.Name,
                s.Patient,
                detections.GetValueOrDefault(s.Name),
                masks.GetValueOrDefault(s.Name)
            ));
        if (listed?.Find(s => IsTumor(s.Label) && !masks.ContainsKey(s.Name)) is { } unknown)
            throw new InvalidDataException(
                $"{folders.Slides!.Path}: row {unknown.Row}: {unknown.Name} is labeled {unknown.Label} and has no "
                    + $"mask in {folders.Masks}; add it, or leave the slide out with --exclude"
            );
        if (cases.Count == 0)
            throw new InvalidDataException($"{folders.Detections}: every slide is left out");
        var judged = cases.Select(c => c.Name).ToHashSet(SlideName.Comparer);
        return (
            [.. cases.OrderBy(c => c.Name, StringComparer.Ordinal)],
            [
                .. detections
                    .Keys.Where(n => !judged.Contains(n) && !folders.Exclude.Lists(n))
                    .Order(StringComparer.Ordinal),
            ],
            SlideName.Unknown(folders.Exclude, [.. detections.Keys, .. masks.Keys, .. all?.Select(s => s.Name) ?? []])
        );
    }

    private static List<DetectionCase> FromFiles(
        Dictionary<string, string> detections,
        Dictionary<string, string> masks,
        DetectionFolders folders
    )
    {
        string[] silent = [.. masks.Keys.Where(n => !detections.ContainsKey(n) && !folders.Exclude.Lists(n)).Order()];
        if (silent.Length > 0)
            throw new InvalidDataException(
                $"{folders.Masks}: masks without detections in {folders.Detections}: {SlideName.Some(silent)}; "
                    + "write an empty SLIDE.csv where nothing was found, list the slides that count with --slides, or "
                    + "leave these out with --exclude"
            );
        return
        [
            .. detections
                .Where(d => !folders.Exclude.Lists(d.Key))
                .Select(d => new DetectionCase(d.Key, d.Key, d.Value, masks.GetValueOrDefault(d.Key))),
        ];
    }

    private static bool IsTumor(string label) => label.Equals("tumor", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Files(string folder, string[] extensions, string what)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: no such folder; it must hold the {what}");
        var files = new Dictionary<string, string>(SlideName.Comparer);
        foreach (var path in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        {
            if (!extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
                continue;
            var name = Path.GetFileNameWithoutExtension(path);
            if (extensions == MaskExtensions && name.EndsWith(MaskEnding, StringComparison.OrdinalIgnoreCase))
                name = name[..^MaskEnding.Length];
            if (!files.TryAdd(SlideName.Of(name), path))
                throw new InvalidDataException(
                    $"{path} and {files[SlideName.Of(name)]} are of the same slide; keep one"
                );
        }
        return files.Count > 0
            ? files
            : throw new InvalidDataException($"{folder}: no {what}; files: {string.Join(", ", extensions)}");
    }
}
