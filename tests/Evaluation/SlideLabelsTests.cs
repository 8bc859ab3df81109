namespace Coverslip.Evaluation.Tests;

/// <summary>Lists that name slides otherwise than results do.</summary>
public sealed class SlideLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_slide_of_a_cohort_goes_by_its_file_name_unless_two_have_it()
    {
        var file = folder.Write(
            "c.csv",
            "image,label,patient\ns/a.tif,tumor,1\ns/b.tif,normal,2\nt/b.tif,normal,3\nd.tif,x,4\n"
        );
        var labels = SlideLabels.Read(file);
        Assert.Equal(["a", "s/b", "t/b", "d"], labels.As(["A", "b", "d"]).Select(s => s.Name));
        Assert.Equal(["s/a", "s/b", "t/b", "d"], labels.As(["s/a", "s/b", "t/b", "a"]).Select(s => s.Name));
    }
}
