using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.SlidePatches;

/// <summary>What is drawn on a slide of a cohort, held against its label.</summary>
public static class SlideOutlines
{
    /// <summary>The slide's annotations; null where it has none, and is not labeled tumor.</summary>
    /// <param name="cohort">With the column <c>annotation</c>.</param>
    /// <param name="row">The slide's row.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="isTumor">What the label says; null where nobody knows what labels mean.</param>
    /// <param name="classes">Which annotations are tumor.</param>
    /// <exception cref="InvalidDataException">Annotations and label are at odds.</exception>
    /// <exception cref="AnnotationException">They lie beyond the slide, or say nothing of tumor on a slide of it.</exception>
    public static SlideAnnotations? Of(
        Cohort cohort,
        CohortRow row,
        Slide slide,
        bool? isTumor,
        AnnotationClasses classes
    )
    {
        if (CohortSlides.AnnotationOf(cohort, row) is not { } file)
            return isTumor == true
                ? throw new InvalidDataException(
                    $"{cohort.Path}: row {row.Number}: {row.Image} is labeled {row.Label} and has no annotation, so that "
                        + $"nobody knows where; name its file in the column {CohortSlides.AnnotationColumn}, leave the slide out, or "
                        + "let it be predicted alone where the recipe has the key (patches.tumor_without_annotation: no-label)"
                )
                : null;
        var drawn = SlideAnnotations
            .Read(file, classes)
            .Within(slide.Levels[0].Width, slide.Levels[0].Height, row.Image);
        if (isTumor == true)
            drawn.NeedTumor();
        if (isTumor == false && !drawn.Tumor.IsEmpty)
            throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {row.Image} is labeled {row.Label}, and {file} annotates tumor on it; "
                    + "correct one of them, or say which classes are tumor (patches.tumor_classes of a recipe, --tumor-classes)"
            );
        return drawn;
    }
}
