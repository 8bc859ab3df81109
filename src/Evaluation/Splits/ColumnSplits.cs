using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;

namespace Coverslip.Evaluation.Splits;

/// <summary>A division that the cohort brings: a further column says of every patient whether they train or test.</summary>
public static class ColumnSplits
{
    private const string Train = "train";
    private const string Test = "test";

    /// <summary>The one part; the patients that validate are drawn of those that train.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="column">The column; its values are <c>train</c> and <c>test</c>.</param>
    /// <param name="validationShare">Share of the training images whose patients validate instead; 0 for none.</param>
    /// <param name="seed">Of the draw.</param>
    /// <exception cref="NoSuchSplitException">
    /// No such column, another value, a patient with both, or nobody on a side; the message names it.
    /// </exception>
    public static SplitPart Draw(Cohort cohort, string column, double validationShare, long seed)
    {
        var index = cohort.FurtherIndex(column);
        if (index < 0)
            throw new NoSuchSplitException(
                $"{cohort.Path} has no column '{column}' that says who trains and who tests; its further columns are {string.Join(", ", cohort.FurtherColumns)}"
            );
        var sides = new Dictionary<string, string>();
        foreach (var row in cohort.Rows)
        {
            var side = row.Further[index];
            if (side is not (Train or Test))
                throw new NoSuchSplitException(
                    $"{cohort.Path}: row {row.Number}: {column} is '{side}'; expected is {Train} or {Test}"
                );
            if (!sides.TryAdd(row.Patient, side) && sides[row.Patient] != side)
                throw new NoSuchSplitException(
                    $"{cohort.Path}: row {row.Number}: patient {row.Patient} would train and test; give all their images one {column}"
                );
        }
        PatientImages[] Of(string side) => [.. cohort.PatientImages.Where(p => sides[p.Patient] == side)];
        var (training, test) = (Of(Train), Of(Test));
        if (training.Length == 0 || test.Length == 0)
            throw new NoSuchSplitException(
                $"{cohort.Path}: by the column {column} {training.Length} patients train and {test.Length} test; both need one"
            );
        var random = new SeededRandom(seed);
        var validation = ValidationDraw.From(training, validationShare, random);
        return SplitPart.Of(training.Where(p => !validation.Contains(p)), validation, test);
    }
}
