using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;

namespace Coverslip.Evaluation.Tests.Cohorts;

/// <summary>Cohorts in which an image shows several findings or none, and their boxes.</summary>
public sealed class FindingCohortTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Labels_are_findings_and_an_empty_one_is_none()
    {
        var cohort = Load("image,labels,patient,site", "a.png,y; x,1,north", "b.png,,2,south", "c.png,x,2,south");
        Assert.True(cohort.MultiLabel);
        Assert.Equal(["x", "y"], cohort.Classes);
        Assert.Equal(["x", "y"], cohort.Rows[0].Findings);
        Assert.Equal(("x;y", "", "x"), (cohort.Rows[0].Label, cohort.Rows[1].Label, cohort.Rows[2].Label));
        Assert.Equal("south", cohort.Further(cohort.Rows[1], "site"));
        Assert.Null(cohort.Further(cohort.Rows[1], "scanner"));
        // x, y, none; an image of two findings counts once in the total.
        Assert.Equal([1, 1, 0], cohort.PatientImages[0].PerClass);
        Assert.Equal([1, 0, 1], cohort.PatientImages[1].PerClass);
        Assert.Equal([1, 2], cohort.PatientImages.Select(p => p.Total));
        Assert.Equal(1, cohort.Summarize().Healthy);
        Assert.Equal([new ClassCount("x", 2, 2), new ClassCount("y", 1, 1)], cohort.Summarize().Classes);
    }

    [Fact]
    public void The_order_of_labels_does_not_change_the_hash_their_set_does()
    {
        folder.Write("a.png", "a");
        folder.Write("b.png", "b");
        string Hash(string labels) =>
            Load(CohortChecks.Files, "image,labels,patient", $"a.png,{labels},1", "b.png,,2").Hash;
        Assert.Equal(Hash("x;y"), Hash("y ; x"));
        Assert.NotEqual(Hash("x;y"), Hash("x"));
    }

    [Theory]
    [InlineData("image,labels,label,patient", "a.png,x,x,1", "row 1: both 'label' and 'labels'")]
    [InlineData("image,labels", "a.png,x", "row 1: no column 'patient'")]
    [InlineData("image,labels,patient", "a.png,x;x,1", "row 2: the label 'x' of a.png stands twice")]
    public void Errors_name_the_row(string header, string row, string message)
    {
        var error = Assert.Throws<CohortException>(() => Load(header, row));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Folds_keep_patients_whole_and_spread_rare_findings_and_the_healthy()
    {
        var rows = Enumerable
            .Range(0, 60)
            .Select(i => $"i{i}.png,{(i % 10 == 0 ? "rare" : i % 3 == 0 ? "x;y" : i % 3 == 1 ? "x" : "")},p{i / 2}");
        var cohort = Load(["image,labels,patient", .. rows]);
        var parts = KFoldSplits.Draw(cohort.PatientImages, 3, 0.2, 1);
        foreach (var part in parts)
        {
            var test = part.Rows(cohort, SplitSide.Test);
            Assert.Equal(2, test.Count(r => r.Shows("rare")));
            Assert.InRange(test.Count(r => r.Findings!.Count == 0), 4, 8);
            Assert.InRange(part.Rows(cohort, SplitSide.Validation).Count, 4, 14);
        }
    }

    [Theory]
    [InlineData("z.png,x,1,1,5,5", "row 2: the image 'z.png' is not in")]
    [InlineData("a.png,q,1,1,5,5", "row 2: the label 'q' is none of x, y")]
    [InlineData("c.png,y,1,1,5,5", "row 2: a box of y in c.png")]
    [InlineData("a.png,x,1,1,0,5", "row 2: the box is '1,1,0,5'")]
    [InlineData("a.png,x,1,?,4,5", "row 2: the box is '1,?,4,5'")]
    public void Boxes_that_fit_no_image_are_refused_with_their_row(string row, string message)
    {
        var cohort = Load("image,labels,patient", "a.png,x;y,1", "c.png,x,2");
        var boxes = folder.Write("boxes.csv", $"image,label,x,y,width,height\n{row}\n");
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => BoxesFile.Read(boxes, cohort)).Message);
    }

    [Fact]
    public void Boxes_beyond_their_image_are_refused_with_their_rows()
    {
        var cohort = Load("image,labels,patient", "a.png,x,1", "b.png,x,2");
        var path = folder.Write(
            "boxes.csv",
            "image,label,x,y,width,height\na.png,x,0,0,100,50\na.png,x,90,0,11,5\nb.png,x,-1,0,5,5\n"
        );
        var boxes = BoxesFile.Read(path, cohort);
        var error = Assert.Throws<InvalidDataException>(() => BoxesFile.CheckWithin(path, boxes, _ => (100, 50)));
        Assert.Contains("row 3: the box 90,0,11,5 reaches beyond a.png, which has 100 × 50 pixels", error.Message);
        Assert.Contains("row 4:", error.Message);
        Assert.DoesNotContain("row 2:", error.Message);
    }

    [Fact]
    public void Outlines_have_a_box_around_them()
    {
        var cohort = Load("image,labels,patient", "a.png,x,1");
        var path = folder.Write(
            "boxes.csv",
            "image,label,x,y,width,height,outline\na.png,x,,,,,10 20 30 20 20 50\na.png,x,1,2,3,4,\n"
        );
        var boxes = BoxesFile.Read(path, cohort);
        Assert.Equal(new BoxArea(10, 20, 20, 30), boxes[0].Area);
        Assert.Equal(3, boxes[0].Outline!.Count);
        Assert.Null(boxes[1].Outline);
    }

    private Cohort Load(params string[] lines) => Load(CohortChecks.Table, lines);

    private Cohort Load(CohortChecks checks, params string[] lines) =>
        Cohort.Load(folder.Write("cohort.csv", string.Join('\n', lines) + "\n"), checks);
}
