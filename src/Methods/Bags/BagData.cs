using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>A cohort's bags as a session sees them; a bag stands in tables under its first image.</summary>
/// <param name="recipe">The recipe.</param>
/// <param name="cohort">Of which each bag has one label.</param>
/// <param name="features">Instances of the bags.</param>
/// <param name="facts">What is known of the images.</param>
internal sealed class BagData(BagsRecipe recipe, Cohort cohort, IBagFeatures features, ImageFacts facts)
    : TrainingData<BagModel>
{
    /// <summary>Writes heatmaps of test slides; null (default) of what are no whole slides.</summary>
    internal BagSlideTest? Test { get; init; }

    public override Cohort Cohort => cohort;

    public override ImageFacts Facts => facts;

    protected override BagModel Untrained(Device device) =>
        new BagModel(recipe, cohort.Classes.Count, device).Begin(features.Numbers);

    protected override FitOutcome Fit(
        BagModel model,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        var task = new BagTask(
            recipe,
            features,
            Bags(part, SplitSide.Train),
            Bags(part, SplitSide.Validation),
            part.Seed
        )
        {
            Classes = cohort.Classes.Count,
        };
        return model.Fit(task, part.Run, progress, stop);
    }

    protected override Predictions? Judge(BagModel model, SessionPart part, SplitSide side, CancellationToken stop)
    {
        var bags = Bags(part, side);
        if (bags.Count == 0 && side == SplitSide.Validation)
            return null;
        if (side == SplitSide.Test && recipe.Bags.Of == BagOf.Slide)
            Test?.Run(model, part, [.. bags.Select(b => b.First)], stop);
        return BagTable.Of(
            cohort.Classes,
            bags,
            [
                .. bags.Select(bag =>
                {
                    stop.ThrowIfCancellationRequested();
                    return model.Predict(features, bag, stop).Probabilities;
                }),
            ]
        );
    }

    public override void Dispose()
    {
        features.Dispose();
        base.Dispose();
    }

    private IReadOnlyList<Bag> Bags(SessionPart part, SplitSide side) =>
        Bag.Of(cohort, part.Split.Rows(cohort, side), recipe.Bags.Of, cohort.Classes);
}

/// <summary>Bags as rows of a predictions file.</summary>
internal static class BagTable
{
    /// <summary>A row to each bag, under its first image; decided for the most probable class.</summary>
    internal static Predictions Of(
        IReadOnlyList<string> classes,
        IReadOnlyList<Bag> bags,
        IReadOnlyList<double[]> probabilities
    )
    {
        foreach (var (bag, row) in bags.Zip(probabilities))
            Predictor.CheckFinite(bag.First.Image, classes, row);
        return new Predictions(
            classes,
            [
                .. bags.Zip(
                    probabilities,
                    (bag, p) =>
                        new Prediction(
                            bag.First.Image,
                            bag.First.Patient,
                            bag.Class < 0 ? "" : bag.Label,
                            classes[Array.IndexOf(p, p.Max())],
                            p
                        )
                ),
            ]
        );
    }
}
