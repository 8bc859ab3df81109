using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Masks;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

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
    /// <summary>What they look like; null where they are slides.</summary>
    public ImageLooks? Looks { get; init; }

    /// <summary>Images whose mask held nothing valid.</summary>
    public int EmptyMasks { get; init; }

    /// <summary>Thresholds of computed masks; null without.</summary>
    public MaskRules? MaskRules { get; init; }

    /// <summary>Images whose stain could not be measured and that were used as they are.</summary>
    public int StainsKept { get; init; }
}

/// <summary>What a session trains on and what it judges: image files, or slides.</summary>
public interface ITrainingData : IDisposable
{
    Cohort Cohort { get; }

    /// <summary>As far as they are known by now.</summary>
    /// <exception cref="InvalidDataException">A resolution that cannot be recorded.</exception>
    ImageFacts Facts { get; }

    /// <summary>The same as a part's models see the images.</summary>
    /// <param name="part">Its number, from 1.</param>
    ImageFacts FactsOf(int part) => Facts;

    /// <summary>Masks of image files; null, the default, without.</summary>
    PreparedMasks? Masks => null;

    /// <summary>Leaves in a run's folder what its data hold beyond the cohort; nothing by default.</summary>
    void Record(string folder) { }

    /// <summary>A part with a model that has learned nothing yet.</summary>
    ITrainingPart Begin(SessionPart part, Device device);
}

/// <summary>A part of a split with its model, as it learns and is judged.</summary>
public interface ITrainingPart : IDisposable
{
    /// <inheritdoc cref="IModel.Parameters"/>
    long Parameters { get; }

    /// <summary>What the model's own sets promise, see <see cref="ICallsSets"/>; null where it has none.</summary>
    ConformalThreshold? Promise => null;

    /// <summary>Lets the model learn from the part's training patients, or go on.</summary>
    /// <exception cref="InvalidDataException">There is nothing to learn from; the message says why.</exception>
    FitOutcome Fit(ITrainingProgress progress, CancellationToken stop);

    /// <summary>What its network learns from and is validated on; null, the default, of a model that is no network.</summary>
    IExamples? Examples() => null;

    /// <summary>
    /// What the model says of a side of the part, by the most probable class; null where it has nothing to be judged on, or
    /// says nothing of whole images and has written its figures itself. Test images have the model's own sets, where it has any.
    /// </summary>
    Predictions? Judge(SplitSide side, CancellationToken stop);

    /// <summary>Where the model sees its classes in the part's test images; null where it does not say.</summary>
    IEnumerable<ActivationMap>? Maps(CancellationToken stop);

    /// <summary>
    /// What the model makes of test images on the way to its answer, of some with pictures; null, the default, where it does
    /// not show it.
    /// </summary>
    IEnumerable<InnerView>? Inside(CancellationToken stop) => null;

    /// <summary>
    /// Features of the images of a side of the part, as <see cref="IDescribesImages"/> gives them, of every test image and of
    /// some of very many others; null where it gives none.
    /// </summary>
    IReadOnlyList<(CohortRow Row, float[] Features)>? Features(SplitSide side, CancellationToken stop) => null;
}

/// <summary>The data of a method with models of one kind.</summary>
/// <typeparam name="TModel">The kind.</typeparam>
public abstract class TrainingData<TModel> : ITrainingData
    where TModel : IModel
{
    public abstract Cohort Cohort { get; }

    public abstract ImageFacts Facts { get; }

    public ITrainingPart Begin(SessionPart part, Device device) => new Part(this, part, Untrained(device));

    public virtual void Record(string folder) { }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>A model that has learned nothing yet, on a device.</summary>
    protected abstract TModel Untrained(Device device);

    /// <inheritdoc cref="ITrainingPart.Fit"/>
    protected abstract FitOutcome Fit(
        TModel model,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    );

    /// <inheritdoc cref="ITrainingPart.Examples"/>
    protected virtual IExamples? Examples(TModel model, SessionPart part) => null;

    /// <inheritdoc cref="ITrainingPart.Judge"/>
    protected abstract Predictions? Judge(TModel model, SessionPart part, SplitSide side, CancellationToken stop);

    /// <inheritdoc cref="ITrainingPart.Maps"/>
    protected virtual IEnumerable<ActivationMap>? Maps(TModel model, SessionPart part, CancellationToken stop) => null;

    /// <inheritdoc cref="ITrainingPart.Inside"/>
    protected virtual IEnumerable<InnerView>? Inside(TModel model, SessionPart part, CancellationToken stop) => null;

    /// <inheritdoc cref="ITrainingPart.Features"/>
    protected virtual IReadOnlyList<(CohortRow Row, float[] Features)>? Features(
        TModel model,
        SessionPart part,
        SplitSide side,
        CancellationToken stop
    ) => null;

    private sealed class Part(TrainingData<TModel> data, SessionPart part, TModel model) : ITrainingPart
    {
        public long Parameters => model.Parameters;

        public ConformalThreshold? Promise => (model as ICallsSets)?.Promise;

        public FitOutcome Fit(ITrainingProgress progress, CancellationToken stop) =>
            data.Fit(model, part, progress, stop);

        public IExamples? Examples() => data.Examples(model, part);

        public Predictions? Judge(SplitSide side, CancellationToken stop) => data.Judge(model, part, side, stop);

        public IEnumerable<ActivationMap>? Maps(CancellationToken stop) => data.Maps(model, part, stop);

        public IEnumerable<InnerView>? Inside(CancellationToken stop) => data.Inside(model, part, stop);

        public IReadOnlyList<(CohortRow Row, float[] Features)>? Features(SplitSide side, CancellationToken stop) =>
            data.Features(model, part, side, stop);

        public void Dispose() => model.Dispose();
    }
}
