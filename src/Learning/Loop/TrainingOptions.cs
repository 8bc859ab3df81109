using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Loop;

/// <summary>How the learning rate moves.</summary>
public enum RateSchedule
{
    /// <summary>Times a factor per epoch.</summary>
    Exponential,

    /// <summary>Times a factor after every given number of epochs.</summary>
    Step,

    /// <summary>Up during the first quarter, then down to almost nothing (Smith 2018).</summary>
    OneCycle,

    /// <summary>As it is.</summary>
    Constant,
}

/// <summary>Which rule moves the weights.</summary>
public enum OptimizerKind
{
    Adam,
    AdamW,
    Sgd,
    RmsProp,
}

/// <summary>Which validation figure says that a model is the best so far.</summary>
public enum BestBy
{
    Loss,
    Accuracy,
    Auc,
}

/// <summary>How classes of unequal size count.</summary>
public enum ClassWeights
{
    /// <summary>Every image alike.</summary>
    None,

    /// <summary>
    /// Every class alike: images weigh inversely to their class's share. Of findings, the images that show one weigh as
    /// much together as those that do not, up to <see cref="TrainingOptions.MostPositiveWeight"/> each.
    /// </summary>
    Balanced,
}

/// <summary>Whose RMSprop.</summary>
public enum RmsForm
{
    /// <summary>Epsilon beside the root, squares from zero, the rate outside of the momentum.</summary>
    Pytorch,

    /// <summary>Epsilon inside the root, squares from one, the rate inside the momentum.</summary>
    TensorFlow,
}

/// <summary>Numbers in which the forward pass is computed.</summary>
public enum Precision
{
    Float32,
    Bfloat16,

    /// <summary>
    /// Whichever a timing finds faster; a run is begun with what that chose, so that no network computes in it.
    /// </summary>
    Auto,
}

/// <summary>How a run trains. The defaults are the published ones (Liu &amp; Sun 2021, sec. 4.2).</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training images; 300 by default.</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Images per step; 4 by default.</summary>
    public int Batch { get; init; } = 4;

    /// <summary>adam (default), adam-w, sgd or rms-prop.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>First, or in one cycle highest, learning rate; 5e-6 by default.</summary>
    public double Rate { get; init; } = 5e-6;

    /// <summary>exponential (default), step, one-cycle or constant.</summary>
    public RateSchedule Schedule { get; init; }

    /// <summary>The schedule's factor; 0.7 by default.</summary>
    public double Factor { get; init; } = 0.7;

    /// <summary>
    /// Epochs between factors: of the step schedule, or for one whole factor of the exponential; 1 by default.
    /// </summary>
    public double Every { get; init; } = 1;

    /// <summary>
    /// Training examples between factors, instead of <see cref="Every"/>; 0 by default: epochs count.
    /// </summary>
    public int EveryExamples { get; init; }

    /// <summary>
    /// Whether the exponential factor is applied smoothly with every step instead of at the end of an epoch; false by
    /// default.
    /// </summary>
    public bool PerStep { get; init; }

    /// <summary>Epochs without improvement after which training stops; 20 by default, 0 never.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>
    /// Training examples without improvement after which it stops, in whole epochs, instead of <see cref="Patience"/>; 0 by
    /// default: epochs count. Where the rate falls after so many examples, patience has to outlast it.
    /// </summary>
    public int PatienceExamples { get; init; }

    /// <summary>loss (default), accuracy or auc.</summary>
    public BestBy BestBy { get; init; }

    /// <summary>Shrinkage (adam-w) or L2 penalty of the weights; 0 by default.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Momentum of sgd and rms-prop; 0.9 by default.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Decay of the mean square of rms-prop; 0.99 by default, as in PyTorch.</summary>
    public double SquareDecay { get; init; } = 0.99;

    /// <summary>What keeps rms-prop's divisor from zero; 1e-8 by default.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>pytorch (default) or tensor-flow: whose rms-prop.</summary>
    public RmsForm RmsForm { get; init; }

    /// <summary>Longest gradient: longer ones are scaled down to it; 0 (default) leaves them.</summary>
    public double ClipGradient { get; init; }

    /// <summary>float32 (default), bfloat16 or auto.</summary>
    public Precision Precision { get; init; }

    /// <summary>
    /// Whether batch normalization of a training by several processes takes all their images together, as one process would;
    /// true by default. Otherwise each takes its own part's, which is faster, and another training than with one.
    /// </summary>
    public bool SyncBatchNorm { get; init; } = true;

    /// <summary>none (default) or balanced.</summary>
    public ClassWeights ClassWeights { get; init; }

    /// <summary>A finding of one image in a thousand must not make that image the whole gradient.</summary>
    public const double MostPositiveWeight = 20;

    /// <summary>Epochs without improvement after which training stops; 0: never.</summary>
    /// <param name="perEpoch">Training examples of an epoch; null where nobody knows yet.</param>
    public int PatienceIn(long? perEpoch) =>
        PatienceExamples == 0 ? Patience
        : perEpoch is { } each ? (int)((PatienceExamples + each - 1) / each)
        : 0;

    public static TrainingOptions Read(RecipeNode node, TrainingOptions? standard = null, int leastEpochs = 1)
    {
        standard ??= new TrainingOptions();
        return new TrainingOptions
        {
            Epochs = node.Int("epochs", standard.Epochs, (leastEpochs, 1_000_000), "Passes over the training examples"),
            Batch = node.Int(
                "batch",
                standard.Batch,
                (1, 65_536),
                "Examples per step; a last batch of one is left out"
            ),
            Optimizer = node.Word("optimizer", standard.Optimizer, "Which optimizer"),
            Rate = node.Number("rate", standard.Rate, (0, 100), "First learning rate; of one-cycle the highest"),
            Schedule = node.Word(
                "schedule",
                standard.Schedule,
                "Rate times factor per epoch (exponential), after every so many epochs (step), up in the first quarter and down to a 100,000th (one-cycle), or as it is (constant)"
            ),
            Factor = node.Number("factor", standard.Factor, (1e-6, 1), "Factor of exponential and step"),
            Every = node.Number("every", standard.Every, (1e-3, 1e6), "Epochs per factor"),
            EveryExamples = node.Int(
                "every_examples",
                standard.EveryExamples,
                (0, int.MaxValue),
                "Training examples per factor, instead of every; 0: epochs count"
            ),
            PerStep = node.Flag(
                "per_step",
                standard.PerStep,
                "Whether exponential falls with every step instead of at the end of an epoch"
            ),
            Patience = node.Int(
                "patience",
                standard.Patience,
                (0, 1_000_000),
                "Epochs without improvement after which training stops; 0: never"
            ),
            PatienceExamples = node.Int(
                "patience_examples",
                standard.PatienceExamples,
                (0, int.MaxValue),
                "Training examples without improvement after which training stops, in whole epochs, instead of patience; 0: epochs count"
            ),
            BestBy = node.Word(
                "best_by",
                standard.BestBy,
                "Validation figure by which the best epoch is kept; without validation images the last epoch is"
            ),
            WeightDecay = node.Number(
                "weight_decay",
                standard.WeightDecay,
                (0, 10),
                "Shrinkage of the weights (adam-w), or L2 penalty"
            ),
            Momentum = node.Number("momentum", standard.Momentum, (0, 0.9999), "Momentum of sgd and rms-prop"),
            SquareDecay = node.Number(
                "square_decay",
                standard.SquareDecay,
                (0, 0.99999),
                "Decay of the mean square, of rms-prop"
            ),
            Epsilon = node.Number(
                "epsilon",
                standard.Epsilon,
                (1e-12, 1000),
                "What keeps the divisor of rms-prop from zero"
            ),
            RmsForm = node.Word(
                "rms_form",
                standard.RmsForm,
                "Whose rms-prop: TensorFlow's has epsilon inside the root, squares from 1, and the rate inside the momentum"
            ),
            ClipGradient = node.Number(
                "clip_gradient",
                standard.ClipGradient,
                (0, 1e9),
                "Longest gradient over all weights, longer ones are scaled down; 0: unlimited"
            ),
            Precision = node.Word(
                "precision",
                standard.Precision,
                "Numbers of the forward pass; losses and weights stay float32. auto times a batch of each on the run's network, takes bfloat16 where the processor has it and it is 1.25 times as fast, and keeps the choice in the run"
            ),
            SyncBatchNorm = node.Flag(
                "sync_batch_norm",
                standard.SyncBatchNorm,
                "With several processes: whether batch normalization is over the images of all, as with one; otherwise over each one's own, which is faster"
            ),
            ClassWeights = node.Word(
                "class_weights",
                standard.ClassWeights,
                "balanced: images weigh inversely to the share of their class; of findings, those that show one weigh (others / those) times as much, at most 20 times"
            ),
        };
    }
}
