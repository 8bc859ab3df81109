using System.CommandLine;

namespace Coverslip.App.Tests;

/// <remarks>In one collection with every class that redirects the console.</remarks>
[Collection("console")]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_verbs_own_exit_code_is_returned(int code) => Assert.Equal(code, Run(_ => code, "train").Code);

    [Theory]
    [InlineData("trian", "Did you mean 'train'?", "See 'coverslip --help'.")]
    [InlineData("train --epoch 3", "Did you mean '--epochs'?", "See 'coverslip train --help'.")]
    public void Wrong_usage_is_2_with_the_nearest_word(string line, string suggestion, string help)
    {
        var (code, errors) = Run(_ => 0, line.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(suggestion, errors);
        Assert.DoesNotContain("Required command", errors);
        Assert.EndsWith($"{help}\n", errors);
    }

    [Fact]
    public void A_word_like_no_verb_gets_no_suggestion() =>
        Assert.DoesNotContain("Did you mean", Run(_ => 0, "xyzzy").Errors);

    [Fact]
    public void A_failure_is_1_and_one_line_and_its_stack_is_for_verbose()
    {
        static int Fail(ParseResult _) => throw new InvalidDataException("cohort.csv row 3: no label");
        var plain = Run(Fail, "train");
        var verbose = Run(Fail, "train", "--verbose");
        Assert.Equal((1, "error: cohort.csv row 3: no label\n"), plain);
        Assert.Equal(1, verbose.Code);
        Assert.Contains("   at Coverslip.App.Tests.CommandLineTests", verbose.Errors);
    }

    private static (int Code, string Errors) Run(Func<ParseResult, int> action, params string[] arguments)
    {
        var verb = new Command("train") { new Option<int>("--epochs") };
        verb.SetAction(action);
        var before = Console.Error;
        var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            return (CommandLine.Run(new RootCommand { verb }, arguments), errors.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }
}
