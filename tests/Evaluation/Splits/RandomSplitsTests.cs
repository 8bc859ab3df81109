using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Splits;

public sealed class RandomSplitsTests
{
    [Fact]
    public void Thousands_of_random_cohorts_keep_patients_whole_and_sizes_within_bounds_or_say_that_they_cannot()
    {
        var (made, refusedSizes, refusedClasses) = (0, 0, 0);
        for (var trial = 0; trial < 3000; trial++)
        {
            var random = new SeededRandom(trial);
            var patients = Patients.Random(random);
            var options = RandomOptions(patients, random);
            try
            {
                foreach (var part in RandomSplits.Draw(patients, options))
                {
                    ExpectAsAsked(patients, part, options);
                    made++;
                }
            }
            catch (NoSuchSplitException error) when (error.Message.Contains("the nearest has"))
            {
                refusedSizes++;
                if (patients.Length <= 9)
                    ExpectNearest(patients, options, error.Message);
            }
            catch (NoSuchSplitException error)
            {
                Assert.False(options.AllowMissingClass, error.Message);
                Assert.Contains("--allow-missing-class", error.Message);
                refusedClasses++;
            }
        }
        // The trials reach all three outcomes.
        Assert.True(
            made > 1000 && refusedSizes > 100 && refusedClasses > 100,
            $"{made} {refusedSizes} {refusedClasses}"
        );
    }

    [Fact]
    public void Finds_the_only_split_there_is()
    {
        // Only 64 + 32 + 1 make 97 test images, and only 16 + 2 make 18 for validation.
        var patients = Patients.Of(
            (1, 0),
            (2, 0),
            (4, 0),
            (8, 0),
            (16, 0),
            (32, 0),
            (64, 0),
            (128, 0),
            (256, 0),
            (512, 0),
            (1024, 0)
        );
        var part = Assert.Single(
            RandomSplits.Draw(
                patients,
                new RandomSplitOptions
                {
                    TestImages = new(97, 97),
                    ValidationImages = new(18, 18),
                    Repeats = 1,
                    Seed = 1,
                }
            )
        );
        Assert.Equal(["p0", "p5", "p6"], part.Test);
        Assert.Equal(["p1", "p4"], part.Validation);
    }

    [Fact]
    public void Says_what_the_nearest_has()
    {
        var options = new RandomSplitOptions
        {
            TestImages = new(3, 4),
            ValidationImages = new(0, 0),
            Seed = 1,
        };
        var error = Assert.Throws<NoSuchSplitException>(() =>
            RandomSplits.Draw(Patients.Of((10, 0), (7, 1), (10, 0), (7, 1)), options with { AllowMissingClass = true })
        );
        Assert.Contains("no such split exists: 34 images of 4 patients", error.Message);
        Assert.Contains("the nearest has 7 test and 0 validation images", error.Message);
    }

    [Fact]
    public void The_seed_decides_and_the_order_of_patients_does_not()
    {
        var random = new SeededRandom(5);
        var patients = Enumerable
            .Range(0, 20)
            .Select(i => new PatientImages($"p{i}", [1 + random.Below(9), random.Below(9)]))
            .ToArray();
        var options = new RandomSplitOptions
        {
            TestImages = new(20, 40),
            ValidationImages = new(10, 30),
            Repeats = 6,
            Seed = 3,
        };
        static string Text(IReadOnlyList<SplitPart> parts) =>
            string.Join(';', parts.Select(p => string.Join(',', p.Test) + "|" + string.Join(',', p.Validation)));
        var drawn = Text(RandomSplits.Draw(patients, options));
        Assert.Equal(drawn, Text(RandomSplits.Draw([.. patients.Reverse()], options)));
        Assert.NotEqual(drawn, Text(RandomSplits.Draw(patients, options with { Seed = 4 })));
        Assert.Equal(6, drawn.Split(';').Distinct().Count());
    }

    [Fact]
    public void Validation_holds_every_class_where_it_can()
    {
        var patients = Patients.Of([.. Enumerable.Range(0, 12).Select(i => (5, i % 2))]);
        var options = new RandomSplitOptions
        {
            TestImages = new(20, 20),
            ValidationImages = new(10, 10),
            Repeats = 30,
            Seed = 1,
        };
        foreach (var part in RandomSplits.Draw(patients, options))
            Assert.DoesNotContain(0, part.ImagesPerClass(patients, SplitSide.Validation));
        // Five images are one patient, who has one class.
        var small = RandomSplits.Draw(patients, options with { ValidationImages = new(5, 5) });
        Assert.All(small, part => Assert.Contains(0, part.ImagesPerClass(patients, SplitSide.Validation)));
    }

    [Fact]
    public void Every_patient_comes_to_be_tested()
    {
        var patients = Patients.Of([.. Enumerable.Range(0, 10).Select(i => (1 + i, i % 2))]);
        var parts = RandomSplits.Draw(
            patients,
            new RandomSplitOptions
            {
                TestImages = new(10, 20),
                ValidationImages = new(5, 15),
                Repeats = 60,
                Seed = 1,
            }
        );
        Assert.Equal(10, parts.SelectMany(p => p.Test).Distinct().Count());
        Assert.Equal(10, parts.SelectMany(p => p.Validation).Distinct().Count());
        Assert.Equal(10, parts.SelectMany(p => p.Train).Distinct().Count());
    }

    private static RandomSplitOptions RandomOptions(PatientImages[] patients, SeededRandom random)
    {
        var all = patients.Sum(p => p.Total);
        var test = 1 + random.Below(Math.Max(1, all / 2));
        var validation = random.Below(Math.Max(1, all / 3));
        return new RandomSplitOptions
        {
            TestImages = new(test, test + random.Below(4)),
            ValidationImages = new(validation, validation + random.Below(4)),
            Repeats = 2,
            AllowMissingClass = random.Below(2) == 0,
            Seed = random.Below(1000),
        };
    }

    private static void ExpectAsAsked(PatientImages[] patients, SplitPart part, RandomSplitOptions options)
    {
        Patients.ExpectWhole(patients, part);
        Assert.True(options.TestImages.Hold(part.ImagesPerClass(patients, SplitSide.Test).Sum()));
        Assert.True(options.ValidationImages.Hold(part.ImagesPerClass(patients, SplitSide.Validation).Sum()));
        Assert.NotEmpty(part.Train);
        if (options.AllowMissingClass)
            return;
        var all = PatientImages.Sum(patients, patients[0].PerClass.Count);
        foreach (var side in new[] { SplitSide.Train, SplitSide.Test })
            Assert.DoesNotContain(part.ImagesPerClass(patients, side).Zip(all), c => c.First == 0 && c.Second > 0);
    }

    /// <summary>Tries all 3^n divisions.</summary>
    private static void ExpectNearest(PatientImages[] patients, RandomSplitOptions options, string message)
    {
        var all = patients.Sum(p => p.Total);
        var nearest = int.MaxValue;
        void Try(int patient, int test, int validation)
        {
            if (patient < patients.Length)
            {
                Try(patient + 1, test, validation);
                Try(patient + 1, test + patients[patient].Total, validation);
                Try(patient + 1, test, validation + patients[patient].Total);
            }
            else if (test > 0 && test + validation < all)
            {
                nearest = Math.Min(
                    nearest,
                    options.TestImages.Distance(test) + options.ValidationImages.Distance(validation)
                );
            }
        }
        Try(0, 0, 0);
        var words = message[message.IndexOf("the nearest has", StringComparison.Ordinal)..].Split(' ');
        Assert.NotEqual(0, nearest);
        Assert.Equal(
            nearest,
            options.TestImages.Distance(int.Parse(words[3])) + options.ValidationImages.Distance(int.Parse(words[6]))
        );
    }
}
