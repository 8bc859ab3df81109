using Coverslip.Learning.Recipes;
using Coverslip.Methods.Classical;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.Methods.Tests;

/// <summary>Recipes of before the spelling changed, as they lie in people's folders and in old runs.</summary>
public sealed class AmericanSpellingTests
{
    [Fact]
    public void British_keys_are_read_with_a_note()
    {
        var notes = new List<string>();
        var recipe = (TumorDetectionRecipe)
            Known.Methods.Parse(
                "method: tumor-detection\npatches: {centre: 64, tumour_classes: Tumour A}",
                "r.yaml",
                notes.Add
            );
        Assert.Equal((64, "Tumour A"), (recipe.Patches.Center, Assert.Single(recipe.Patches.Classes.Tumor)));
        Assert.Equal(
            [
                "r.yaml: 'patches.centre' is read as 'patches.center'",
                "r.yaml: 'patches.tumour_classes' is read as 'patches.tumor_classes'",
            ],
            notes.Order()
        );
    }

    [Fact]
    public void British_words_of_ours_are_read_with_a_note_and_those_of_the_user_stay()
    {
        var notes = new List<string>();
        var recipe = (ClassicalRecipe)
            Known.Methods.Parse(
                "method: classical\nclassifier: nearest-neighbour\nfeatures: {sets: [colour-histogram]}\ndecision: {positive: grey}",
                "r.yaml",
                notes.Add
            );
        Assert.Equal(ClassifierKind.NearestNeighbor, recipe.Classifier);
        Assert.Equal(["color-histogram"], recipe.Features.Sets);
        Assert.Equal("grey", recipe.Decision.Positive);
        Assert.Equal(
            [
                "r.yaml: classifier 'nearest-neighbour' is read as 'nearest-neighbor'",
                "r.yaml: features.sets 'colour-histogram' is read as 'color-histogram'",
            ],
            notes.Order()
        );
    }

    [Fact]
    public void American_recipes_have_no_note() =>
        Known.Methods.Parse("method: tumor-detection\npatches: {center: 64}", "r.yaml", note => Assert.Fail(note));

    [Fact]
    public void A_key_in_both_spellings_is_refused() =>
        Assert.Contains(
            "r.yaml, line 2: 'patches.centre' and 'patches.center' are one key in two spellings; keep 'patches.center'",
            Assert
                .Throws<RecipeException>(() =>
                    Known.Methods.Parse("method: tumor-detection\npatches: {centre: 64, center: 32}", "r.yaml")
                )
                .Message
        );

    [Fact]
    public void What_is_laid_over_a_recipe_replaces_the_other_spelling()
    {
        var under = RecipeNode.Mapping("patches: {center: 32}", "r.yaml");
        var text = YamlText.Over(under, YamlText.OfSetting("patches.centre=64"));
        Assert.Equal("64", RecipeNode.Parse(text, "r.yaml").Section("patches").Peek("center"));
    }

    [Fact]
    public void A_method_in_British_spelling_is_read_with_a_note()
    {
        var notes = new List<string>();
        Assert.IsType<TumorDetectionRecipe>(Known.Methods.Parse("method: tumour-detection", "r.yaml", notes.Add));
        Assert.Equal(["r.yaml: method 'tumour-detection' is read as 'tumor-detection'"], notes);
        Assert.Equal("tumor-detection", Known.Methods.Named("tumour-detection").Name);
    }
}
