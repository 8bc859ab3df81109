using Coverslip.Evaluation.Splits;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Splits;

public sealed class KFoldSplitsTests
{
    [Fact]
    public void In_thousands_of_random_cohorts_every_patient_is_tested_once_and_never_on_two_sides()
    {
        for (var trial = 0; trial < 2000; trial++)
        {
            var random = new SeededRandom(trial);
            var patients = Patients.Random(random);
            var folds = 2 + random.Below(Math.Min(9, patients.Length - 1));
            var share = patients.Length - patients.Length / folds < 3 ? 0 : random.Below(4) * 0.1;
            var parts = KFoldSplits.Draw(patients, folds, share, random.Below(100));
            Assert.Equal(folds, parts.Count);
            Assert.Equal(patients.Select(p => p.Patient).Order(), parts.SelectMany(p => p.Test).Order());
            foreach (var part in parts)
            {
                Patients.ExpectWhole(patients, part);
                Assert.NotEmpty(part.Train);
                Assert.NotEmpty(part.Test);
                Assert.Equal(share > 0, part.Validation.Count > 0);
            }
        }
    }

    [Fact]
    public void Classes_are_spread_evenly_by_images()
    {
        var random = new SeededRandom(1);
        var patients = Patients.Of([
            .. Enumerable.Range(0, 60).Select(i => (1 + random.Below(20), i % 3 == 0 ? 1 : 0)),
        ]);
        foreach (var part in KFoldSplits.Draw(patients, 5, 0.2, 1))
        {
            var (test, validation) = (
                part.ImagesPerClass(patients, SplitSide.Test),
                part.ImagesPerClass(patients, SplitSide.Validation)
            );
            for (var c = 0; c < 2; c++)
            {
                var all = patients.Sum(p => p.PerClass[c]);
                Assert.InRange(test[c] / (double)all, 0.17, 0.23);
                Assert.InRange(validation[c] / (double)(all - test[c]), 0.12, 0.28);
            }
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        var patients = Patients.Of([.. Enumerable.Range(0, 20).Select(i => (3, i % 2))]);
        string Text(long seed) =>
            string.Join(';', KFoldSplits.Draw(patients, 4, 0.2, seed).Select(p => string.Join(',', p.Test)));
        Assert.Equal(Text(1), Text(1));
        Assert.NotEqual(Text(1), Text(2));
    }

    [Fact]
    public void More_folds_than_patients_are_refused() =>
        Assert.Contains(
            "the most is 3 folds",
            Assert
                .Throws<NoSuchSplitException>(() => KFoldSplits.Draw(Patients.Of((1, 0), (1, 0), (1, 1)), 4, 0, 1))
                .Message
        );

    [Fact]
    public void One_training_patient_cannot_validate_too() =>
        Assert.Contains(
            "--validation-share 0",
            Assert.Throws<NoSuchSplitException>(() => KFoldSplits.Draw(Patients.Of((1, 0), (1, 1)), 2, 0.2, 1)).Message
        );
}
