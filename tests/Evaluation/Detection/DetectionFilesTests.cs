using Coverslip.Evaluation.Detection;

namespace Coverslip.Evaluation.Tests.Detection;

public sealed class DetectionFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_is_a_detection()
    {
        var read = Detections.Read(folder.Write("a.csv", "\uFEFF0.5,10,20\r\n 1e-3 ,3.5, 4\n\n"));
        Assert.Equal([0.5, 0.001], read.Probabilities);
        Assert.Equal([10, 3.5], read.X);
        Assert.Equal([20, 4], read.Y);
        Assert.Equal(0, Detections.Read(folder.Write("empty.csv", "")).Count);
    }

    [Theory]
    [InlineData("probability,X,Y\n0.5,1,2", "row 1: 'probability,X,Y' is no detection")]
    [InlineData("0.5,1,2\n0.5,1", "row 2: '0.5,1'")]
    [InlineData("0.5,1,2\n\n0.5,1,2", "row 2: ''")]
    [InlineData("0.5,1,2\n0.5,-1,2", "row 2")]
    [InlineData("-0.5,1,2", "row 1")]
    [InlineData("nan,1,2", "row 1")]
    [InlineData("0.5,1,2\n1.5,1,2", "row 2: the probability is 1.5, above 1")]
    [InlineData("0.5,1,2,3", "row 1")]
    [InlineData("0.5", "row 1")]
    public void Any_other_row_is_named(string text, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Detections.Read(folder.Write("a.csv", text)));
        Assert.Contains(expected, error.Message);
        Assert.StartsWith(folder.Path, error.Message);
    }

    [Fact]
    public void A_detection_beyond_the_mask_is_an_error_but_for_what_rounding_the_level_down_cuts_off()
    {
        var map = LesionMap.Of([0, 0, 0, 1], 2, new LesionRules { Level = 5 });
        FrocSlide Judge(double x, double y) => FrocSlide.Of("s", new Detections("s.csv", [0.5], [x], [y]), map);
        Assert.Equal(1, map.At(1, 1));
        Assert.Equal(1, Judge(95.9, 95.9).Ignored);
        var error = Assert.Throws<InvalidDataException>(() => Judge(10, 96));
        Assert.StartsWith(
            "s.csv: row 1: 10, 96 at level 0 lies beyond the mask of 2 × 2 pixels at level 5",
            error.Message
        );
    }

    [Fact]
    public void Slides_are_those_with_detections_or_those_of_the_list()
    {
        Fill(
            "d/Test_001.csv",
            "d/Test_002.csv",
            "d/Test_049.csv",
            "m/test_001_Mask.tif",
            "m/Test_049.png",
            "m/notes.txt"
        );
        var (cases, leftOut, unknown) = Find();
        Assert.Equal(["Test_001", "Test_002", "Test_049"], cases.Select(c => c.Name));
        Assert.Equal(["test_001_Mask.tif", null, "Test_049.png"], cases.Select(c => Path.GetFileName(c.Mask)));
        Assert.Empty(leftOut);
        Assert.Empty(unknown);
        Assert.Equal(["Test_114"], Find(exclude: ["Test_049", "Test_114"]).Unknown);
        Assert.Equal(["Test_001", "Test_002"], Find(exclude: ["test_049.tif"]).Cases.Select(c => c.Name));

        var list = folder.Write("list.csv", "image,label,patient\nTest_001.tif,Tumor,p1\nTest_003.tif,Normal,p1\n");
        (cases, leftOut, _) = Find(SlideLabels.Read(list));
        Assert.Equal([("Test_001", "p1"), ("Test_003", "p1")], cases.Select(c => (c.Name, c.Patient)));
        Assert.Equal((null, null), (cases[1].Detections, cases[1].Mask));
        Assert.Equal(["Test_002", "Test_049"], leftOut);
    }

    [Fact]
    public void What_would_change_the_figures_unseen_is_an_error()
    {
        Assert.Contains("must hold the detections", Assert.Throws<DirectoryNotFoundException>(() => Find()).Message);
        Fill("d/Test_001.csv", "m/Test_001.png", "m/Test_007.png");
        var error = Assert.Throws<InvalidDataException>(() => Find());
        Assert.Contains("masks without detections", error.Message);
        Assert.Contains(": Test_007; write an empty", error.Message);
        Assert.Single(Find(exclude: ["Test_007"]).Cases);
        Assert.Throws<InvalidDataException>(() => Find(exclude: ["Test_007", "Test_001"]));
        var list = folder.Write("reference.csv", "Test_001,Tumor,IDC,Macro\nTest_002,Tumor,IDC,Micro\n");
        error = Assert.Throws<InvalidDataException>(() => Find(SlideLabels.Read(list)));
        Assert.Contains("row 2: Test_002 is labeled Tumor and has no mask", error.Message);
        Fill("m/Test_001_mask.tif");
        Assert.Contains("of the same slide", Assert.Throws<InvalidDataException>(() => Find()).Message);
    }

    private void Fill(params string[] names)
    {
        foreach (var name in names)
            folder.Write(name, "");
    }

    private (IReadOnlyList<DetectionCase> Cases, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Unknown) Find(
        SlideLabels? slides = null,
        string[]? exclude = null
    ) =>
        DetectionCases.Find(
            new DetectionFolders
            {
                Detections = Path.Combine(folder.Path, "d"),
                Masks = Path.Combine(folder.Path, "m"),
                Slides = slides,
                Exclude = exclude ?? [],
            }
        );
}
