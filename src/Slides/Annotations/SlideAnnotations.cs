using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>A class of a file.</summary>
/// <param name="Name">"" is none.</param>
/// <param name="Shapes">Outlines of it.</param>
/// <param name="Area">Square pixels of level 0; of one that is not used the sum over its outlines.</param>
/// <param name="Use">What it counts as.</param>
public sealed record AnnotatedClass(string Name, int Shapes, double Area, ClassUse Use);

/// <summary>What is drawn onto one slide, by what it counts as, in pixels of level 0.</summary>
public sealed class SlideAnnotations
{
    // A hand that draws at the border draws a little beyond it.
    private const double LeastInside = 0.99;
    private readonly AnnotationSet set;

    private SlideAnnotations(string file, AnnotationSet set, AnnotationClasses classes)
    {
        (File, this.set) = (file, set);
        var use = set.Classes.ToDictionary(name => name, classes.UseOf);
        Ignored = Of(ClassUse.Ignored, null);
        Tumor = Of(ClassUse.Tumor, Ignored);
        Normal = Of(ClassUse.Normal, Ignored);
        Classes =
        [
            .. use.Select(c => new AnnotatedClass(c.Key, Shapes(c.Key).Count(), AreaOf(c.Key, c.Value), c.Value)),
        ];

        PolygonRegion Of(ClassUse wanted, PolygonRegion? without)
        {
            var region = set.Region(use.Where(c => c.Value == wanted).Select(c => c.Key));
            return without is null ? region : region.Without(without);
        }
    }

    /// <summary>Where it was read.</summary>
    public string File { get; }

    public IReadOnlyList<AnnotatedClass> Classes { get; }

    public PolygonRegion Tumor { get; }

    public PolygonRegion Normal { get; }

    /// <summary>Taken out of tumor and normal already.</summary>
    public PolygonRegion Ignored { get; }

    /// <summary>What the reader left out or guessed, each with the file's name.</summary>
    public IEnumerable<string> Notes => set.Notes.Select(note => $"{File}: {note}");

    /// <summary>Reads a file of a slide.</summary>
    /// <param name="file">The file.</param>
    /// <param name="classes">What counts.</param>
    /// <param name="corner">Where its pixels are counted from: level 0's corner, or the slide's bounds.</param>
    /// <exception cref="AnnotationException">It cannot be read, or holds no outline.</exception>
    public static SlideAnnotations Read(string file, AnnotationClasses classes, SlidePoint corner = default)
    {
        var set = AnnotationFile.Read(file).Moved(corner.X, corner.Y);
        return set.Annotations.Any(a => a.IsArea && a.Polygons.Any(p => p.Outer.Points.Count > 0))
            ? new SlideAnnotations(file, set, classes)
            : throw new AnnotationException(
                file,
                $"{set.Format} without an outline of an area; a slide on which nothing is annotated has no file: take this one away"
            );
    }

    /// <summary>Refuses outlines of another slide, or of another level.</summary>
    /// <exception cref="AnnotationException">
    /// One lies wholly beyond the slide, or a hundredth of the tumor does; or what counts is smaller than a pixel.
    /// </exception>
    public void CheckWithin(long width, long height, string slide)
    {
        foreach (var (name, region) in ((string, PolygonRegion)[])[("tumor", Tumor), ("normal", Normal)])
            if (!region.IsEmpty && region.Area < 1)
                throw new AnnotationException(
                    File,
                    FormattableString.Invariant(
                        $"its {name} covers {region.Area:0.####} of the {width} × {height} pixels of {slide}; places count pixels of level 0, and these may be shares of the slide's sides: export it anew, in pixels"
                    )
                );
        var whole = new Rectangle(0, 0, width, height);
        var beyond = set.Annotations.Where(a => a.IsArea).SelectMany(a => a.Polygons).FirstOrDefault(IsBeyond);
        var box = beyond is null ? Tumor.Box : BoxOf(beyond.Outer);
        if (beyond is null && (Tumor.IsEmpty || Tumor.AreaIn(whole) >= LeastInside * Tumor.Area))
            return;
        throw new AnnotationException(
            File,
            FormattableString.Invariant(
                $"{(beyond is null ? "its tumor" : "an outline")} lies at ({box.X:0}, {box.Y:0}) to ({box.X + box.Width:0}, {box.Y + box.Height:0}), outside of {slide}, which has {width} × {height} pixels; is it this slide's, in pixels of level 0?"
            )
        );

        bool IsBeyond(RingPolygon polygon)
        {
            if (polygon.Outer.Points.Count == 0)
                return false;
            var its = BoxOf(polygon.Outer);
            return its.X >= whole.Width || its.Y >= whole.Height || its.X + its.Width <= 0 || its.Y + its.Height <= 0;
        }
    }

    /// <summary>Refuses a file that annotates no tumor, where its slide has some.</summary>
    /// <exception cref="AnnotationException">None of its classes is tumor; they are listed.</exception>
    public void NeedTumor()
    {
        if (!Tumor.IsEmpty)
            return;
        throw new AnnotationException(
            File,
            Classes.Count == 0
                    ? "annotates no tumor: every outline of it is cut out of something, and nothing is left; draw what it is cut out of, too"
                : Classes.Any(c => c.Use == ClassUse.Tumor)
                    ? $"annotates no tumor: the outlines of {AnnotationClasses.List(Classes.Where(c => c.Use == ClassUse.Tumor).Select(c => c.Name))} enclose nothing, "
                        + "or nothing that is not ignored; draw them anew"
                : $"annotates no tumor; its classes: {string.Join(", ", Classes.Select(c => $"{AnnotationClasses.Quoted(c.Name)} ({c.Shapes})"))}; "
                    + "name those that are tumor (--tumor-classes, in a recipe patches.tumor_classes)"
        );
    }

    private static Rectangle BoxOf(Ring ring)
    {
        var (left, top) = (ring.Points.Min(p => p.X), ring.Points.Min(p => p.Y));
        return new Rectangle(left, top, ring.Points.Max(p => p.X) - left, ring.Points.Max(p => p.Y) - top);
    }

    private IEnumerable<RingPolygon> Shapes(string name) =>
        set.Annotations.Where(a => a.IsArea && a.CutFrom is null && (a.Class ?? "") == name).SelectMany(a => a.Areas);

    // Uniting outlines takes long where there are many; those that count are united anyway.
    private double AreaOf(string name, ClassUse use) =>
        use == ClassUse.NotUsed
            ? Shapes(name).Sum(p => p.Holes.Count == 0 ? Math.Abs(p.Outer.SignedArea) : ValidPolygons.Of(p).Area)
            : set.Region(name).Area;
}
