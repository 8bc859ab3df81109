using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>One part of a split at work.</summary>
/// <param name="Number">Which, from 0.</param>
/// <param name="Split">Its patients.</param>
/// <param name="Seed">Of whatever is drawn at random in it.</param>
/// <param name="Run">Where its files go.</param>
public sealed record SessionPart(int Number, SplitPart Split, long Seed, RunFolder Run);

/// <summary>What run.json says of the images.</summary>
/// <param name="Channels">Of the images as stored: 1 gray, 3 color.</param>
/// <param name="ScaleLow">Least factor by which they were brought to the network's width.</param>
/// <param name="ScaleHigh">Greatest factor.</param>
/// <param name="Mpp">Microns per pixel as stored; null where nobody said.</param>
/// <param name="Images">How many there are.</param>
public sealed record ImageFacts(int Channels, double ScaleLow, double ScaleHigh, double? Mpp, int Images)
{
    /// <summary>Images whose mask held nothing valid.</summary>
    public int EmptyMasks { get; init; }

    /// <summary>Images whose stain could not be measured and that were used as they are.</summary>
    public int StainsKept { get; init; }
}

/// <summary>What a session trains on and what it judges: image files, or slides.</summary>
public interface ITrainingData
{
    Cohort Cohort { get; }

    /// <summary>As far as they are known by now.</summary>
    /// <exception cref="InvalidDataException">A resolution that cannot be recorded.</exception>
    ImageFacts Facts { get; }

    /// <summary>Lets a model learn from the part's training patients, or go on.</summary>
    /// <exception cref="InvalidDataException">There is nothing to learn from; the message says why.</exception>
    FitOutcome Fit(IModel model, SessionPart part, ITrainingProgress progress, CancellationToken stop);

    /// <summary>
    /// What the model says of a side of the part, by the most probable class; null where it has nothing to be judged on, or
    /// says nothing of whole images and has written its figures itself.
    /// </summary>
    Predictions? Judge(IModel model, SessionPart part, SplitSide side, CancellationToken stop);

    /// <summary>Where the model sees its classes in the part's test images; of models that have maps.</summary>
    IEnumerable<ActivationMap> Maps(IModel model, SessionPart part, CancellationToken stop) =>
        throw new NotSupportedException("such maps are made of image files alone");
}

/// <summary>Image files at the network's size.</summary>
/// <param name="recipe">The recipe.</param>
/// <param name="set">The images.</param>
public sealed class ImageTrainingData(IRecipe recipe, PatchSet set) : ITrainingData
{
    public Cohort Cohort => set.Cohort;

    public ImageFacts Facts =>
        new(
            set.Patches.Max(p => p.Source.Channels),
            set.Patches.Min(p => p.Source.Scale),
            set.Patches.Max(p => p.Source.Scale),
            CohortMpp.Of(set.Cohort),
            set.Patches.Count
        )
        {
            EmptyMasks = set.EmptyMasks,
            StainsKept = set.StainsKept,
        };

    public FitOutcome Fit(IModel model, SessionPart part, ITrainingProgress progress, CancellationToken stop)
    {
        var training = Side(part, SplitSide.Train)
            .Where(p => !(p.Empty && recipe.Input.EmptyMask == EmptyMask.Drop))
            .ToArray();
        if (training.Length == 0)
            throw new InvalidOperationException(
                $"part {part.Number + 1} of the split has no image to train on that has a mask; set input.empty_mask: raw, or other mask rules"
            );
        var task = new FitTask(set, training, Side(part, SplitSide.Validation), part.Seed);
        return model.Fit(task, part.Run, progress, stop);
    }

    public Predictions? Judge(IModel model, SessionPart part, SplitSide side, CancellationToken stop)
    {
        var images = Side(part, side);
        if (images.Count == 0 && side == SplitSide.Validation)
            return null;
        var (classes, probabilities) = (set.Cohort.Classes, model.Probabilities(new PredictionTask(set, images), stop));
        return recipe.Findings is null
            ? Predictor.Table(classes, images, probabilities)
            : Predictor.TableOfFindings(classes, images, probabilities);
    }

    public IEnumerable<ActivationMap> Maps(IModel model, SessionPart part, CancellationToken stop) =>
        model.Maps(new PredictionTask(set, Side(part, SplitSide.Test)), stop);

    private IReadOnlyList<Patch> Side(SessionPart part, SplitSide side)
    {
        var rows = part.Split.Rows(set.Cohort, side).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. set.Patches.Where(p => rows.Contains(p.Row))];
    }
}
