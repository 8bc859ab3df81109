using System.Text.Json;
using Coverslip.Methods;

namespace Coverslip.App.Tests.Commands;

/// <summary><c>coverslip recipe</c>.</summary>
[Collection("console")]
public sealed class RecipeVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Explain_shows_every_key_and_marks_what_differs_from_its_default()
    {
        var told = VerbCall.Run(0, "recipe", "explain", Recipe("input: {height: 64, width: 768}")).Output;
        Assert.Contains("* input.height: 64\n", told);
        Assert.Contains("  input.width: 768\n", told);
        Assert.Contains("  training.rate: 5e-6\n", told);
        Assert.Contains("Default 5e-6; 0 – 100\n", told);
        var lines = told.Split('\n');
        Assert.EndsWith(". Default required", lines[Array.IndexOf(lines, "* method: saganet") + 1]);
        Assert.DoesNotContain("Default \"\"", told);
        Assert.Contains("Default none", told);
    }

    [Fact]
    public void Explain_shows_what_a_study_has_to_say_as_required()
    {
        Recipe("");
        var study = At("study.yaml");
        File.WriteAllText(study, "study: Sizes\nmodels: {SagaNet: {recipe: recipe.yaml}}\n");
        var lines = VerbCall.Run(0, "recipe", "explain", study).Output.Split('\n');
        Assert.EndsWith(". Default required", lines[Array.IndexOf(lines, "* study: Sizes") + 1]);
    }

    [Theory]
    [InlineData("input: {hight: 64}", "unknown key 'input.hight'; the nearest known one is 'input.height'")]
    [InlineData("input: {height: tall}", "input.height is 'tall'")]
    [InlineData("input: {height: [1, 2]}", "input.height")]
    [InlineData("input: 3", "input")]
    public void Explain_names_file_key_and_value_of_what_is_wrong(string line, string message)
    {
        var error = VerbCall.Run(1, "recipe", "explain", Recipe(line)).Errors;
        Assert.StartsWith("error: recipe.yaml, line 2: ", error);
        Assert.Contains(message, error);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        foreach (var verb in (string[])["explain", "docs"])
            Assert.Equal(
                $"error: {At("none.yaml")}: no such file\n",
                VerbCall.Run(1, "recipe", verb, At("none.yaml")).Errors
            );
    }

    [Fact]
    public void New_writes_a_recipe_that_explain_finds_at_its_defaults()
    {
        foreach (var method in Known.Methods.All.Select(m => m.Name))
        {
            var path = At($"{method}.yaml");
            Assert.Equal("", VerbCall.Run(0, "recipe", "new", method, "--out", path).Output);
            Assert.Equal(File.ReadAllText(path), VerbCall.Run(0, "recipe", "new", method).Output);
            var told = VerbCall.Run(0, "recipe", "explain", path).Output.Split('\n');
            var changed = told.Index().Where(l => l.Item.StartsWith('*')).Select(l => told[l.Index + 1]);
            Assert.All(changed, line => Assert.Contains("Default required", line));
        }
    }

    [Fact]
    public void A_mistyped_method_is_answered_with_the_nearest()
    {
        foreach (var verb in (string[])["new", "schema"])
            Assert.Equal(
                "error: there is no method 'sagnet'; the nearest is 'saganet'\n",
                VerbCall.Run(1, "recipe", verb, "sagnet").Errors
            );
    }

    [Theory]
    [InlineData("study")]
    [InlineData("start")]
    public void What_names_recipes_of_methods_has_no_template_and_the_way_out_is_told(string kind)
    {
        var told = VerbCall.Run(1, "recipe", "new", kind).Errors;
        Assert.StartsWith($"error: '{kind}' is no method but names recipes of methods", told);
        Assert.Contains($"'coverslip recipe schema {kind}'", told);
        VerbCall.Run(0, "recipe", "schema", kind);
        Assert.Contains("saganet-table1-small", VerbCall.Run(0, "recipes").Output);
    }

    [Fact]
    public void Studies_name_recipes_beside_them_or_those_of_the_program_and_explain_shows_what_is_laid_over_them()
    {
        var study = At("study.yaml");
        void Write(string recipe) =>
            File.WriteAllText(
                study,
                """
                study: one
                common: {training: {epochs: 3}}
                models:
                  a: {recipe: RECIPE, with: {training: {rate: 1e-3}}}
                """.Replace("RECIPE", recipe)
            );
        foreach (var name in (string[])["backbone-small.yaml", "backbone-small", "recipes/backbone-small.yaml"])
        {
            Write(name);
            var (output, errors) = VerbCall.Run(0, "recipe", "explain", study);
            Assert.Contains("backbone-small.yaml, which comes with the program", errors);
            Assert.Contains("* common: {training: {epochs: 3}}\n", output);
            Assert.Contains("* models.a.with: {training: {rate: 1e-3}}\n", output);
        }
        VerbCall.Run(0, "recipe", "new", "backbone", "--out", At("backbone-small.yaml"));
        Write("backbone-small");
        Assert.DoesNotContain("comes with", VerbCall.Run(0, "recipe", "explain", study).Errors);
        Write("sagnet-small");
        Assert.Contains(
            $"there is no file {At("sagnet-small")}: recipes lie relative to the study's folder; and none of that name comes with the "
                + "program, the nearest is 'saganet-small' ('coverslip recipes' lists them)",
            VerbCall.Run(1, "recipe", "explain", study).Errors
        );
    }

    [Fact]
    public void Schema_is_of_all_kinds_or_of_one()
    {
        using var all = JsonDocument.Parse(VerbCall.Run(0, "recipe", "schema").Output);
        Assert.Equal(
            [.. Known.Methods.All.Select(m => m.Name), "start", "study"],
            all.RootElement.GetProperty("$defs").EnumerateObject().Select(p => p.Name)
        );
        var path = At("schema.json");
        VerbCall.Run(0, "recipe", "schema", "saganet", "--out", path);
        using var one = JsonDocument.Parse(File.ReadAllBytes(path));
        var method = one.RootElement.GetProperty("properties").GetProperty("method");
        Assert.Equal("saganet", method.GetProperty("const").GetString());
    }

    [Fact]
    public void Docs_fills_the_place_for_tables_and_leaves_the_rest()
    {
        var page = At("page.md");
        File.WriteAllText(
            page,
            "before\n<!-- keys: written by 'coverslip recipe docs' -->\nold\n<!-- end of keys -->\nafter\n"
        );
        VerbCall.Run(0, "recipe", "docs", page);
        var text = File.ReadAllText(page);
        Assert.StartsWith("before\n", text);
        Assert.EndsWith("<!-- end of keys -->\nafter\n", text);
        Assert.DoesNotContain("\nold\n", text);
        Assert.Contains("## Keys of `saganet`", text);
        File.WriteAllText(page, "no place\n");
        Assert.Contains("has no lines", VerbCall.Run(1, "recipe", "docs", page).Errors);
        Assert.Equal("no place\n", File.ReadAllText(page));
    }

    [Fact]
    public void Explain_tells_of_old_spellings_of_all_that_is_wrong_and_of_a_folder()
    {
        File.WriteAllText(At("old.yaml"), "method: tumour-detection\npatches: {centre: 64}\n");
        Assert.Equal(
            "old.yaml: method 'tumour-detection' is read as 'tumor-detection'\nold.yaml: 'patches.centre' is read as 'patches.center'\n",
            VerbCall.Run(0, "recipe", "explain", At("old.yaml")).Errors
        );
        Assert.Equal(
            "error: recipe.yaml, line 2: input.height is 'tall'; expected is a whole number from 16 to 16384; "
                + "line 2: unknown key 'input.widht'; the nearest known one is 'input.width'; "
                + "line 3: training.epochs is 'many'; expected is a whole number from 1 to 1000000; "
                + "line 4: unknown key 'sed'; the nearest known one is 'seed'\n",
            VerbCall
                .Run(
                    1,
                    "recipe",
                    "explain",
                    Recipe("input: {height: tall, widht: 3}\ntraining: {epochs: many}\nsed: 1")
                )
                .Errors
        );
        Assert.Equal(
            $"error: {folder} is a folder; name a recipe in it\n",
            VerbCall.Run(1, "recipe", "explain", folder).Errors
        );
        Assert.EndsWith("the nearest is 'tumor-detection'\n", VerbCall.Run(1, "recipe", "schema", "tumour").Errors);
    }

    private string At(string name) => Path.Combine(folder, name);

    private string Recipe(string line)
    {
        var path = At("recipe.yaml");
        File.WriteAllText(path, $"method: saganet\n{line}\n");
        return path;
    }
}
