using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Tests.Recipes;

public sealed class StartChoiceTests : IDisposable
{
    private const string All =
        "start: {annotations: on-slides, findings: several, masks: pixels, slides: whole, classes: one-each}";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    [Theory]
    [InlineData("image,label,patient\na.png,benign,p1\nb.png,malignant,p2\n", "one-each", "a class each")]
    [InlineData("image,label,patient,annotation\na.png,tumor,p1,a.xml\nb.png,normal,p2,\n", "on-slides", "outlines")]
    [InlineData("image,label,patient,annotation\na.svs,tumor,p1,\nb.svs,normal,p2,\n", "whole", "no outlines")]
    [InlineData("image,label,patient,mask\na.png,tissue,p1,a-mask.png\nb.png,tissue,p2,\n", "pixels", "masks")]
    [InlineData("image,labels,patient\na.png,Edema|Mass,p1\nb.png,,p2\n", "several", "several findings")]
    public void A_cohort_picks_the_recipe_of_its_kind(string rows, string recipe, string why)
    {
        var (picked, said) = StartChoice.Read(All, "start.yaml").For(Cohort(rows));
        Assert.Equal(recipe, picked);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_recipe_fits_is_an_error_with_the_way_out()
    {
        var lone = Cohort("image,label,patient\na.png,tissue,p1\nb.png,tissue,p2\n");
        Assert.Contains(
            "every row is labeled 'tissue', and none has a mask or outlines",
            Assert.Throws<RecipeException>(() => StartChoice.Read(All, "start.yaml").For(lone)).Message,
            StringComparison.Ordinal
        );
        var classes = Cohort("image,label,patient\na.png,x,p1\nb.png,y,p2\n");
        Assert.Contains(
            "mine.yaml: start.classes names no recipe",
            Assert
                .Throws<RecipeException>(() => StartChoice.Read("start: {masks: m}", "mine.yaml").For(classes))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "start.clases",
            Assert.Throws<RecipeException>(() => StartChoice.Read("start: {clases: m}", "mine.yaml")).Message,
            StringComparison.Ordinal
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Cohort Cohort(string rows)
    {
        var path = Path.Combine(folder, $"{rows.Length}-{rows.GetHashCode(StringComparison.Ordinal)}.csv");
        File.WriteAllText(path, rows);
        return Evaluation.Cohorts.Cohort.Load(path, CohortChecks.Names);
    }
}
