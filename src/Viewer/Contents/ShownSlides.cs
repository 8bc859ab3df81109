using Coverslip.Learning.Reports;
using Coverslip.Slides.Formats;

namespace Coverslip.Viewer.Contents;

/// <summary>The slides in the folders that were named, each with what lies there of its name.</summary>
internal sealed class ShownSlides
{
    private static readonly string[] Scanners = [".svs", ".ndpi", ".mrxs", ".scn", ".bif", ".vms", ".vmu", ".svslide"];

    /// <summary>Pyramids that this program writes beside a slide's other files.</summary>
    private static readonly string[] Pictures = ["-heatmap.tif", "-probability.tif", "-reconstruction.tif"];

    /// <summary>Damaged files that are told by name.</summary>
    private const int MostTold = 5;

    private static readonly string[] Annotations = [".geojson", ".geojson.gz", ".xml", ".json", ".annotations"];

    private readonly Dictionary<string, ShownSlide> byId;

    private ShownSlides(IReadOnlyList<ShownSlide> slides, IReadOnlyList<string> notes)
    {
        (Slides, Notes) = (slides, notes);
        byId = slides.ToDictionary(s => s.Id, StringComparer.Ordinal);
    }

    internal IReadOnlyList<ShownSlide> Slides { get; }

    /// <summary>What somebody who misses something should know.</summary>
    internal IReadOnlyList<string> Notes { get; }

    internal ShownSlide? Of(string id) => byId.GetValueOrDefault(id);

    /// <summary>Just these.</summary>
    internal static ShownSlides Of(IReadOnlyList<ShownSlide> slides) => new(slides, []);

    /// <summary>What files made of a slide are called: its name, and more where several slides have it.</summary>
    internal string FileNameOf(ShownSlide slide) =>
        Slides.Count(s => StringComparer.OrdinalIgnoreCase.Equals(s.Name, slide.Name)) == 1
            ? slide.Name
            : $"{slide.Name}-{slide.Id[..8]}";

    /// <summary>Finds them; opens what may be a slide.</summary>
    /// <param name="folders">Where.</param>
    /// <param name="drawn">The folder of what is drawn in the viewer, which is shown by other means.</param>
    internal static ShownSlides In(ViewedFolders folders, string drawn)
    {
        var files = folders.Files.ToLookup(f => IsSlide(f, folders));
        var slides = files[true].Select(f => new ShownSlide(f)).ToArray();
        var made = folders
            .Files.Where(f =>
                f.Folder != drawn && !f.Folder.StartsWith(drawn + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            )
            .Select(f => (File: f, Layer: LayerOf(f)))
            .Where(f => f.Layer is not null)
            .SelectMany(f =>
                Shown(new ShownLayer(f.Layer!.Value.Kind, f.File)).Select(layer => (f.Layer.Value.Slide, Layer: layer))
            )
            .ToLookup(f => f.Slide, f => f.Layer, StringComparer.OrdinalIgnoreCase);
        var names = slides.ToLookup(s => s.Name, StringComparer.OrdinalIgnoreCase);
        var owned = made.SelectMany(m => m.Select(layer => (Layer: layer, Owner: OwnerOf(layer, [.. names[m.Key]]))))
            .ToLookup(l => l.Owner?.Id, l => l.Layer);
        var notes = DamagedAmong(files[false]);
        var lostOnes = made.Where(m => !names.Contains(m.Key)).SelectMany(m => m).ToHashSet();
        var lost = lostOnes.Count(l => l.Kind == LayerKind.Heatmap);
        if (lost > 0)
            notes.Add(
                $"{FigureText.Count(lost, "heatmap")} of slides that lie in none of the folders named: not shown; name the folder of the slides, too"
            );
        var torn = owned[null].Where(l => !lostOnes.Contains(l)).ToArray();
        if (torn.Length > 0)
            notes.Add(
                $"{FigureText.Count(torn.Length, "file")}, such as {torn[0].File.Place}, may be of several slides of the same name: shown with none; name fewer folders"
            );
        if (folders.LinksOut > 0)
            notes.Add(
                $"{FigureText.Count(folders.LinksOut, "link")} out of the folders named: left out; name what is linked to, too"
            );
        return new ShownSlides(
            [
                .. slides.Select(s =>
                    s with
                    {
                        Layers = [.. owned[s.Id].Where(l => l.File.Path != s.File.Path).OrderBy(l => l.Kind)],
                    }
                ),
            ],
            notes
        );
    }

    /// <summary>Of several slides of a name the one whose folder is nearest; null where two are as near.</summary>
    private static ShownSlide? OwnerOf(ShownLayer layer, ShownSlide[] named)
    {
        if (named.Length < 2)
            return named.FirstOrDefault();
        var place = layer.File.FolderPlace.Split('/');
        var near = named.GroupBy(s => Shared(place, s.File.FolderPlace.Split('/'))).MaxBy(g => g.Key)!.ToArray();
        return near.Length == 1 ? near[0] : null;
    }

    private static int Shared(string[] one, string[] other) =>
        one.Zip(other).TakeWhile(p => p.First == p.Second).Count();

    /// <summary>Whoever copies slides, or misses one, is told why it is not in the list.</summary>
    private static List<string> DamagedAmong(IEnumerable<ViewedFile> files)
    {
        var damaged = files
            .Where(IsTiff)
            .Select(f => (f.Place, Reason: SlideFile.DamageOf(f.Path)))
            .Where(f => f.Reason is not null)
            .ToArray();
        List<string> notes =
        [
            .. damaged
                .Take(MostTold)
                .Select(f => $"{f.Place} is left out: {f.Reason}; copy it again, and start the viewer anew"),
        ];
        if (damaged.Length > MostTold)
            notes.Add(
                $"{FigureText.Count(damaged.Length - MostTold, "more file")} left out, such as {damaged[^1].Place}: damaged"
            );
        return notes;
    }

    private static bool IsTiff(ViewedFile file) =>
        Path.GetExtension(file.Name).ToLowerInvariant() is ".tif" or ".tiff"
        && !Pictures.Any(p => file.Name.EndsWith(p, StringComparison.Ordinal));

    private static bool IsSlide(ViewedFile file, ViewedFolders folders)
    {
        if (Scanners.Contains(Path.GetExtension(file.Name).ToLowerInvariant()))
            return true;
        return IsTiff(file) && SlideFile.IsSlide(file.Path)
            || folders.Named.Contains(file.Path) && SlideFile.IsSlide(file.Path);
    }

    /// <summary>What a file shows: patches whose truth is known show that, too.</summary>
    private static IEnumerable<ShownLayer> Shown(ShownLayer layer) =>
        layer.Kind == LayerKind.Patches
        && File.ReadLines(layer.File.Path).FirstOrDefault()?.Split(',').Contains(ShownLayer.TrueClass) == true
            ? [layer, layer.As(LayerKind.PatchTruth)]
            : [layer];

    /// <summary>Of which slide a file is, by its name, and what it shows; null of others.</summary>
    private static (string Slide, LayerKind Kind)? LayerOf(ViewedFile file)
    {
        var name = file.Name;
        if (Without(name, "-heatmap.json") is { } mapped)
            return (mapped, LayerKind.Heatmap);
        if (Without(name, "-segmentation.json") is { } segmented)
            return (segmented, LayerKind.Segmentation);
        // Where a heatmap lies beside, it has the same values.
        if (Without(name, "-patches.csv") is { } patched)
            return HasBeside(file, patched, "-heatmap.json") ? null : (patched, LayerKind.Patches);
        var parent = Path.GetFileName(file.Folder);
        if (parent is "truth" or "masks" && Without(name, ".png") is { } mask)
            return (mask, LayerKind.Truth);
        if (Annotations.FirstOrDefault(e => Without(name, e) is not null) is not { } ending)
            return null;
        var slide = Without(name, ending)!;
        if (HasBeside(file, slide, ".tissue.json"))
            return ending == ".geojson" ? (slide, LayerKind.Tissue) : null;
        if (HasBeside(file, slide, "-segmentation.json"))
            return ending == ".geojson" ? (slide, LayerKind.Segments) : null;
        // Detections lie beside their maps, which show them; truth/NAME.json says a mask's scale.
        var isBeside =
            new[] { "-heatmap.json", "-patches.csv", ".png" }.Any(e => HasBeside(file, slide, e)) || parent == "truth";
        return isBeside
            ? null
            : (
                Path.GetFileNameWithoutExtension(slide) is { Length: > 0 } bare && IsSlideEnding(slide) ? bare : slide,
                LayerKind.Annotations
            );
    }

    private static bool HasBeside(ViewedFile file, string slide, string ending) =>
        File.Exists(Path.Combine(file.Folder, slide + ending));

    /// <summary>"S.svs.geojson" is of S.svs.</summary>
    private static bool IsSlideEnding(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is var ending
        && (Scanners.Contains(ending) || ending is ".tif" or ".tiff");

    private static string? Without(string name, string ending) =>
        name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)
            ? name[..^ending.Length]
            : null;
}
