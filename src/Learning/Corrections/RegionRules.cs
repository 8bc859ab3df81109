using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Corrections;

/// <summary>What may be drawn in a correction.</summary>
internal sealed class RegionRules(CorrectionSettings settings, IReadOnlyList<CorrectionSlide> slides)
{
    /// <summary>Classes as this correction spells them: other programs write Tumor, or tumour.</summary>
    internal AnnotationSet Spelled(AnnotationSet drawn) =>
        drawn with
        {
            Annotations = [.. drawn.Annotations.Select(a => a with { Class = Spelled(a.Class) })],
        };

    /// <exception cref="ArgumentException">The patient is kept aside, or a region is of another class.</exception>
    internal void Check(CorrectionSlide slide, AnnotationSet drawn)
    {
        if (slide.Aside && drawn.Annotations.Count > 0)
            throw new ArgumentException(
                $"{slide.Name} is of patient {slide.Row.Patient}, who is kept aside to judge by: what is drawn there would teach what is judged. Draw on {slides.First(s => !s.Aside).Name} or another of {slides.Count(s => !s.Aside)} slides, or begin a correction that keeps others aside"
            );
        if (drawn.Annotations.FirstOrDefault(a => a.IsArea && !settings.Classes.Contains(a.Class)) is { } other)
            throw new ArgumentException(
                $"{slide.Name}: a region is of class {(other.Class is null ? "none" : $"'{other.Class}'")}; classes of this correction are {string.Join(", ", settings.Classes)}"
            );
    }

    /// <exception cref="ArgumentException">A region lies beyond the slide.</exception>
    internal static void CheckWithin(CorrectionSlide slide, AnnotationSet drawn)
    {
        var whole = slide.Slide.Levels[0];
        foreach (var box in drawn.Annotations.Where(a => a.IsArea).Select(a => PolygonRegion.Of(a.Areas).Box))
            if (box.X >= whole.Width || box.Y >= whole.Height || box.X + box.Width <= 0 || box.Y + box.Height <= 0)
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"{slide.Name}: a region lies at ({box.X:0}, {box.Y:0}), outside of the slide's {whole.Width} × {whole.Height} pixels; places count pixels of level 0"
                    )
                );
    }

    private string? Spelled(string? name) =>
        name is null
            ? null
            : settings.Classes.FirstOrDefault(c => ClassMeaning.Folded(c) == ClassMeaning.Folded(name)) ?? name;
}
