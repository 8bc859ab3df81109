using System.Text.Json.Serialization;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Splits;

/// <summary>How a split was made.</summary>
public enum SplitKind
{
    /// <summary>Drawn at random again and again; a patient may be tested several times or never.</summary>
    Random,

    /// <summary>k folds: every patient is tested exactly once.</summary>
    KFold,

    /// <summary>
    /// Five draws of 70 % of the patients for training and 30 % for testing, as published with BreakHis.
    /// </summary>
    BreakHis,
}

/// <summary>One of the three sides of a part.</summary>
public enum SplitSide
{
    /// <summary>What the model learns from.</summary>
    Train,

    /// <summary>What the best epoch and the decision threshold are chosen on.</summary>
    Validation,

    /// <summary>What figures are reported on.</summary>
    Test,
}

/// <summary>
/// One division of a cohort's patients (one repeat or one fold), of all but those left out on purpose, in ordinal order; of an image-wise split, of all
/// its images by their paths.
/// </summary>
public sealed record SplitPart(
    IReadOnlyList<string> Train,
    IReadOnlyList<string> Validation,
    IReadOnlyList<string> Test
)
{
    /// <summary>Whether images and not patients are divided, so that patients stand on several sides.</summary>
    [JsonIgnore]
    public bool ImageWise { get; init; }

    /// <summary>Patients on none of the sides, on purpose, see <see cref="FewerPatients"/>; null: there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>The patients of a side; of an image-wise part its images.</summary>
    public IReadOnlyList<string> this[SplitSide side] =>
        side switch
        {
            SplitSide.Train => Train,
            SplitSide.Validation => Validation,
            _ => Test,
        };

    /// <summary>The images of a side, in the order of the cohort.</summary>
    public IReadOnlyList<CohortRow> Rows(Cohort cohort, SplitSide side)
    {
        var chosen = this[side].ToHashSet();
        return [.. cohort.Rows.Where(row => chosen.Contains(UnitOf(row)))];
    }

    /// <summary>Patients with images on more than one side: none, unless the part is image-wise.</summary>
    public IReadOnlyList<string> SharedPatients(Cohort cohort) =>
        [
            .. Enum.GetValues<SplitSide>()
                .SelectMany(side => Rows(cohort, side).Select(row => row.Patient).Distinct())
                .CountBy(patient => patient)
                .Where(count => count.Value > 1)
                .Select(count => count.Key)
                .Order(StringComparer.Ordinal),
        ];

    private string UnitOf(CohortRow row) => ImageWise ? row.Image : row.Patient;

    internal static SplitPart Of(
        IEnumerable<PatientImages> train,
        IEnumerable<PatientImages> validation,
        IEnumerable<PatientImages> test
    )
    {
        static string[] Names(IEnumerable<PatientImages> patients) =>
            [.. patients.Select(p => p.Patient).Order(StringComparer.Ordinal)];
        return new SplitPart(Names(train), Names(validation), Names(test));
    }
}

/// <summary>No split has what was asked for. The message names the nearest or what is in the way.</summary>
public sealed class NoSuchSplitException(string message) : Exception(message);
