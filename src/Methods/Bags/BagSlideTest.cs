using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Heatmaps of a part's test slides: where attention lies that was taught by labels alone. Outlines, where a cohort has some,
/// only judge it.
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="cohort">Of whole slides.</param>
/// <param name="fileOf">The file of a slide's features.</param>
internal sealed class BagSlideTest(BagsRecipe recipe, Cohort cohort, Func<CohortRow, string> fileOf)
{
    /// <summary>Writes <c>slides/</c> of the part, and with outlines <c>truth/</c> and figures.</summary>
    internal void Run(BagModel model, SessionPart part, IReadOnlyList<CohortRow> rows, CancellationToken stop)
    {
        var positive = recipe.Decision.PositiveOf(cohort.Classes);
        if (positive is null)
            return;
        var made = new Fingerprint().AddRecord("recipe", recipe);
        using (new TensorScope())
            made.Add("weights", SafeTensors.Hash(model.State()));
        var files = rows.ToDictionary(TestFiles.NameOf, fileOf, StringComparer.Ordinal);
        var bags = new SlideBags(
            recipe,
            ([model], made),
            work => files[work.Name],
            (cohort.Classes, positive, null),
            recipe.Test.Detection
        );
        var walk = new SlideWalk(bags, TestFiles.SlidesFolder(part.Run.Path));
        var outlined = cohort.HasFurther(CohortSlides.AnnotationColumn);
        var outcomes = new List<SlideOutcome>();
        foreach (var row in rows)
        {
            var opening = new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, row) };
            using var slide = SlideFile.Open(cohort.ImagePath(row), opening);
            outcomes.Add(walk.Predict(slide, stop: stop));
            if (outlined)
                TruthMask.Write(part.Run.Path, row, slide, TumorOf(row, positive));
        }
        walk.Summarize(outcomes, []);
        if (outlined)
            DetectionFigures.Of([new TestedPart(part.Run.Path, rows)], cohort.Classes, positive).Write(part.Run.Path);
    }

    /// <summary>What is outlined; empty of a slide without tumor, null of one that has some which nobody outlined.</summary>
    private PolygonRegion? TumorOf(CohortRow row, string positive) =>
        CohortSlides.AnnotationOf(cohort, row) is { } file ? SlideAnnotations.Read(file, new AnnotationClasses()).Tumor
        : row.Label == positive ? null
        : PolygonRegion.Of([]);
}
