using Coverslip.Evaluation.Splits;

namespace Coverslip.Evaluation.Tests.Splits;

/// <summary>Fold files as they come with BreakHis, over a small folder laid out as distributed.</summary>
public sealed class BreakHisFoldsTests : IDisposable
{
    private readonly BreakHisFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_become_parts_with_validation_out_of_training()
    {
        var cohort = folder.Cohort(keepLetters: true);
        // Each file tests another third of the slides (both of 13412 together) at all magnifications.
        string[] files =
        [
            .. Enumerable.Range(0, 3).Select(fold => folder.Fold(fold, slide => (slide == 6 ? 5 : slide) % 3 == fold)),
        ];
        var folds = BreakHisFolds.Read(files, cohort, new BreakHisFoldOptions { Seed = 4, ValidationShare = 0.25 });
        Assert.Equal(files, folds.Select(f => f.File));
        Assert.Equal(
            BreakHisFolder.Slides.Index().Where(s => s.Index is 1 or 4 or 7).Select(s => s.Item.Slide).Order(),
            folds[1].Part.Test.Order()
        );
        Assert.All(folds, f => Assert.Equal(cohort.Rows.Count, f.Lines));
        Assert.All(folds, f => Assert.NotEmpty(f.Part.Validation));
        Assert.All(folds, f => Assert.Empty(f.Moved));
        var split = new Split(SplitKind.BreakHis, cohort.Hash, 4, [.. folds.Select(f => f.Part)]);
        split.Check(cohort, "folds");
        Assert.All(split.Parts, part => Assert.Empty(part.SharedPatients(cohort)));

        var none = BreakHisFolds.Read(files, cohort, new BreakHisFoldOptions { Seed = 4, ValidationShare = 0 });
        Assert.All(none, f => Assert.Empty(f.Part.Validation));
        Assert.All(none.Zip(folds), f => Assert.Equal(f.First.Part.Test, f.Second.Part.Test));
    }

    [Fact]
    public void One_magnification_takes_its_lines_of_the_files()
    {
        var cohort = folder.Cohort(keepLetters: true, "100");
        var fold = BreakHisFolds.Read(
            [folder.Fold(1, slide => slide < 2)],
            cohort,
            new BreakHisFoldOptions { Seed = 1, ValidationShare = 0 }
        )[0];
        Assert.Equal(BreakHisFolder.Slides.Length, cohort.Rows.Count);
        Assert.Equal(4 * cohort.Rows.Count, fold.Lines);
        Assert.Equal(2, fold.Part.Rows(cohort, SplitSide.Test).Count);
    }

    [Fact]
    public void A_patient_on_both_sides_is_named_and_goes_where_it_is_told_to()
    {
        // 22549AB (slide 0) is tested and 22549CD (slide 1) trains: one patient where letters are cut off.
        var file = folder.Fold(1, slide => slide is 0 or 4);
        var cautious = folder.Cohort(keepLetters: false);
        BreakHisFold Read(SplitSide? side) =>
            BreakHisFolds.Read(
                [file],
                cautious,
                new BreakHisFoldOptions
                {
                    Seed = 1,
                    ValidationShare = 0,
                    Shared = side,
                }
            )[0];
        var error = Assert.Throws<InvalidDataException>(() => Read(null)).Message;
        Assert.StartsWith($"{file}: patient 22549 is on both sides: SOB_B_A-14-22549CD-", error);
        Assert.Contains("SOB_B_A-14-22549AB-100-001 tests", error);
        Assert.Contains("--keep-letters", error);

        var (train, test) = (Read(SplitSide.Train), Read(SplitSide.Test));
        Assert.Equal(["22549"], train.Moved);
        Assert.Equal(["22549"], test.Moved);
        Assert.Contains("22549", train.Part.Train);
        Assert.Contains("22549", test.Part.Test);
        Assert.Equal(["17901", "22549"], test.Part.Test.Order());
        Assert.Equal(["17901"], train.Part.Test);
    }

    [Fact]
    public void A_slide_under_two_subtypes_is_one_patient()
    {
        // As slide 13412 of the collection, which is there as ductal and as lobular carcinoma.
        var file = folder.Fold(1, slide => BreakHisFolder.Slides[slide].Subtype == "LC");
        var error = Assert.Throws<InvalidDataException>(() =>
            BreakHisFolds.Read([file], folder.Cohort(keepLetters: true), new BreakHisFoldOptions { Seed = 1 })
        );
        Assert.Contains("patient 13412 is on both sides", error.Message);
        Assert.DoesNotContain("--keep-letters", error.Message);
        Assert.Contains("--shared train", error.Message);
    }

    [Theory]
    [InlineData("SOB_B_A-14-22549AB-100-001.png|100|1", "line 1 is")]
    [InlineData("SOB_B_A-14-22549AB-100-001.png|40|1|train", "line 1 is")]
    [InlineData("SOB_B_A-14-22549AB-100-001.png|100|1|learn", "line 1 is")]
    [InlineData("picture.png|100|1|train", "expected is image|magnification|fold|train or test")]
    [InlineData("", "is empty")]
    [InlineData(
        "SOB_B_A-14-22549AB-100-001.png|100|1|train\n\nSOB_B_A-14-22549AB-100-001.png|100|1|test",
        "line 3: SOB_B_A-14-22549AB-100-001.png stands there a second time"
    )]
    [InlineData("SOB_B_A-14-22549AB-100-001.png|100|1|train", "does not name ")]
    public void What_is_no_fold_file_of_the_cohort_is_refused(string text, string message)
    {
        var file = Path.Combine(folder.Path, "wrong.txt");
        File.WriteAllText(file, text);
        var error = Assert.Throws<InvalidDataException>(() =>
            BreakHisFolds.Read([file], folder.Cohort(keepLetters: true), new BreakHisFoldOptions { Seed = 1 })
        );
        Assert.StartsWith(file, error.Message);
        Assert.Contains(message, error.Message);
    }
}
