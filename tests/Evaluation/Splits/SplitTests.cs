using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;

namespace Coverslip.Evaluation.Tests.Splits;

public sealed class SplitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Saved_and_loaded_it_is_the_same_and_gives_the_images_of_a_side()
    {
        var cohort = FourPatients();
        var split = new Split(SplitKind.BreakHis, cohort.Hash, -3, [new(["1", "2"], ["3"], ["4"])]);
        var path = Path.Combine(folder.Path, "new", "split.json");
        split.Save(path);
        var loaded = Split.Load(path, cohort);
        Assert.Equal((SplitKind.BreakHis, -3L, cohort.Hash), (loaded.Kind, loaded.Seed, loaded.CohortHash));
        Assert.Equal(["1", "2"], loaded.Parts[0].Train);
        Assert.Equal(["1.png", "2.png"], loaded.Parts[0].Rows(cohort, SplitSide.Train).Select(r => r.Image));
        Assert.Equal(["4.png"], loaded.Parts[0].Rows(cohort, SplitSide.Test).Select(r => r.Image));
        Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "new")));
    }

    [Theory]
    [InlineData(
        "random",
        """{"train":["1","2"],"validation":["3"],"test":["4","1"]}""",
        "part 1: patient 1 stands twice, in train and in test"
    )]
    [InlineData(
        "random",
        """{"train":["1","2","2"],"validation":["3"],"test":["4"]}""",
        "patient 2 stands twice, in train and in train"
    )]
    [InlineData(
        "random",
        """{"train":["1","2"],"validation":["3"],"test":["4","5"]}""",
        "patient 5 is not in the cohort"
    )]
    [InlineData("random", """{"train":["1","2"],"validation":[],"test":["4"]}""", "patient 3 is in none of")]
    [InlineData("random", """{"train":["1","2","3","4"],"validation":[],"test":[]}""", "nobody to test on")]
    [InlineData(
        "random",
        """{"train":["1","2"],"validation":["3"],"test":["4"],"left_out":["3"]}""",
        "patient 3 is left out, and stands in validation"
    )]
    [InlineData(
        "random",
        """{"train":["1","2"],"validation":["3"],"test":["4"],"left_out":["9"]}""",
        "patient 9 is not in the cohort"
    )]
    [InlineData("random", "", "no parts")]
    [InlineData("kfold", """{"train":["1","2"],"validation":["3"],"test":["4"]}""", "patient 1 is tested in no fold")]
    [InlineData(
        "kfold",
        """{"train":["1","2"],"validation":[],"test":["3","4"]},{"train":["2","3"],"validation":[],"test":["1","4"]}""",
        "patient 4 is tested in folds 1 and 2"
    )]
    [InlineData("folds", """{"train":["1","2"],"validation":["3"],"test":["4"]}""", "kind is 'folds'")]
    [InlineData("random", """{"train":["1","2"],"test":["4"]}""", "is no split file")]
    public void What_does_not_fit_is_refused(string kind, string parts, string message)
    {
        var cohort = FourPatients();
        var path = folder.Write(
            "s.json",
            $$"""{"kind":"{{kind}}","cohort":"{{cohort.Hash}}","seed":1,"parts":[{{parts}}]}"""
        );
        var error = Assert.Throws<InvalidDataException>(() => Split.Load(path, cohort));
        Assert.StartsWith(path, error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Another_cohort_is_refused_with_the_way_out()
    {
        var cohort = FourPatients();
        var path = Path.Combine(folder.Path, "s.json");
        new Split(SplitKind.Random, cohort.Hash, 7, [new(["1", "2"], ["3"], ["4"])]).Save(path);
        folder.Write("1.png", "changed");
        var error = Assert.Throws<InvalidDataException>(() => Split.Load(path, Cohort.Load(cohort.Path)));
        Assert.Contains("divides another cohort", error.Message);
        Assert.Contains("coverslip split --cohort", error.Message);
    }

    [Theory]
    [InlineData("45-55", 45, 55)]
    [InlineData("0", 0, 0)]
    public void Bounds_are_one_number_or_two(string text, int low, int high)
    {
        Assert.True(ImageBounds.TryParse(text, out var bounds));
        Assert.Equal(new ImageBounds(low, high), bounds);
    }

    [Theory]
    [InlineData("55-45")]
    [InlineData("-5")]
    [InlineData("a")]
    [InlineData("1-2-3")]
    public void Other_bounds_are_refused(string text) => Assert.False(ImageBounds.TryParse(text, out _));

    private Cohort FourPatients()
    {
        for (var i = 1; i <= 4; i++)
            folder.Write($"{i}.png", $"image {i}");
        return Cohort.Load(
            folder.Write("cohort.csv", "image,label,patient\n1.png,x,1\n2.png,y,2\n3.png,x,3\n4.png,y,4\n")
        );
    }
}
