using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Inputs;

/// <summary>The split that a recipe draws where none is given.</summary>
public sealed record SplitOptions
{
    /// <summary>
    /// Folds of a stratified cross-validation by patient; 5 by default, 0 for repeated random splits.
    /// </summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// Five draws of 70 % of each class's patients to train and 30 % to test instead, as published with BreakHis; false
    /// by default.
    /// </summary>
    public bool BreakHis { get; init; }

    /// <summary>Random splits; 20 by default, as published.</summary>
    public int Repeats { get; init; } = 20;

    /// <summary>
    /// Bounds of the number of test images of a random split, and of validation images; 45-55 by default, as published.
    /// </summary>
    public string Images { get; init; } = "45-55";

    /// <summary>
    /// Share of the training patients that validates, in cross-validation and of <see cref="BreakHis"/>; 0.2 by default.
    /// </summary>
    public double ValidationShare { get; init; } = 0.2;

    /// <summary>
    /// Above 1: so many parts that all are the first one's division of patients, so that only the seed differs, as where a
    /// method is trained three times with other initial weights; 1 by default.
    /// </summary>
    public int Seeds { get; init; } = 1;

    /// <summary>
    /// A further column of the cohort that says <c>train</c> or <c>test</c> of every patient; empty, the default: drawn.
    /// </summary>
    public string Column { get; init; } = "";

    /// <summary>
    /// So many patients train and validate in each part, and the others of these sides are left out, see
    /// <see cref="FewerPatients"/>; 0, the default: all.
    /// </summary>
    public int TrainPatients { get; init; }

    /// <summary>Draws the split of a cohort.</summary>
    /// <exception cref="RecipeException">The bounds cannot be read.</exception>
    /// <exception cref="NoSuchSplitException">The cohort has no such split.</exception>
    public Split Draw(Cohort cohort, long seed)
    {
        var split = DrawOnce(cohort, seed);
        if (Seeds > 1)
            split = new Split(SplitKind.Random, split.CohortHash, seed, [.. Enumerable.Repeat(split.Parts[0], Seeds)]);
        return TrainPatients == 0
            ? split
            : FewerPatients.Of(split, TrainPatients, cohort.PatientImages, ValidationShare);
    }

    private Split DrawOnce(Cohort cohort, long seed)
    {
        if (Column.Length > 0)
            return new Split(
                SplitKind.Random,
                cohort.Hash,
                seed,
                [ColumnSplits.Draw(cohort, Column, ValidationShare, seed)]
            );
        if (BreakHis)
            return new Split(
                SplitKind.BreakHis,
                cohort.Hash,
                seed,
                BreakHisSplits.Draw(cohort.PatientImages, ValidationShare, seed)
            );
        if (Folds > 0)
            return new Split(
                SplitKind.KFold,
                cohort.Hash,
                seed,
                KFoldSplits.Draw(cohort.PatientImages, Folds, ValidationShare, seed)
            );
        if (!ImageBounds.TryParse(Images, out var bounds))
            throw new RecipeException($"split.images is '{Images}'; write bounds such as 45-55");
        return new Split(
            SplitKind.Random,
            cohort.Hash,
            seed,
            RandomSplits.Draw(
                cohort.PatientImages,
                new RandomSplitOptions
                {
                    TestImages = bounds,
                    ValidationImages = bounds,
                    Repeats = Repeats,
                    Seed = seed,
                }
            )
        );
    }

    public static SplitOptions Read(RecipeNode node)
    {
        var standard = new SplitOptions();
        return new SplitOptions
        {
            Folds = node.Int(
                "folds",
                standard.Folds,
                (0, 1000),
                "Folds of a cross-validation by patient; 0: repeated random splits"
            ),
            BreakHis = node.Flag(
                "breakhis",
                standard.BreakHis,
                "Whether five draws with 30 % of the patients of each class in the test part are made instead",
                "Spanhol et al. 2016"
            ),
            Repeats = node.Int("repeats", standard.Repeats, (1, 10_000), "Random splits", "Liu & Sun 2021, sec. 4.1"),
            Images = node.Text(
                "images",
                standard.Images,
                "Bounds of the number of test images, and of validation images, of a random split",
                "Liu & Sun 2021, sec. 4.1"
            ),
            Seeds = node.Int(
                "seeds",
                standard.Seeds,
                (1, 1000),
                "So many parts that are all the first one's division of patients: only the seed differs"
            ),
            Column = node.Text(
                "column",
                standard.Column,
                "Further column of the cohort that says train or test of every patient, instead of drawing; empty: drawn"
            ),
            TrainPatients = node.Int(
                "train_patients",
                standard.TrainPatients,
                (0, 1_000_000),
                "So many patients train and validate in each part, with classes as among all; the others are left out. 0: all"
            ),
            ValidationShare = node.Number(
                "validation_share",
                standard.ValidationShare,
                (0.01, 0.9),
                "Share of the training images whose patients validate, where no random split sets it"
            ),
        };
    }
}
