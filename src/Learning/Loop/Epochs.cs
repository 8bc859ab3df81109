using Coverslip.Evaluation.Metrics;

namespace Coverslip.Learning.Loop;

/// <summary>A loss and its parts, as numbers.</summary>
public readonly record struct LossParts(double Total, double Class, double Reconstruction)
{
    /// <summary>A loss of one part.</summary>
    public LossParts(double loss)
        : this(loss, loss, 0) { }
}

/// <summary>Mean of losses over examples.</summary>
public sealed class MeanLoss
{
    private double total,
        classes,
        reconstruction;

    public long Examples { get; private set; }

    public LossParts Value =>
        new(total / Math.Max(Examples, 1), classes / Math.Max(Examples, 1), reconstruction / Math.Max(Examples, 1));

    public void Add(StepLoss step)
    {
        total += step.Loss.Total * step.Examples;
        classes += step.Loss.Class * step.Examples;
        reconstruction += step.Loss.Reconstruction * step.Examples;
        Examples += step.Examples;
    }
}

/// <summary>What validation said.</summary>
/// <param name="Loss">Mean loss.</param>
/// <param name="Accuracy">
/// Share of images whose most probable class is theirs; of findings, the share of right answers at one half.
/// </param>
/// <param name="Auc">Area under the ROC curve: of the second class, or the mean of one against the rest, or over findings;
/// NaN with one class only.</param>
public sealed record Judged(LossParts Loss, double Accuracy, double Auc)
{
    /// <summary>Average precision of the class that is looked for; NaN where nobody says which, or none of it is there.</summary>
    public double PrecisionRecallArea { get; init; } = double.NaN;

    /// <param name="mean">Losses.</param>
    /// <param name="labels">True classes.</param>
    /// <param name="probabilities">[labels][classes].</param>
    /// <param name="positive">The class that is looked for, of two; null, the default, where nobody says which.</param>
    public static Judged Of(
        MeanLoss mean,
        IReadOnlyList<int> labels,
        IReadOnlyList<double[]> probabilities,
        int? positive = null
    )
    {
        var right = 0;
        for (var i = 0; i < labels.Count; i++)
            if (Array.IndexOf(probabilities[i], probabilities[i].Max()) == labels[i])
                right++;
        var classes = probabilities[0].Length;
        var areas = new List<double>();
        for (var c = classes == 2 ? 1 : 0; c < classes; c++)
            if (Areas(c).Auc is not double.NaN and var area)
                areas.Add(area);
        return new Judged(mean.Value, (double)right / labels.Count, areas.Count == 0 ? double.NaN : areas.Average())
        {
            PrecisionRecallArea = positive is { } looked ? Areas(looked).AveragePrecision : double.NaN,
        };

        RankAreas Areas(int of) =>
            new RankedScores([.. probabilities.Select(p => p[of])], [.. labels.Select(l => l == of)]).Areas(null);
    }

    internal static Judged OfFindings(
        MeanLoss mean,
        IReadOnlyList<IReadOnlyList<bool>> shown,
        IReadOnlyList<double[]> probabilities
    )
    {
        var (right, areas, findings) = (0, new List<double>(), shown[0].Count);
        for (var f = 0; f < findings; f++)
        {
            bool[] shows = [.. shown.Select(s => s[f])];
            double[] scores = [.. probabilities.Select(p => p[f])];
            right += shows.Zip(scores).Count(i => i.First == i.Second >= 0.5);
            if (shows.Contains(true) && shows.Contains(false))
                areas.Add(RankedScores.Auc(scores, shows));
        }
        return new Judged(
            mean.Value,
            (double)right / (findings * shown.Count),
            areas.Count == 0 ? double.NaN : areas.Average()
        );
    }

    /// <summary>The figure that decides, the greater the better.</summary>
    public double Figure(BestBy by) =>
        by switch
        {
            BestBy.Accuracy => Accuracy,
            BestBy.Auc => double.IsNaN(Auc) ? -Loss.Total : Auc,
            _ => -Loss.Total,
        };
}

/// <summary>One epoch's row of metrics.csv.</summary>
/// <param name="Epoch">From 0.</param>
/// <param name="Seconds">Training and validation time since the run began.</param>
/// <param name="Rate">Learning rate of the last step; of several models the first one's.</param>
/// <param name="Training">Mean training loss.</param>
/// <param name="Validation">What validation said; null without validation images.</param>
/// <param name="Moved">How far the weights stand from where they began, relative to their length; of several
/// models those that moved most.</param>
public sealed record EpochRow(
    int Epoch,
    double Seconds,
    double Rate,
    MeanLoss Training,
    Judged? Validation,
    double Moved
)
{
    /// <summary>Time of the training steps.</summary>
    public Pace? Pace { get; init; }

    /// <summary>Processor time of all threads in this epoch, in seconds.</summary>
    public double Processor { get; init; }

    /// <summary>Columns beyond those of every training; none by default.</summary>
    public IReadOnlyList<(string Name, double Value)> Further { get; init; } = [];
}

/// <summary>Told how a training goes.</summary>
public interface ITrainingProgress
{
    /// <summary>After every step.</summary>
    void Step(int epoch, int step, int steps, MeanLoss soFar);

    /// <summary>After every epoch.</summary>
    void Epoch(EpochRow row, RunState state);

    /// <summary>Before a stage of a method that trains several models, one after the other.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="epochs">Its epochs; 0 where it has none.</param>
    void Stage(string name, int epochs) { }

    /// <summary>After the features of every image, in a method that has features and no epochs.</summary>
    void Described(int done, int images) { }

    /// <summary>With a line on the settings that were chosen on validation images.</summary>
    void Chosen(string settings) { }
}
