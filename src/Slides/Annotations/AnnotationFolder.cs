using Coverslip.Files;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// Which file of a folder belongs to which slide: the one of the slide's name, whatever its case, without the slide's
/// extensions (<c>.ome.tif</c>) and those of annotations (<c>.geojson.gz</c>). <c>S.svs.GeoJSON</c> is of <c>s.svs</c>.
/// </summary>
public sealed class AnnotationFolder
{
    private static readonly string[] Endings =
    [
        ".geojson.gz",
        ".json.gz",
        ".xml.gz",
        ".geojson",
        ".json",
        ".xml",
        ".annotations",
        ".zip",
    ];

    /// <summary>What programs keep annotations in that nobody else reads: a slide with such a file is annotated.</summary>
    private static readonly (string Ending, string Of)[] Foreign =
    [
        (".ndpa", "Hamamatsu's NDP.view"),
        (".qpdata", "QuPath's projects"),
        (".roi", "ImageJ"),
        (".afp", "Philips"),
        (".sedeen", "Sedeen"),
    ];

    private static readonly HashSet<string> OfSlides = new(StringComparer.OrdinalIgnoreCase)
    {
        ".tif",
        ".tiff",
        ".ome",
        ".svs",
        ".ndpi",
        ".mrxs",
        ".scn",
        ".bif",
        ".vms",
        ".vmu",
        ".czi",
        ".dcm",
        ".qptiff",
        ".svslide",
        ".zarr",
        ".png",
        ".jpg",
        ".jpeg",
        ".bmp",
    };

    private readonly Dictionary<string, string> files = [];

    private AnnotationFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Files of annotations that belong to none of the slides.</summary>
    public IReadOnlyList<string> OfNoSlide { get; private init; } = [];

    /// <summary>Finds the files of slides; nothing is read.</summary>
    /// <exception cref="AnnotationException">
    /// No such folder; two files of a slide, or two slides of a file; a slide's only file is of a form that is not read.
    /// </exception>
    public static AnnotationFolder Open(string folder, IEnumerable<string> slides)
    {
        if (!Directory.Exists(folder))
            throw new AnnotationException(folder, "there is no such folder");
        var byName = Directory
            .GetFiles(folder)
            .Where(f => System.IO.Path.GetFileName(f)[0] != '.' && Ending(f) is not null)
            .Order(StringComparer.Ordinal)
            .ToLookup(f => NameOf(f[..^Ending(f)!.Length]), StringComparer.OrdinalIgnoreCase);
        string[] all = [.. slides.Distinct()];
        var names = all.ToLookup(NameOf, StringComparer.OrdinalIgnoreCase);
        var found = new AnnotationFolder(folder)
        {
            OfNoSlide = [.. byName.Where(g => !names.Contains(g.Key)).SelectMany(g => g)],
        };
        foreach (var same in names)
        {
            string[] candidates = [.. byName[same.Key]];
            if (candidates.Length > 1)
                throw new AnnotationException(
                    folder,
                    $"{string.Join(" and ", candidates.Select(System.IO.Path.GetFileName))} may both be of {same.First()}; keep one of them there"
                );
            if (candidates.Length == 1 && same.Count() > 1)
                throw new AnnotationException(
                    candidates[0],
                    $"it may be of {string.Join(" or of ", same)}; give slides of different names"
                );
            foreach (var slide in same.Where(_ => candidates.Length > 0))
                found.files[slide] = candidates[0];
        }
        RefuseForeign(folder, [.. names.Where(n => !byName.Contains(n.Key)).Select(n => n.Key)]);
        return found;
    }

    /// <summary>Taken for unannotated, such a slide would be normal all over.</summary>
    private static void RefuseForeign(string folder, HashSet<string> without)
    {
        without = new(without, StringComparer.OrdinalIgnoreCase);
        foreach (var file in Directory.GetFiles(folder).Order(StringComparer.Ordinal))
        foreach (var (ending, of) in Foreign)
            if (
                file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)
                && without.Contains(NameOf(file[..^ending.Length]))
            )
                throw new AnnotationException(
                    file,
                    $"{of} keeps annotations in {ending}, which is not read; export them as QuPath's GeoJSON, or take the file away"
                );
    }

    /// <summary>The file of a slide; null where there is none.</summary>
    public string? Of(string slide) => files.GetValueOrDefault(slide);

    /// <summary>The file of a slide.</summary>
    /// <param name="slide">One of those the folder was opened with.</param>
    /// <param name="wayOut">What to do where there is none.</param>
    /// <exception cref="AnnotationException">There is none; the nearest name is named.</exception>
    public string Need(string slide, string wayOut) =>
        Of(slide)
        ?? throw new AnnotationException(
            Path,
            NearestName.Of(System.IO.Path.GetFileName(slide), OfNoSlide.Select(f => System.IO.Path.GetFileName(f)!))
                is { } nearest
                ? $"none for {slide} (nearest is {nearest}, of no slide); {wayOut}"
                : $"none for {slide}; {wayOut}"
        );

    private static string? Ending(string path) =>
        Array.Find(Endings, e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>The file's name without extensions of slides.</summary>
    private static string NameOf(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        while (System.IO.Path.GetExtension(name) is { Length: > 0 } extension && OfSlides.Contains(extension))
            name = name[..^extension.Length];
        return name.Trim();
    }
}
