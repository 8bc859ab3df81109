using System.Runtime.ExceptionServices;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Formats;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The images of a cohort with their masks, or its slides with their annotations.</summary>
internal sealed class SegmentationSources : IDisposable
{
    /// <summary>Bytes of pixels that are held; images beyond are read for each window.</summary>
    private const long MostBytes = 2L << 30;
    private readonly WindowPixels? pixels;

    private SegmentationSources(IReadOnlyList<PatchSource> all, CohortSlides? annotated, WindowPixels? pixels) =>
        (All, Annotated, this.pixels) = (all, annotated, pixels);

    /// <summary>The slides; null of image files.</summary>
    internal CohortSlides? Annotated { get; }

    /// <summary>Slides, or one source to an image.</summary>
    internal IReadOnlyList<PatchSource> All { get; }

    internal bool AreSlides => Annotated is not null;

    /// <summary>What windows are drawn alike of: the cohort's classes of slides, and of image files these two.</summary>
    internal IReadOnlyList<string> Classes { get; private init; } = ["background", "foreground"];

    internal IEnumerable<SlideSource> Slides => Annotated?.Slides ?? [];

    /// <summary>What the images look like, or the slides where windows may be drawn.</summary>
    internal ImageLooks? Looks =>
        Annotated is { } slides
            ? slides.Looks
            : ImageLooks.Of(All.OfType<MaskedImage>().Select(i => (i.Patient, i.Look)));

    internal int StainsKept => pixels?.StainsKept ?? All.OfType<MaskedImage>().Count(i => i.StainKept);

    /// <summary>Opens all of them.</summary>
    /// <exception cref="InvalidDataException">Slides among image files, a mask that is missing or has another size, a slide
    /// without annotation; the message names the row.</exception>
    internal static SegmentationSources Open(
        SelfSupervisedRecipe recipe,
        Cohort cohort,
        InputStain? stain,
        Action<int> opened
    )
    {
        var slides = cohort.Rows.Where(r => SlideFile.IsSlide(cohort.ImagePath(r))).ToArray();
        if (slides.Length == 0)
            return new SegmentationSources(Images(recipe, cohort, stain, opened), null, null);
        if (slides.Length < cohort.Rows.Count)
        {
            var image = cohort.Rows.First(r => !slides.Contains(r));
            throw new InvalidDataException(
                $"{cohort.Path}: row {slides[0].Number} ({slides[0].Image}) is a slide and row {image.Number} ({image.Image}) an "
                    + "image file; train on one kind, each in a cohort of its own"
            );
        }
        if (recipe.Windows.Mpp == 0)
            throw new RecipeException(
                "patches.mpp is 0; slides are read at a resolution: set it to microns per pixel, such as 0.5"
            );
        if (cohort.Classes.Count != 2)
            throw new InvalidDataException(
                $"{cohort.Path} has the classes {string.Join(", ", cohort.Classes)}; slides are with tumor or without"
            );
        var side = recipe.Input.Width;
        var pixels = new WindowPixels(side, side, stain);
        var positive = recipe.Decision.TumorOf(cohort.Classes);
        var input = new PatchInput(pixels, [1], positive) { Truth = true };
        var open = CohortSlides.Open(cohort, recipe.Windows.Places, input, side, opened);
        return new SegmentationSources(open.Sources, open, pixels) { Classes = cohort.Classes };
    }

    public void Dispose() => Annotated?.Dispose();

    private static MaskedImage[] Images(
        SelfSupervisedRecipe recipe,
        Cohort cohort,
        InputStain? stain,
        Action<int> opened
    )
    {
        var reading = new MaskedReading(cohort, recipe.Windows, recipe.Input.Width, stain);
        var images = new MaskedImage[cohort.Rows.Count];
        var (done, held) = (0, 0L);
        try
        {
            Parallel.For(
                0,
                images.Length,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    images[i] = new MaskedImage(cohort.Rows[i], reading, Interlocked.Read(ref held) < MostBytes);
                    var (width, height) = images[i].Padded;
                    Interlocked.Add(ref held, 4L * width * height);
                    opened(Interlocked.Increment(ref done));
                }
            );
        }
        catch (AggregateException error)
        {
            // The first file that does not fit is reason enough, and its message names it.
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
        return images;
    }
}
