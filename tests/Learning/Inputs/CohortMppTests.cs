using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;

namespace Coverslip.Learning.Tests.Inputs;

/// <summary>The column mpp of a cohort.</summary>
public sealed class CohortMppTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-mpp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Without_the_column_there_is_none() => Assert.Null(CohortMpp.Of(Of("scanner", "a", "b")));

    [Fact]
    public void Images_of_nearly_one_resolution_have_its_mean() =>
        Assert.Equal(Math.Sqrt(0.25 * 0.2525), CohortMpp.Of(Of("mpp", "0.25", "0.2525"))!.Value, 1e-6);

    [Fact]
    public void Images_of_one_resolution_have_it_to_the_digit() =>
        Assert.Equal(0.2431, CohortMpp.Of(Of("mpp", "0.2431", "0.2431")));

    [Theory]
    [InlineData("0.25", "0.5", "is of one resolution")]
    [InlineData("0.25", "", "row 3: mpp is ''")]
    [InlineData("0.25", "40x", "row 3: mpp is '40x'")]
    [InlineData("0", "0.25", "row 2: mpp is '0'")]
    public void Anything_else_is_refused(string first, string second, string said) =>
        Assert.Contains(
            said,
            Assert.Throws<InvalidDataException>(() => CohortMpp.Of(Of("mpp", first, second))).Message
        );

    private Cohort Of(string column, string first, string second)
    {
        var path = Path.Combine(folder, "cohort.csv");
        File.WriteAllText(path, $"image,label,patient,{column}\na.png,x,1,{first}\nb.png,y,2,{second}\n");
        return Cohort.Load(path, CohortChecks.Table);
    }
}
