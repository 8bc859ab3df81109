using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Methods.Curriculum;
using Coverslip.Slides.Images;
using Coverslip.Tests;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>The recipe's defaults, what it refuses, and which cohorts it takes.</summary>
public sealed class CurriculumRecipeTests
{
    [Fact]
    public void The_published_recipe_is_what_the_text_says()
    {
        var recipe = (CurriculumRecipe)Known.Methods.Load(Path.Combine(TestData.Root, "recipes/curriculum.yaml"));
        Assert.Equal(5, recipe.Findings.Names.Count);
        Assert.Equal("resnet-50", recipe.Network.Kind.Name);
        Assert.Equal((1024, 1024), (recipe.Input.Height, recipe.Input.Width));
        Assert.Equal(Interpolation.Linear, recipe.Input.Interpolation);
        Assert.Equal(SampleStandardization.Mean, recipe.Standardization);
        Assert.True(recipe.Augmentation.Sharpen > 0 && recipe.Augmentation.Blur > 0 && recipe.Input.Gray);
        Assert.False(recipe.Augmentation.Orientations);
        Assert.True(recipe.Patches.Used);
    }

    [Theory]
    [InlineData("", "findings is ''")]
    [InlineData("findings: [a, a]", "it stands twice")]
    [InlineData("findings: [a;b]", "separates findings")]
    [InlineData("findings: [a]\nhealthy: [a]", "it is one of the findings")]
    [InlineData("findings: [a]\ninput: {form: masked}", "radiographs have no masks")]
    [InlineData("findings: [a]\ninput: {standardize: true}", "'standardize'")]
    [InlineData("findings: [a]\npatches: {side: 512, scale: 0.25}", "larger than the image")]
    [InlineData("findings: [a]\npatches: {sides: 512}", "patches.side")]
    [InlineData("findings: [a]\naugmentation: {sharpen: 0.7, blur: 0.6}", "exceed 1")]
    public void What_cannot_be_is_refused(string lines, string reason)
    {
        var error = Assert.Throws<RecipeException>(() => Parse(lines));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Unknown_labels_are_refused_with_their_rows()
    {
        var cohort = Table(
            "image,labels,patient\na.png,nodule,1\nb.png,nodule;fracture,2\nc.png,,3\nd.png,fracture,4\n"
        );
        var error = Assert.Throws<CohortException>(() => RecipeCohort.Of(Parse("findings: [nodule]"), cohort));
        Assert.Contains("rows 3, 5: the label 'fracture'", error.Message);
    }

    [Fact]
    public void One_class_to_an_image_becomes_findings_and_keeps_its_hash()
    {
        var cohort = Table("image,label,patient\na.png,Pneumonia,1\nb.png,No_findings,2\n");
        var taken = RecipeCohort.Of(Parse("findings: [Pneumonia]\nhealthy: [No_findings]"), cohort);
        Assert.Equal(["Pneumonia"], taken.Classes);
        Assert.Equal([1, 0], taken.Rows.Select(r => r.Findings!.Count));
        var several = Table("image,labels,patient\na.png,x;y,1\nb.png,,2\n");
        var single = Known.Methods.Parse("method: backbone\nnetwork: {name: resnet-50}", "one.yaml");
        Assert.Contains(
            "method: curriculum",
            Assert.Throws<RecipeException>(() => RecipeCohort.Of(single, several)).Message
        );
    }

    private static CurriculumRecipe Parse(string lines) =>
        (CurriculumRecipe)
            Known.Methods.Parse($"method: curriculum\nnetwork: {{name: resnet-50}}\n{lines}\n", "test.yaml");

    private static Cohort Table(string text)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return Cohort.Load(path, CohortChecks.Table);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
