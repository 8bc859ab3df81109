using System.Security.Cryptography;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;

namespace Coverslip.Methods.TumorDetection;

/// <summary>
/// Slides and image files as a session sees them: patches of the training patients train, patches of the validation
/// patients validate, and the test patients' slides are predicted whole.
/// </summary>
public sealed class SlideTrainingData : ITrainingData, IDisposable
{
    private const string ValidationFolder = "validation";
    private readonly TumorDetectionRecipe recipe;
    private readonly CohortSlides slides;
    private readonly InputStain? stain;
    private readonly WindowPixels pixels;
    private readonly ITestProgress progress;
    private readonly string positive;

    private SlideTrainingData(
        TumorDetectionRecipe recipe,
        CohortSlides slides,
        (InputStain? Stain, WindowPixels Pixels) form,
        string positive,
        ITestProgress progress
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
    /// <param name="cohort">Of two classes.</param>
    /// <param name="stain">What patches are brought to; null for none.</param>
    /// <param name="progress">Told of what takes long.</param>
    /// <exception cref="InvalidDataException">See <see cref="CohortSlides.Open"/>.</exception>
    public static SlideTrainingData Open(
        TumorDetectionRecipe recipe,
        Cohort cohort,
        InputStain? stain,
        ITestProgress progress
    )
    {
        if (cohort.Classes.Count != 2)
            throw new InvalidDataException(
                $"{cohort.Path} has the classes {string.Join(", ", cohort.Classes)}; tumor detection tells two apart, such as "
                    + "normal and tumor"
            );
        var positive = recipe.Decision.PositiveOf(cohort.Classes)!;
        var pixels = new WindowPixels(recipe.Input.Width, recipe.Input.Height, stain);
        var input = new PatchInput(pixels, recipe.Views, cohort.Classes.ToList().IndexOf(positive));
        var slides = CohortSlides.Open(cohort, recipe.Patches, input, recipe.Input.Width, progress.Opened);
        return new SlideTrainingData(recipe, slides, (stain, pixels), positive, progress);
    }

    public Cohort Cohort => slides.Cohort;

    /// <summary>The cohort's slides and image files.</summary>
    public CohortSlides Slides => slides;

    public ImageFacts Facts => new(3, 1, 1, recipe.Patches.Mpp, Cohort.Rows.Count) { StainsKept = pixels.StainsKept };

    public FitOutcome Fit(IModel model, SessionPart part, ITrainingProgress training, CancellationToken stop)
    {
        if (model is EnsembleModel ensemble)
            return ensemble.Take(EnsembleMembers.Of(recipe, part), part.Run);
        return model.Fit(slides.Examples(recipe, recipe.Patches, part), part.Run, training, stop);
    }

    public Predictions? Judge(IModel model, SessionPart part, SplitSide side, CancellationToken stop)
    {
        // Validation slides are predicted whole only for the threshold: patches chose the epoch.
        if (side == SplitSide.Train || (side == SplitSide.Validation && !recipe.Decision.ThresholdFromValidation))
            return null;
        var tested = slides.Of(part, side);
        model.PrepareToPredict();
        string Folder(string run) => side == SplitSide.Test ? run : Path.Combine(run, ValidationFolder);
        var testing = new SlideTest(ModelOf(model, part), recipe.Test, Folder(part.Run.Path), progress);
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

    public void Dispose() => slides.Dispose();

    private SlideModel ModelOf(IModel model, SessionPart part)
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
        // Weights alone tell models of one recipe apart: what else run.json will say is not known yet.
        var weights = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(part.Run.Best)));
        var orientations = recipe.Test.Orientations;
        return new SlideModel(
            window,
            $"{weights}, {stain?.Key}, {window}, orientations {orientations}",
            positive,
            windows => [.. model.Probabilities(windows, orientations).Select(p => p[column])]
        );
    }

    /// <summary>Image files one by one; null where there are none.</summary>
    private Predictions? Images(IModel model, IReadOnlyList<ImageSource> sources, CancellationToken stop)
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

/// <summary>Told what a run on slides is at, beside its training.</summary>
public interface ITestProgress
{
    /// <summary>After a slide was opened: how many are.</summary>
    void Opened(int slides);

    /// <summary>After windows of a test slide: how many of how many are predicted.</summary>
    void Predicted(string slide, int done, int windows);

    /// <summary>After a test slide, with its line.</summary>
    void Finished(HeatmapOutcome outcome);
}
