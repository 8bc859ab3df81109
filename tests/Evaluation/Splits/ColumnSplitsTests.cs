using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;

namespace Coverslip.Evaluation.Tests.Splits;

/// <summary>Divisions that a column of the cohort brings.</summary>
public sealed class ColumnSplitsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Patients_stand_on_the_side_that_the_column_says_and_some_of_training_validate()
    {
        var cohort = Load([.. Enumerable.Range(0, 10).Select(i => ($"p{i}", i < 7 ? "train" : "test"))]);
        var part = ColumnSplits.Draw(cohort, "side", 0.3, seed: 1);
        Assert.Equal(["p7", "p8", "p9"], part.Test);
        Assert.Equal(2, part.Validation.Count);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"p{i}"), part.Train.Concat(part.Validation).Order());
        Assert.Equal(part.Validation, ColumnSplits.Draw(cohort, "side", 0.3, seed: 1).Validation);
        new Split(SplitKind.Random, cohort.Hash, 1, [part]).Check(cohort, "drawn");
    }

    [Theory]
    [InlineData("fold", "train", "has no column 'fold'")]
    [InlineData("side", "tain", "side is 'tain'; expected is train or test")]
    [InlineData("side", "train", "patient p1 would train and test")]
    public void A_column_that_divides_nobody_is_refused(string column, string last, string message)
    {
        var cohort = Load(("p0", "train"), ("p1", "test"), ("p1", last));
        var error = Assert.Throws<NoSuchSplitException>(() => ColumnSplits.Draw(cohort, column, 0, 1));
        Assert.Contains(message, error.Message);
    }

    private Cohort Load(params (string Patient, string Side)[] rows)
    {
        var lines = rows.Select(
            (r, i) =>
            {
                File.WriteAllText(Path.Combine(folder, $"{i}.png"), $"{i}");
                return $"{i}.png,{(i % 2 == 0 ? "a" : "b")},{r.Patient},{r.Side}\n";
            }
        );
        var path = Path.Combine(folder, "cohort.csv");
        File.WriteAllText(path, "image,label,patient,side\n" + string.Concat(lines));
        return Cohort.Load(path, CohortChecks.Table);
    }
}
