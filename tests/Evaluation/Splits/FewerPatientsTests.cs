using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Splits;

public sealed class FewerPatientsTests
{
    [Fact]
    public void Of_random_cohorts_so_many_learn_the_same_are_tested_and_fewer_are_among_more()
    {
        for (var trial = 0; trial < 500; trial++)
        {
            var random = new SeededRandom(trial);
            PatientImages[] patients;
            do patients = Patients.Random(random);
            while (patients.Length < 8);
            var whole = Whole(patients, trial);
            var most = whole.Parts.Min(p => p.Train.Count + p.Validation.Count);
            var few = 2 + random.Below(most - 1);
            var fewer = FewerPatients.Of(whole, few, patients, 0.2);
            var more = FewerPatients.Of(whole, Math.Min(most, few + 1), patients, 0.2);
            foreach (var (i, part) in fewer.Parts.Index())
            {
                Assert.Equal(whole.Parts[i].Test, part.Test);
                var kept = part.Train.Concat(part.Validation).ToArray();
                Assert.Equal(few, kept.Length);
                Assert.NotEmpty(part.Train);
                Assert.NotEmpty(part.Validation);
                Assert.Equal(
                    patients.Select(p => p.Patient).Order(StringComparer.Ordinal),
                    kept.Concat(part.Test).Concat(part.LeftOut!).Order(StringComparer.Ordinal)
                );
                Assert.Empty(kept.Except(more.Parts[i].Train).Except(more.Parts[i].Validation));
            }
        }
    }

    [Fact]
    public void Classes_stay_as_they_are_among_all_and_parts_of_one_division_are_other_draws()
    {
        var patients = Patients.Of([.. Enumerable.Range(0, 90).Select(i => (1 + i % 4, i % 3 == 0 ? 1 : 0))]);
        var one = KFoldSplits.Draw(patients, 3, 0.2, 1)[0];
        var seeds = new Split(SplitKind.Random, "x", 1, [one, one, one]);
        var fewer = FewerPatients.Of(seeds, 12, patients, 0.2);
        foreach (var part in fewer.Parts)
        {
            var learned = part.ImagesPerClass(patients, SplitSide.Train)
                .Zip(part.ImagesPerClass(patients, SplitSide.Validation), (a, b) => a + b)
                .ToArray();
            Assert.InRange(learned[1] / (double)learned.Sum(), 0.25, 0.42); // 1/3 of all
        }
        Assert.Equal(
            3,
            fewer.Parts.Select(p => string.Join(' ', p.Train.Concat(p.Validation).Order())).Distinct().Count()
        );
    }

    /// <summary>Also where no two patients are alike, and some would always fit best.</summary>
    [Fact]
    public void Draws_of_one_division_have_few_patients_in_common()
    {
        var random = new SeededRandom(3);
        PatientImages[] patients =
        [
            .. Enumerable
                .Range(0, 180)
                .Select(i => new PatientImages($"p{i}", [1 + random.Below(70), 1 + random.Below(25)])),
        ];
        var one = KFoldSplits.Draw(patients, 3, 0.2, 1)[0];
        var draws = FewerPatients
            .Of(new Split(SplitKind.Random, "x", 1, [.. Enumerable.Repeat(one, 5)]), 10, patients, 0.2)
            .Parts.Select(p => p.Train.Concat(p.Validation).ToHashSet())
            .ToArray();
        // Of 120 patients 10 at random have one in common with 10 others.
        foreach (var (i, draw) in draws.Index())
        foreach (var other in draws[..i])
            Assert.InRange(draw.Count(other.Contains), 0, 4);
    }

    [Fact]
    public void More_than_there_are_is_refused_with_the_number()
    {
        var patients = Patients.Of([.. Enumerable.Range(0, 9).Select(i => (1, i % 2))]);
        var error = Assert.Throws<NoSuchSplitException>(() => FewerPatients.Of(Whole(patients, 1), 7, patients, 0.2));
        Assert.Contains("7 patients to train and validate; part 1 has 6 beside its 3 test patients", error.Message);
    }

    private static Split Whole(PatientImages[] patients, long seed) =>
        new(SplitKind.KFold, "x", seed, KFoldSplits.Draw(patients, 3, 0.2, seed));
}
