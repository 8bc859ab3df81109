using System.Runtime.ExceptionServices;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Progress;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// A cohort of slides, image files, or both. A slide's tumor is what the file in its column <c>annotation</c> says;
/// a slide without one is normal all over. Where the column <c>exhaustive</c> says no, some of its tumor is not outlined: what
/// lies outside of the outlines is no example of normal tissue. Column <c>mpp</c>: of an image file its resolution, of a slide that of its
/// finest level, over what the slide says.
/// </summary>
public sealed class CohortSlides : IDisposable
{
    public const string AnnotationColumn = "annotation";

    /// <summary>yes (default) or no: whether all tumor of a slide is outlined.</summary>
    public const string ExhaustiveColumn = OutlinedInPart.Column;

    private const string TableName = "annotations.csv";

    /// <summary>Decoded tiles that are kept, over all slides: places are drawn at random, and rarely share one.</summary>
    private const long CacheBytes = 256L << 20;

    private readonly AnnotationSurvey survey;

    /// <summary>
    /// Ink and blur are learned from: windows beside them hold some, and a network that has seen none of it calls them tumor
    /// (measured on the demo's slides: slide AUC 0.53 without, 1 with).
    /// </summary>
    private static TissueOptions Learned(SlidePatchOptions options) =>
        options.Tissue with
        {
            KeepPen = true,
            KeepBlur = true,
        };

    /// <summary>Places of each slide that are looked at: few, since slides are many, and a patient has several.</summary>
    private const int LookedAt = 8;

    private readonly Lazy<ImageLooks?> looks;

    // What training and validation are told of mislabeled slides, in place of what is true of them.
    private readonly Dictionary<PatchSource, SlideSource> taught = [];

    private CohortSlides(Cohort cohort, IReadOnlyList<PatchSource> sources, AnnotationSurvey survey)
    {
        (Cohort, Sources, this.survey) = (cohort, sources, survey);
        looks = new(() => ImageLooks.Of(Slides.SelectMany(s => s.Looks(LookedAt).Select(look => (s.Patient, look)))));
    }

    public Cohort Cohort { get; }

    /// <summary>Slides in the order of the cohort's rows, then patients with image files.</summary>
    public IReadOnlyList<PatchSource> Sources { get; }

    public IEnumerable<SlideSource> Slides => Sources.OfType<SlideSource>();

    /// <summary>Opens every slide, finds its tissue and lays its places; nothing else is read.</summary>
    /// <param name="cohort">Of two classes.</param>
    /// <param name="options">Resolution, places, label rule.</param>
    /// <param name="input">How patches become input.</param>
    /// <param name="side">Pixels to a side of a patch.</param>
    /// <param name="progress">Told how many slides are done.</param>
    /// <exception cref="InvalidDataException">
    /// A slide whose resolution is in doubt; whose annotation is missing, elsewhere, or at odds with its label; an image without resolution; two slides
    /// of one name.
    /// </exception>
    /// <exception cref="UnreadableSlideException">A slide that cannot be read or is too coarse.</exception>
    public static CohortSlides Open(
        Cohort cohort,
        SlidePatchOptions options,
        PatchInput input,
        int side,
        Action<int>? progress = null
    )
    {
        var columns = new SlideColumns(cohort);
        var isSlide = cohort.Rows.Select(r => SlideFile.IsSlide(cohort.ImagePath(r))).ToArray();
        CohortRow[] rows = [.. cohort.Rows.Where((_, i) => isSlide[i])];
        CheckNames(rows);
        var slides = new SlideSource[rows.Length];
        var survey = new AnnotationSurvey();
        var done = 0;
        var cache = Math.Max(1 << 20, CacheBytes / Math.Max(1, rows.Length));
        try
        {
            Parallel.For(
                0,
                rows.Length,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i =>
                {
                    var opening = new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, rows[i]), CacheBytes = cache };
                    var slide = SlideFile.Open(cohort.ImagePath(rows[i]), opening);
                    try
                    {
                        CheckResolution(rows[i], slide, cohort);
                        var areas = AreasOf(rows[i], slide, columns, (options, input, survey));
                        slides[i] = new SlideSource(rows[i], slide, areas, input, options.Places(side));
                    }
                    catch
                    {
                        slide.Dispose();
                        throw;
                    }
                    progress?.Invoke(Interlocked.Increment(ref done));
                }
            );
            survey.Check(options.Classes, cohort.Path);
        }
        catch (Exception error)
        {
            foreach (var slide in slides)
                slide?.Dispose();
            ExceptionDispatchInfo.Throw((error as AggregateException)?.InnerExceptions[0] ?? error);
        }
        var images = cohort
            .Rows.Where((_, i) => !isSlide[i])
            .GroupBy(r => r.Patient)
            .Select(g => new ImageSource(
                g.Key,
                [.. g.Select(r => columns.ImageOf(r, options.Mpp))],
                input,
                options.Mpp
            ));
        return new CohortSlides(cohort, [.. slides, .. images], survey);
    }

    /// <summary>What the slides look like where patches may be drawn; null where there are none. Looked at once.</summary>
    public ImageLooks? Looks => looks.Value;

    /// <summary>Lets some slides teach and validate as normal all over; tested, they are what they are.</summary>
    /// <param name="rows">Of slides that are tumor.</param>
    /// <param name="input">As they were opened with.</param>
    /// <param name="places">As they were opened with.</param>
    public void Mislabel(IReadOnlyList<CohortRow> rows, PatchInput input, PatchOptions places)
    {
        foreach (var slide in Slides.Where(s => rows.Contains(s.Row)).ToArray())
            taught[slide] = new SlideSource(
                slide.Row with
                {
                    Label = Cohort.Classes[1 - input.Positive],
                },
                slide.Slide,
                new PatchAreas { Tissue = slide.Areas.Tissue },
                input,
                places
            );
    }

    /// <summary>Leaves in a run what its annotations hold and what of it counts, and which slides were mislabeled.</summary>
    public void Record(string folder)
    {
        survey.Write(Path.Combine(folder, TableName));
        TaughtLabels.Write(folder, [.. Slides.Where(taught.ContainsKey).Select(s => (s.Row, taught[s].Row.Label))]);
    }

    /// <summary>Tells what is annotated and what of it counts, the notes of slides, and why no patch can be drawn of one.</summary>
    public void Tell(IWorkProgress progress)
    {
        foreach (var line in survey.Lines())
            progress.Note(line);
        foreach (var slide in Slides)
        {
            foreach (var note in slide.Slide.Notes)
                progress.Note($"{slide.Name}: {note}");
            if (slide.Reason is { } reason)
                progress.Note($"{slide.Name}: {reason}");
        }
        var unknown = Slides.Where(s => s.Areas.TumorUnknown).Select(s => s.Name).ToArray();
        if (unknown.Length > 0)
            progress.Note(
                $"labeled {Slides.First(s => s.Areas.TumorUnknown).Row.Label} without an outline, {unknown.Length} slides: they teach nothing and are only predicted: {string.Join(", ", unknown)}"
            );
        if (taught.Count > 0)
            progress.Note(
                $"mislabeled on purpose, {taught.Count} slides: training is told that {string.Join(", ", Slides.Where(taught.ContainsKey).Select(s => s.Name))} are {taught.Values.First().Row.Label} all over"
            );
    }

    /// <summary>The sources of the patients on a side of a part; mislabeled ones are that only where they teach or validate.</summary>
    public IReadOnlyList<PatchSource> Of(SessionPart part, SplitSide side)
    {
        var wanted = part.Split.Rows(Cohort, side).Select(r => r.Patient).ToHashSet(StringComparer.Ordinal);
        var sources = Sources.Where(s => wanted.Contains(s.Patient));
        return [.. side == SplitSide.Test ? sources : sources.Select(s => taught.GetValueOrDefault(s) ?? s)];
    }

    /// <summary>Examples drawn of a part's training and validation patients.</summary>
    /// <exception cref="InvalidDataException">A class of which a side has no patch.</exception>
    public SlideExamples Examples(INetworkRecipe recipe, SlidePatchOptions patches, SessionPart part)
    {
        BalancedSampler? Sampler(SplitSide side, string name)
        {
            try
            {
                return Of(part, side) is { Count: > 0 } found ? new BalancedSampler(found, Cohort.Classes, name) : null;
            }
            catch (InvalidDataException error) when (taught.Count > 0)
            {
                throw new InvalidDataException(
                    $"{error.Message}; {taught.Count} slides of tumor are mislabeled on purpose: fewer (mislabel.slides, mislabel.share) or others (mislabel.seed) leave some on either side",
                    error
                );
            }
        }
        // Also where every place is taken: that a class is missing is told alike.
        var (balanced, batch) = (Sampler(SplitSide.Train, "training")!, recipe.Training.Batch);
        return new SlideExamples(
            patches.Sampling == PatchSampling.Balanced
                ? new BalancedPlaces(balanced, patches.Examples, batch)
                : new WholeEpochs(balanced.Sources, patches.Sampling == PatchSampling.Equal, batch, part.Seed),
            Sampler(SplitSide.Validation, "validation"),
            recipe,
            patches,
            part.Seed
        )
        {
            Positive = recipe.Decision.TumorOf(Cohort.Classes),
        };
    }

    public void Dispose()
    {
        foreach (var slide in Slides)
            slide.Dispose();
    }

    /// <summary>Full path of a slide's annotations; null where it has none.</summary>
    public static string? AnnotationOf(Cohort cohort, CohortRow row) => new SlideColumns(cohort).AnnotationOf(row);

    /// <summary>Whether all tumor of a slide is outlined, so that what is not is normal.</summary>
    /// <exception cref="InvalidDataException">The column holds a word that is neither yes nor no.</exception>
    public static bool IsExhaustive(Cohort cohort, CohortRow row) => new SlideColumns(cohort).IsExhaustive(row);

    private static PatchAreas AreasOf(
        CohortRow row,
        Slide slide,
        SlideColumns columns,
        (SlidePatchOptions Patches, PatchInput Input, AnnotationSurvey Survey) wanted
    )
    {
        var isTumor = row.Label == columns.Cohort.Classes[wanted.Input.Positive];
        var none = PolygonRegion.Of([]);
        PolygonRegion tissue;
        using (var map = TissueFinder.Find(slide, Learned(wanted.Patches)))
            tissue = map.Region;
        if (
            isTumor
            && wanted.Patches.TumorWithoutAnnotation == UnknownTumor.NoLabel
            && columns.AnnotationOf(row) is null
        )
            // Ignored all over: by Liu's rule what is not tumor would be an example of normal tissue.
            return new PatchAreas
            {
                Tissue = tissue,
                Ignored = AllOf(slide),
                TumorUnknown = true,
            };
        var drawn = SlideOutlines.Of(columns.Cohort, row, slide, isTumor, wanted.Patches.Classes);
        wanted.Survey.Add(row.Image, drawn);
        if (drawn is null)
            return new PatchAreas { Tissue = tissue, Normal = wanted.Patches.UnannotatedIsNormal ? tissue : none };
        var areas = PatchAreas.Of(drawn).On(tissue);
        if (isTumor && !columns.IsExhaustive(row))
            return areas with { Ignored = AllOf(slide).Without(areas.Tumor).Without(areas.Normal) };
        return wanted.Patches.UnannotatedIsNormal ? areas with { Normal = areas.Tissue! } : areas;
    }

    /// <summary>The slide and as much again around it: a window's center may lie beyond the border.</summary>
    private static PolygonRegion AllOf(Slide slide)
    {
        var (width, height) = (slide.Bounds.Width, slide.Bounds.Height);
        var corner = new SlidePoint(slide.Bounds.At.X - width, slide.Bounds.At.Y - height);
        return PolygonRegion.Of(new SlideRectangle(corner, 3 * width, 3 * height));
    }

    /// <summary>A scale that is most likely wrong would be learned.</summary>
    private static void CheckResolution(CohortRow row, Slide slide, Cohort cohort)
    {
        if (slide.Resolution.Doubt is { } doubt)
            throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {row.Image}: {doubt}; nothing is trained on it. Write the microns per pixel "
                    + $"of its finest level into the cohort's column {CohortMpp.Column} ('coverslip slide info --estimate-mpp' "
                    + "hints at them), or leave the slide out"
            );
    }

    /// <summary>Refuses slides of one name.</summary>
    /// <exception cref="InvalidDataException">Two have one, but for case.</exception>
    public static void CheckNames(IReadOnlyList<CohortRow> rows)
    {
        var twice = rows.GroupBy(r => Path.GetFileNameWithoutExtension(r.Image), StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new InvalidDataException(
                $"{twice.Count()} slides of the cohort are named {twice.Key}; heatmaps and detections go by that name: rename them"
            );
    }
}
