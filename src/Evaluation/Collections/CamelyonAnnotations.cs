using System.Text.RegularExpressions;

namespace Coverslip.Evaluation.Collections;

/// <summary>
/// Outlines of CAMELYON's slides: ASAP's XML in any folder, or in archives such as <c>lesion_annotations.zip</c>, from which
/// they are unpacked.
/// </summary>
internal sealed partial class CamelyonAnnotations
{
    private const string Unpacked = "annotations";
    private readonly CollectionFolder folder;
    private readonly Dictionary<string, string> files;
    private readonly Dictionary<string, (string Archive, string Entry)> packed = new(StringComparer.Ordinal);
    private readonly List<PackedFile> taken = [];

    public CamelyonAnnotations(CollectionFolder folder)
    {
        this.folder = folder;
        files = folder.ByName(f => NameIn(f));
        foreach (var archive in folder.Files.Where(f => AnnotationArchive().IsMatch(CollectionFolder.NameOf(f))))
        foreach (var entry in PackedFile.EntriesOf(folder.Full(archive)))
            if (NameIn(entry)?.ToLowerInvariant() is { } name)
                packed.TryAdd(name, (folder.Full(archive), entry));
    }

    /// <summary>What has to be unpacked of the slides that were asked for.</summary>
    public IReadOnlyList<PackedFile> Taken => taken;

    /// <summary>How many there are, in folders and archives.</summary>
    public int Count => files.Keys.Union(packed.Keys).Count();

    /// <summary>The outlines of a slide as the cohort names them; empty where there are none.</summary>
    /// <param name="slide">Its name without extension, in lower case.</param>
    public string Of(string slide)
    {
        if (files.TryGetValue(slide, out var file))
            return folder.InCohort(file);
        if (!packed.TryGetValue(slide, out var place))
            return "";
        taken.Add(new PackedFile(place.Archive, place.Entry, $"{Unpacked}/{slide}.xml"));
        return taken[^1].To;
    }

    private static string? NameIn(string file) =>
        file.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
        && !file.StartsWith("__MACOSX", StringComparison.Ordinal)
            ? SlideName().Match(CollectionFolder.StemOf(file)) is { Success: true } slide
                ? slide.Value
                : null
            : null;

    [GeneratedRegex("^((normal|tumor|test)_[0-9]{3}|patient_[0-9]{3}_node_[0-9])$", RegexOptions.IgnoreCase)]
    private static partial Regex SlideName();

    [GeneratedRegex("annotation.*[.]zip$", RegexOptions.IgnoreCase)]
    private static partial Regex AnnotationArchive();
}
