using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Patches;

namespace Coverslip.App.Commands;

/// <summary>Slides with the annotations of a folder, as <c>coverslip patches</c> takes them.</summary>
internal sealed class AnnotatedSlides(AnnotationFolder folder, AnnotationClasses classes, PatchRule rule)
{
    /// <summary>Whether a slide without a file is normal all over; else it is refused.</summary>
    internal required bool UnannotatedNormal { get; init; }

    /// <summary>Whether annotations count pixels from the slide's bounds.</summary>
    internal required bool FromBounds { get; init; }

    internal AnnotationSurvey Survey { get; } = new() { OfNoSlide = folder.OfNoSlide };

    /// <summary>What is known of a slide; its tissue is left open.</summary>
    /// <exception cref="AnnotationException">No file, one of another slide, or one that says nothing of tumor.</exception>
    internal PatchAreas Of(Slide slide)
    {
        if (UnannotatedNormal && folder.Of(slide.Path) is null)
        {
            Survey.Add(slide.Path, null);
            return new PatchAreas { Normal = PolygonRegion.Of(slide.Bounds) };
        }
        var file = folder.Need(slide.Path, "--unannotated-normal takes such slides as normal all over");
        var drawn = SlideAnnotations.Read(file, classes, FromBounds ? slide.Bounds.At : default);
        Survey.Add(slide.Path, drawn);
        drawn = drawn.Within(slide.Levels[0].Width, slide.Levels[0].Height, slide.Path);
        Survey.Add(slide.Path, drawn);
        if (rule != PatchRule.None && drawn.Normal.IsEmpty)
            drawn.NeedTumor();
        return PatchAreas.Of(drawn);
    }

    /// <summary>Refuses classes that are asked for and that no file has.</summary>
    internal void Check() => Survey.Check(classes, folder.Path);
}
