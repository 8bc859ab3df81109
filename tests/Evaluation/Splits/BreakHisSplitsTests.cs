using Coverslip.Evaluation.Splits;

namespace Coverslip.Evaluation.Tests.Splits;

public sealed class BreakHisSplitsTests
{
    [Fact]
    public void Five_times_seventy_thirty_of_the_patients_of_each_class()
    {
        var patients = Patients.Of([
            .. Enumerable.Range(0, 24).Select(_ => (4, 0)),
            .. Enumerable.Range(0, 58).Select(_ => (4, 1)),
        ]);
        var parts = BreakHisSplits.Draw(patients, 0.25, 1);
        Assert.Equal(5, parts.Count);
        Assert.Equal(5, parts.Select(p => string.Join(',', p.Test)).Distinct().Count());
        foreach (var part in parts)
        {
            Patients.ExpectWhole(patients, part);
            Assert.Equal([7 * 4, 17 * 4], part.ImagesPerClass(patients, SplitSide.Test));
            Assert.InRange(part.Validation.Count, 12, 17);
        }
        Assert.All(BreakHisSplits.Draw(patients, 0, 1), part => Assert.Empty(part.Validation));
    }

    [Fact]
    public void A_class_of_one_patient_is_refused() =>
        Assert.Contains(
            "patient p2 is the only one",
            Assert
                .Throws<NoSuchSplitException>(() => BreakHisSplits.Draw(Patients.Of((1, 0), (1, 0), (1, 1)), 0, 1))
                .Message
        );
}
