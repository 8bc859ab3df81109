using Coverslip.Learning.Recipes;
using Coverslip.Methods;

namespace Coverslip.Learning.Tests.Recipes;

/// <summary>Recipes that ask for the stack or the memory, and errors that would repeat them.</summary>
public sealed class RecipeLimitsTests
{
    public static TheoryData<string, string> TooDeep =>
        new()
        {
            { "seed: " + new string('[', 200_000), "line 2" },
            { "seed: " + string.Concat(Enumerable.Repeat("{a: ", 100_000)), "line 2" },
            { "seed:\n  " + string.Concat(Enumerable.Repeat("- ", 100_000)), "line 3" },
            { "seed:\n  " + string.Concat(Enumerable.Repeat("? ", 100_000)), "line 3" },
        };

    [Theory]
    [MemberData(nameof(TooDeep))]
    public void What_lies_too_deep_is_refused_before_anything_is_built(string text, string line) =>
        Assert.Equal($"r.yaml, {line}: lists and mappings lie 33 deep; at most 32 levels are read", Refused(text));

    [Fact]
    public void Aliases_of_aliases_count_as_what_they_stand_for()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (var i = 1; i < 12; i++)
            text += $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n";
        Assert.Equal(
            "r.yaml, line 6: with all that its aliases stand for it has more than 20000 values",
            Refused(text)
        );
    }

    [Fact]
    public void A_chain_of_aliases_is_as_deep_as_what_it_stands_for()
    {
        var text = "a0: &a0 [x]\n";
        for (var i = 1; i < 40; i++)
            text += $"a{i}: &a{i} [*a{i - 1}]\n";
        Assert.EndsWith("at most 32 are read", Refused(text));
    }

    [Theory]
    [InlineData("seed: &a [*a]")]
    [InlineData("seed: *a")]
    public void An_alias_of_what_holds_it_or_of_nothing_is_refused(string text) =>
        Assert.Equal("r.yaml, line 2: alias '*a' names nothing above it", Refused(text));

    [Fact]
    public void An_alias_is_read() =>
        Assert.Equal(7, Known.Methods.Parse("method: saganet\nseed: &n 7\ntraining: {epochs: *n}", "r.yaml").Epochs);

    [Fact]
    public void A_second_document_is_not_passed_over() =>
        Assert.Equal(
            "r.yaml, line 3: a second document begins; a recipe is one, so take the '---' out or split the file",
            Refused("seed: 1\n---\nseed: 2")
        );

    [Fact]
    public void A_long_value_is_shown_by_its_beginning()
    {
        var seed = new string('7', 5000);
        Assert.Equal(
            $"r.yaml, line 2: seed is '{seed[..120]}… (5000 characters)'; expected is a whole number from 0 to 2147483647",
            Refused($"seed: {seed}")
        );
        Assert.Contains("… (1000 characters)'; the nearest known one is", Refused($"{seed[..1000]}: 1"));
        Assert.Contains("… (", Refused($"seed: [{string.Join(", ", Enumerable.Repeat("1", 5000))}]"));
    }

    [Fact]
    public void A_value_of_a_hundred_thousand_digits_is_refused_for_its_length() =>
        Assert.Equal(
            "r.yaml, line 2: a value has 100000 characters; at most 10000 are read",
            Refused($"seed: {new string('7', 100_000)}")
        );

    [Fact]
    public void A_file_of_megabytes_is_no_recipe() =>
        Assert.Equal(
            "r.yaml: it has 2000016 characters, a recipe at most 1048576; is it a recipe?",
            Refused(new string('#', 2_000_000))
        );

    [Fact]
    public void A_text_that_settings_were_laid_over_has_no_lines()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "# a recipe\n\nmethod: saganet\ntraining: {epochs: many}\n");
            Assert.StartsWith("r.yaml, line 4: training.epochs is", Refusal(YamlText.OfFile(path, [])));
            Assert.StartsWith("r.yaml: training.epochs is", Refusal(YamlText.OfFile(path, ["seed=3"])));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Refused(string text) => Refusal($"method: saganet\n{text}");

    private static string Refusal(string text) =>
        Assert.Throws<RecipeException>(() => Known.Methods.Parse(text, "r.yaml")).Message;
}
