using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Splits;

/// <summary>The leaky split: over images, as large as the one it stands beside, and never without its label.</summary>
public sealed class ImageWiseSplitsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_any_cohort_images_stand_once_in_each_part_and_sides_keep_their_size()
    {
        var random = new SeededRandom(5);
        for (var round = 0; round < 16; round++)
        {
            var cohort = Invented(Patients.Random(random), round);
            var patients = cohort.PatientImages;
            var seed = round * 7L;
            var split = (round % 2) switch
            {
                0 => new Split(
                    SplitKind.KFold,
                    cohort.Hash,
                    seed,
                    KFoldSplits.Draw(patients, Math.Min(3, patients.Count), 0, seed)
                ),
                _ => new Split(SplitKind.Random, cohort.Hash, seed, Halves(patients)),
            };
            var leaky = ImageWiseSplits.Of(split, cohort);
            leaky.Check(cohort, "leaky"); // every image once in a part; of k folds every image tested once
            Assert.True(leaky.ImageWise);
            Assert.False(split.ImageWise);
            foreach (var (before, after) in split.Parts.Zip(leaky.Parts))
            foreach (var side in Enum.GetValues<SplitSide>())
                Assert.Equal(
                    before.Rows(cohort, side).CountBy(r => r.Label).OrderBy(c => c.Key),
                    after.Rows(cohort, side).CountBy(r => r.Label).OrderBy(c => c.Key)
                );
            Assert.True(leaky.SameParts(ImageWiseSplits.Of(split, cohort)), "another draw from the same seed");
        }
    }

    [Fact]
    public void Patients_are_shared_and_the_file_says_so()
    {
        var cohort = Invented(Patients.Of((10, 0), (10, 1), (10, 0), (10, 1)), 0);
        var split = new Split(SplitKind.KFold, cohort.Hash, 3, KFoldSplits.Draw(cohort.PatientImages, 2, 0.4, 3));
        var leaky = ImageWiseSplits.Of(split, cohort);
        Assert.All(split.Parts, part => Assert.Empty(part.SharedPatients(cohort)));
        Assert.All(leaky.Parts, part => Assert.Equal(4, part.SharedPatients(cohort).Count));
        Assert.False(leaky.SameParts(split));

        var path = Path.Combine(folder.Path, "leaky.json");
        leaky.Save(path);
        var text = File.ReadAllText(path);
        Assert.Contains("image-wise: patients are shared, figures inflated", text);
        var loaded = Split.Load(path, cohort);
        Assert.True(loaded.ImageWise);
        Assert.True(loaded.SameParts(leaky));
        Assert.Throws<ArgumentException>(() => ImageWiseSplits.Of(loaded, cohort));

        // Without its label the file is one of patients, and refused as such.
        File.WriteAllText(path, text.Replace("\"image_wise\": true", "\"image_wise\": false"));
        Assert.Contains(
            "is not in the cohort",
            Assert.Throws<InvalidDataException>(() => Split.Load(path, cohort)).Message
        );
    }

    [Theory]
    [InlineData(
        "random",
        """{"train":["0.png","1.png"],"validation":["1.png"],"test":["2.png","3.png"]}""",
        "image 1.png stands twice"
    )]
    [InlineData(
        "random",
        """{"train":["0.png"],"validation":["1.png"],"test":["2.png"]}""",
        "image 3.png is in none of"
    )]
    [InlineData(
        "random",
        """{"train":["0.png","1.png"],"validation":["9.png"],"test":["2.png"]}""",
        "image 9.png is not in"
    )]
    [InlineData(
        "kfold",
        """{"train":["0.png","1.png"],"validation":[],"test":["2.png","3.png"]}""",
        "image 0.png is tested in no fold"
    )]
    public void What_does_not_fit_is_refused_image_by_image(string kind, string part, string message)
    {
        var cohort = Invented(Patients.Of((2, 0), (2, 1)), 0);
        var path = folder.Write(
            "s.json",
            $$"""{"kind":"{{kind}}","image_wise":true,"cohort":"{{cohort.Hash}}","seed":1,"parts":[{{part}}]}"""
        );
        var error = Assert.Throws<InvalidDataException>(() => Split.Load(path, cohort));
        Assert.Contains(message, error.Message);
    }

    private static IReadOnlyList<SplitPart> Halves(IReadOnlyList<PatientImages> patients) =>
        [
            .. Enumerable
                .Range(0, 2)
                .Select(k =>
                {
                    string[] names = [.. patients.Select(p => p.Patient)];
                    var half = names.Length / 2;
                    string[] test = k == 0 ? names[..half] : names[half..];
                    return new SplitPart([.. names.Except(test)], [], test);
                }),
        ];

    /// <summary>A cohort of these patients, an empty-looking file per image.</summary>
    private Cohort Invented(PatientImages[] patients, int number)
    {
        var rows = patients
            .SelectMany(p => p.PerClass.SelectMany((count, c) => Enumerable.Repeat((p.Patient, Class: $"c{c}"), count)))
            .Select((image, i) => new CohortRow(i + 2, $"{i}.png", image.Class, image.Patient))
            .ToList();
        foreach (var row in rows)
            folder.Write($"{number}/{row.Image}", row.Image);
        var table = Path.Combine(folder.Path, $"{number}", "cohort.csv");
        CohortFile.Write(table, rows, []);
        return Cohort.Load(table);
    }
}
