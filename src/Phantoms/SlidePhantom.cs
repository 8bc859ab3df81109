using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>
/// A whole slide: sections like those of lymph nodes on glass, with lesions of known outline and with artifacts. It is
/// laid out at once and painted tile by tile.
/// </summary>
public sealed class SlidePhantom
{
    private const string Described = "Coverslip phantom, seed ";

    private readonly SlidePhantomOptions options;
    private readonly TissuePieces pieces;
    private readonly SlideArtifact[] artifacts;

    private SlidePhantom(SlidePhantomOptions options)
    {
        this.options = options;
        pieces = new TissuePieces(options, options.Pieces ?? (options.Lesions.Count > 0 ? 1 : 3));
        Lesions = LesionPlaces.Place(options, pieces);
        var placed = new ArtifactPlaces(options, pieces, Lesions).Place();
        artifacts = [.. placed.OfType<SlideArtifact>()];
        Artifacts = [.. artifacts.Select(a => a.Kind)];
        LeftOut = [.. options.Artifacts.Where((_, i) => placed[i] is null)];
    }

    /// <summary>The lesions, the largest class first; in pixels of level 0.</summary>
    public IReadOnlyList<PhantomLesion> Lesions { get; }

    /// <summary>The artifacts that are painted.</summary>
    public IReadOnlyList<ArtifactKind> Artifacts { get; }

    /// <summary>Artifacts for which there is no room beside the lesions.</summary>
    public IReadOnlyList<ArtifactKind> LeftOut { get; }

    /// <summary>Tiles of 256 × 256 pixels of a slide's finest level, as progress counts them.</summary>
    public static long Tiles(int width, int height) => (long)((width + 255) / 256) * ((height + 255) / 256);

    /// <summary>Lays a slide out: pieces, lesions, artifacts.</summary>
    /// <exception cref="ArgumentException">An option out of its range, or a lesion for which there is no room.</exception>
    public static SlidePhantom Plan(SlidePhantomOptions options)
    {
        options.Check();
        return new SlidePhantom(options);
    }

    /// <summary>Whether a file is a slide that was painted here, by what it says of itself.</summary>
    /// <exception cref="UnreadableSlideException">It is no slide.</exception>
    public static bool Is(string path)
    {
        using var slide = SlideFile.Open(path);
        return slide
                .Properties.GetValueOrDefault("tiff.ImageDescription")
                ?.StartsWith(Described, StringComparison.Ordinal) == true;
    }

    /// <summary>Plans and writes a slide.</summary>
    /// <param name="path">Such as <c>phantom.tif</c>.</param>
    /// <param name="options">What to paint.</param>
    /// <param name="progress">Told how many tiles of level 0 are painted.</param>
    /// <exception cref="ArgumentException">An option out of its range, or a lesion for which there is no room.</exception>
    public static SlidePhantom Write(string path, SlidePhantomOptions options, Action<long>? progress = null)
    {
        var phantom = Plan(options);
        phantom.Write(path, progress);
        return phantom;
    }

    /// <summary>Writes the slide as a pyramid, whole or not at all.</summary>
    /// <param name="path">Such as <c>phantom.tif</c>.</param>
    /// <param name="progress">Told how many tiles of level 0 are painted.</param>
    public void Write(string path, Action<long>? progress = null)
    {
        var painter = Painter();
        var scanner = Scanner.Of(options.Scanner);
        var pyramid = new PyramidOptions { Mpp = options.Mpp, Description = $"{Described}{options.Seed}" };
        long painted = 0;
        PyramidWriter.Write(
            path,
            options.Width,
            options.Height,
            scanner is null ? pyramid : pyramid with { Quality = scanner.Quality },
            (x, y, tile) =>
            {
                painter.Paint(x, y, tile);
                scanner?.Scan(tile);
                progress?.Invoke(++painted);
            }
        );
    }

    /// <summary>A painter of tiles; one to a thread.</summary>
    internal GlassPainter Painter() => new(Tissue(), options, artifacts);

    /// <summary>A painter of tissue without what lies on the glass; one to a thread.</summary>
    internal TissuePainter Tissue() => new(options, pieces, Lesions, artifacts);

    /// <summary>
    /// Writes the lesions as ASAP's XML with the groups of CAMELYON16: <c>_0</c> tumor, <c>_2</c> islands of normal
    /// tissue that are cut out of it.
    /// </summary>
    public void WriteAnnotations(string path) => AnnotationFile.Write(path, Annotations(), AnnotationFormat.Asap);

    /// <summary>The outlines of the lesions, as <see cref="WriteAnnotations"/> writes them.</summary>
    public AnnotationSet Annotations()
    {
        var drawn = new List<Annotation>();
        foreach (var lesion in Lesions)
        {
            drawn.Add(Drawn(lesion.Outline.Outer, "_0"));
            foreach (var hole in lesion.Outline.Holes)
                drawn.Add(Drawn(hole, "_2"));
        }
        Annotation Drawn(Ring ring, string group) =>
            new()
            {
                Name = $"Annotation {drawn.Count}",
                Class = group,
                CutFrom = group == "_2" ? ["_0", "_1"] : null,
                Polygons = [new RingPolygon(ring)],
            };
        return new AnnotationSet
        {
            Format = AnnotationFormat.Asap,
            Annotations = drawn,
            Groups = [.. Groups.Select(g => new AnnotationGroup(g.Name) { Color = g.Color })],
        };
    }

    private static readonly (string Name, RgbColor Color)[] Groups =
    [
        ("_0", new RgbColor(0x00, 0xAA, 0x00)),
        ("_1", new RgbColor(0xAA, 0x00, 0x00)),
        ("_2", new RgbColor(0x55, 0x55, 0xFF)),
    ];

    /// <summary>
    /// The truth as a mask, 255 tumor: a pixel is 2^<paramref name="level"/> pixels of level 0 wide and is set if its
    /// center lies in a lesion.
    /// </summary>
    public Image Truth(int level)
    {
        var scale = 1.0 / (1 << level);
        int Side(int pixels) => Math.Max(1, (int)(((long)pixels + (1 << level) - 1) >> level));
        return PolygonRaster.Fill(
            Lesions.Select(l => l.Outline.Select(ring => ring.Placed(new Vertex(scale, scale), new Vertex(0, 0)))),
            new PixelSize(Side(options.Width), Side(options.Height))
        );
    }
}
