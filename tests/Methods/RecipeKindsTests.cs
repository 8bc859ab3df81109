using System.Text.Json.Nodes;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;
using Coverslip.Tests;

namespace Coverslip.Methods.Tests;

/// <summary>What is made of the declarations of keys: documentation, new recipes, explanations, the schema.</summary>
public sealed class RecipeKindsTests
{
    private static readonly IReadOnlyList<RecipeKind> Kinds = RecipeKinds.Of(Known.Methods);

    public static TheoryData<string> Methods => [.. Known.Methods.All.Select(m => m.Name)];

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Path.Combine(TestData.Root, "recipes"), "*.yaml").Select(f => Path.GetFileName(f))];

    [Fact]
    public void The_page_of_recipes_holds_every_key_as_it_is_declared()
    {
        var page = File.ReadAllText(Path.Combine(TestData.Root, "docs", "recipes.md"));
        Assert.True(
            page == RecipeTables.Fill(page, Kinds),
            "docs/recipes.md is out of date; run 'coverslip recipe docs docs/recipes.md'"
        );
    }

    [Fact]
    public void Every_key_has_a_meaning_of_one_line() =>
        Assert.All(
            Kinds.SelectMany(k => k.Keys),
            key => Assert.True(key.Meaning.Length > 3 && !key.Meaning.Contains('\n'), key.Path)
        );

    [Theory, MemberData(nameof(Methods))]
    public void A_new_recipe_is_read_and_changes_nothing_but_what_is_required(string method)
    {
        var kind = Kinds.Single(k => k.Name == method);
        var declared = kind.Keys;
        var said = Known.Methods.Explain(RecipeTemplate.Of(kind), "new.yaml");
        Assert.Equal(declared.Select(k => k.Path), said.Select(k => k.Path));
        Assert.Equal(
            declared.Where(k => k.Required).Select(k => k.Path),
            said.Where(k => k.Changed).Select(k => k.Path)
        );
    }

    [Fact]
    public void An_explanation_tells_what_a_file_says_from_what_it_leaves_out()
    {
        const string text = "method: saganet\ninput: {height: 64, width: 768}\n";
        var keys = Known.Methods.Explain(text, "r.yaml").ToDictionary(k => k.Path);
        Assert.Equal((true, "64"), (keys["input.height"].Changed, ValueText.Of(keys["input.height"].Value!)));
        Assert.Equal((false, "768"), (keys["input.width"].Changed, ValueText.Of(keys["input.width"].Value!)));
        Assert.Equal(("5e-6", "0 – 100"), (ValueText.Of(keys["training.rate"].Default), keys["training.rate"].Range));
        Assert.Null(keys["training.rate"].Value);
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_recipe_of_the_repository_is_valid_by_the_schema(string file) =>
        Assert.Equal("", Errors(File.ReadAllText(Path.Combine(TestData.Root, "recipes", file))));

    [Theory]
    [InlineData("training: {epochs: 0}", "training.epochs")]
    [InlineData("training: {epoch: 3}", "training.epoch")]
    [InlineData("input: {form: gray}", "input.form")]
    [InlineData("network: {blocks: [1, 0]}", "network.blocks")]
    [InlineData("loss: 3", "loss")]
    public void What_a_reader_refuses_the_schema_marks(string text, string place)
    {
        Assert.Equal(place, Errors($"method: saganet\n{text}"));
        Assert.Throws<RecipeException>(() => Known.Methods.Parse($"method: saganet\n{text}", "r.yaml"));
    }

    [Fact]
    public void The_schema_asks_for_what_has_no_default()
    {
        Assert.Equal("network", Errors("method: backbone"));
        Assert.Equal("network.name", Errors("method: backbone\nnetwork: {width: 1}"));
    }

    private static string Errors(string text)
    {
        var recipe = SchemaCheck.Json(text);
        var kind = recipe["method"]?.GetValue<string>() ?? (recipe["start"] is null ? "study" : "start");
        var all = JsonNode.Parse(RecipeSchema.Of(Kinds).ToJsonString())!;
        var own = all["$defs"]![kind]!.AsObject();
        Assert.Contains(all["oneOf"]!.AsArray(), r => r!["$ref"]!.GetValue<string>() == $"#/$defs/{kind}");
        return string.Join(", ", SchemaCheck.Errors(recipe, own, ""));
    }
}
