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
    // A hand that draws at the border draws a little beyond it, and tools end an outline on the pixels around it.
    private const double LeastInside = 0.99,
        MostOutside = 4,
        Rounding = 0.1;
    private readonly AnnotationSet set;
    private readonly AnnotationClasses counted;
    private readonly string? clipped;

    private SlideAnnotations(
        string file,
        AnnotationSet set,
        AnnotationClasses classes,
        (Rectangle Slide, string Note)? within = null
    )
    {
        (File, this.set, counted, clipped) = (file, set, classes, within?.Note);
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
            var region = Inside(set.Region(use.Where(c => c.Value == wanted).Select(c => c.Key)));
            return without is null ? region : region.Without(without);
        }

        // Uniting outlines takes long where there are many; those that count are united anyway.
        double AreaOf(string name, ClassUse use) =>
            use == ClassUse.NotUsed
                ? Shapes(name).Sum(p => p.Holes.Count == 0 ? Math.Abs(p.Outer.SignedArea) : ValidPolygons.Of(p).Area)
                : Inside(set.Region(name)).Area;

        PolygonRegion Inside(PolygonRegion region) => within is { } its ? region.Within(its.Slide) : region;
    }

    /// <summary>Where it was read.</summary>
    public string File { get; }

    public IReadOnlyList<AnnotatedClass> Classes { get; }

    public PolygonRegion Tumor { get; }

    public PolygonRegion Normal { get; }

    /// <summary>Taken out of tumor and normal already.</summary>
    public PolygonRegion Ignored { get; }

    /// <summary>What the reader left out or guessed, and what lies outside of the slide, each with the file's name.</summary>
    public IEnumerable<string> Notes =>
        (clipped is null ? set.Notes : set.Notes.Append(clipped)).Select(note => $"{File}: {note}");

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

    /// <summary>
    /// What of it lies on the slide: an outline may end up to 4 pixels outside, or with a hundredth of the tumor; what lies there is
    /// clipped, and <see cref="Notes"/> say so. Outlines of another slide, or of another level, are refused.
    /// </summary>
    /// <param name="width">Of the slide, in pixels of level 0.</param>
    /// <param name="height">Of the slide, in pixels of level 0.</param>
    /// <param name="slide">Its name, for notes and errors.</param>
    /// <exception cref="AnnotationException">
    /// One lies wholly beyond the slide, or ends further outside with more of the tumor; or what counts is smaller than a pixel.
    /// </exception>
    public SlideAnnotations Within(long width, long height, string slide)
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
        RingPolygon[] drawn =
        [
            .. set.Annotations.Where(a => a.IsArea).SelectMany(a => a.Areas).Where(p => p.Outer.Points.Count > 0),
        ];
        var beyond = Array.Find(drawn, p => IsBeyond(BoxOf(p.Outer), whole));
        var isNear =
            Tumor.IsEmpty
            || Outside(Tumor.Box, whole) <= MostOutside
            || Tumor.AreaIn(whole) >= LeastInside * Tumor.Area;
        if (beyond is not null || !isNear)
            throw new AnnotationException(
                File,
                Refused(beyond is null ? ("its tumor", Tumor.Box) : ("an outline", BoxOf(beyond.Outer)))
            );
        double[] ends = [.. drawn.Select(p => Outside(BoxOf(p.Outer), whole)).Where(o => o > Rounding)];
        return ends.Length == 0
            ? this
            : new SlideAnnotations(
                File,
                set,
                counted,
                (
                    whole,
                    FormattableString.Invariant(
                        $"{ends.Length} of {drawn.Length} outlines end up to {ends.Max():0.#} pixels outside of {slide}, which has {width} × {height} pixels; what lies there is clipped"
                    )
                )
            );

        string Refused((string What, Rectangle Box) its) =>
            FormattableString.Invariant(
                $"{its.What} lies at ({its.Box.X:0}, {its.Box.Y:0}) to ({its.Box.X + its.Box.Width:0}, {its.Box.Y + its.Box.Height:0}), outside of {slide}, which has {width} × {height} pixels (up to {MostOutside} pixels outside are clipped); is it this slide's, in pixels of level 0?"
            );
    }

    private static bool IsBeyond(Rectangle its, Rectangle whole) =>
        its.X >= whole.Width || its.Y >= whole.Height || its.X + its.Width <= 0 || its.Y + its.Height <= 0;

    /// <summary>How many pixels it ends outside, on the side where these are most; 0 or less where it lies inside.</summary>
    private static double Outside(Rectangle its, Rectangle whole) =>
        Math.Max(
            Math.Max(-its.X, -its.Y),
            Math.Max(its.X + its.Width - whole.Width, its.Y + its.Height - whole.Height)
        );

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
}
