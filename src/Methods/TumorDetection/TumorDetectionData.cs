using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Progress;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;

namespace Coverslip.Methods.TumorDetection;

/// <summary>
/// Slides and image files as a session sees them: patches of the training patients train, patches of the validation
/// patients validate, and the test patients' slides are predicted whole.
/// </summary>
internal sealed class TumorDetectionData : TrainingData<IPredictsWindows>
{
    private readonly TumorDetectionRecipe recipe;
    private readonly CohortSlides slides;
    private readonly InputStain? stain;
    private readonly WindowPixels pixels;
    private readonly IWorkProgress progress;
    private readonly string positive;

    private TumorDetectionData(
        TumorDetectionRecipe recipe,
        CohortSlides slides,
        (InputStain? Stain, WindowPixels Pixels) form,
        string positive,
        IWorkProgress progress
    ) =>
        (this.recipe, this.slides, (stain, pixels), this.positive, this.progress) = (
            recipe,
            slides,
            form,
            positive,
            progress
        );

    /// <summary>Opens the slides of a cohort.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="given">A cohort of two classes, stain, progress.</param>
    /// <exception cref="InvalidDataException">See <see cref="CohortSlides.Open"/>.</exception>
    public static TumorDetectionData Open(TumorDetectionRecipe recipe, Preparation given)
    {
        var (cohort, stain, progress) = (given.Cohort, given.Stain, given.Progress);
        if (cohort.Classes.Count != 2)
            throw new InvalidDataException(
                $"{cohort.Path} has the classes {string.Join(", ", cohort.Classes)}; tumor detection tells two apart, such as "
                    + "normal and tumor"
            );
        var positive = recipe.Decision.PositiveOf(cohort.Classes)!;
        var pixels = new WindowPixels(recipe.Input.Width, recipe.Input.Height, stain);
        var input = new PatchInput(pixels, recipe.Views, recipe.Decision.TumorOf(cohort.Classes));
        CohortSlides slides;
        using (var opening = progress.Begin("opening slides", cohort.Rows.Count, "slides"))
            slides = CohortSlides.Open(cohort, recipe.Patches, input, recipe.Input.Width, done => opening.Report(done));
        slides.Mislabel(recipe.Mislabel.Draw(cohort, input.Positive), input, recipe.Patches.Places(recipe.Input.Width));
        slides.Tell(progress);
        progress.Note(Found(slides));
        return new TumorDetectionData(recipe, slides, (stain, pixels), positive, progress);
    }

    public override Cohort Cohort => slides.Cohort;

    public override ImageFacts Facts =>
        new(3, 1, 1, recipe.Patches.Mpp, Cohort.Rows.Count) { StainsKept = pixels.StainsKept, Looks = slides.Looks };

    protected override IPredictsWindows Untrained(Device device) => recipe.Model(Cohort.Classes.Count, device);

    protected override FitOutcome Fit(
        IPredictsWindows model,
        SessionPart part,
        ITrainingProgress training,
        CancellationToken stop
    ) =>
        model switch
        {
            EnsembleModel ensemble => ensemble.Take(EnsembleMembers.Of(recipe, part), part.Run),
            NetworkModel network => network.Fit(
                slides.Examples(recipe, recipe.Patches, part),
                part.Run,
                training,
                stop
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    protected override IExamples? Examples(IPredictsWindows model, SessionPart part) =>
        model is NetworkModel ? slides.Examples(recipe, recipe.Patches, part) : null;

    protected override Predictions? Judge(
        IPredictsWindows model,
        SessionPart part,
        SplitSide side,
        CancellationToken stop
    )
    {
        // Validation slides are predicted whole only for a decision: patches chose the epoch.
        if (side == SplitSide.Train || (side == SplitSide.Validation && !recipe.Decision.AsksValidation))
            return null;
        var tested = slides.Of(part, side);
        model.PrepareToPredict();
        string Folder(string run) => side == SplitSide.Test ? run : TestFiles.ValidationFolder(run);
        var testing = new SlideTest(
            ModelOf(model, part),
            recipe.Test,
            Folder(part.Run.Path),
            progress,
            slide => SlideTissue.Of(slide, recipe.Tissue)
        );
        SlideSource[] whole = [.. tested.OfType<SlideSource>()];
        var images = Images(model, [.. tested.OfType<ImageSource>()], stop);
        if (whole.Length == 0)
            return images;
        var members = EnsembleMembers.Of(recipe, part).Select(m => Folder(m.Path)).ToArray();
        var predictions = Table(testing.Run(whole, members, Cohort.Classes, stop));
        // Slides and patches are not judged together: patches have a file of their own.
        images?.Write(Path.Combine(Folder(part.Run.Path), "patches.csv"));
        return predictions;
    }

    public override void Record(string folder) => slides.Record(folder);

    public override void Dispose() => slides.Dispose();

    private static string Found(CohortSlides slides)
    {
        var classes = slides.Cohort.Classes.Select(
            (name, label) =>
            {
                var having = slides.Sources.Where(s => s.Count(label) > 0).ToArray();
                return $"{name}: {having.Sum(s => (long)s.Count(label)):N0} places on {having.Length}";
            }
        );
        var whole = slides.Slides.Count();
        return $"{whole} slides, image files of {slides.Sources.Count - whole} patients; {string.Join(", ", classes)}";
    }

    private SlideModel ModelOf(IPredictsWindows model, SessionPart part)
    {
        var (side, column) = (recipe.Input.Width, Cohort.Classes.ToList().IndexOf(positive));
        var window = new WindowInput(
            Mpp.Of(recipe.Patches.Mpp),
            new PixelSize(side, side),
            new PixelSize(side, side),
            stain
        )
        {
            Context = recipe.Network.Context,
        };
        var orientations = recipe.Test.Orientations;
        return new SlideModel(
            window,
            // Weights alone tell models of one recipe apart: what else run.json will say is not known yet.
            new Fingerprint()
                .AddWholeFile("model.weights", part.Run.Best)
                .Add("model.stain", stain?.Key)
                .Add("model.orientations", $"{orientations}"),
            positive,
            windows => [.. model.Probabilities(windows, orientations).Select(p => p[column])]
        );
    }

    /// <summary>Image files one by one; null where there are none.</summary>
    private Predictions? Images(IPredictsWindows model, IReadOnlyList<ImageSource> sources, CancellationToken stop)
    {
        var size = recipe.Input.Width * recipe.Input.Height * 4;
        var rows = new List<Prediction>();
        foreach (
            var chunk in sources.SelectMany(s => s.All.Select(i => (Source: s, Image: i))).Chunk(recipe.Test.Batch)
        )
        {
            stop.ThrowIfCancellationRequested();
            var pixels = new byte[chunk.Length * size];
            foreach (var (place, (source, image)) in chunk.Index())
                source.Read(
                    image,
                    ImageChange.Oriented(0),
                    new PatchTarget(pixels, place, chunk.Length, recipe.Input.Height, recipe.Input.Width)
                );
            var all = model.Probabilities(new WindowBatch(pixels, chunk.Length), recipe.Test.Orientations);
            rows.AddRange(chunk.Zip(all, (c, p) => Row(c.Image.Row, p)));
        }
        return rows.Count == 0 ? null : new Predictions(Cohort.Classes, rows);
    }

    private Predictions Table(IEnumerable<(CohortRow Row, double Score)> scores)
    {
        var column = Cohort.Classes.ToList().IndexOf(positive);
        return new Predictions(
            Cohort.Classes,
            [.. scores.Select(s => Row(s.Row, column == 1 ? [1 - s.Score, s.Score] : [s.Score, 1 - s.Score]))]
        );
    }

    private Prediction Row(CohortRow row, double[] p) =>
        new(row.Image, row.Patient, row.Label, Cohort.Classes[p[1] > p[0] ? 1 : 0], p);
}
