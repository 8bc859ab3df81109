using System.CommandLine;

namespace Coverslip.App.Tests.Commands;

/// <summary>No value of an option, and no argument, ends in a stack trace or an exit code beyond 0, 1 and 2.</summary>
[Collection("console")]
public sealed class WrongValueTests(WrongValueTests.Files files) : IClassFixture<WrongValueTests.Files>
{
    /// <summary>Verbs that look at the machine or paint for minutes whatever an option says; their options are bool or paths.</summary>
    private static readonly string[] Elsewhere = ["doctor", "demo"];

    private static readonly string[] Trace = ["Exception", "   at Coverslip", "Unhandled"];

    [Fact]
    public void Every_option_of_every_verb_refuses_wrong_values_in_a_line()
    {
        var told = new List<string>();
        var tried = 0;
        foreach (var (words, command) in Verbs(Program.Root, []))
        foreach (var option in command.Options.Where(o => o.Name is not ("--help" or "--version") && !o.Hidden))
        foreach (var value in option.Name == "--out" ? files.WrongPlaces : files.WrongValues)
        {
            if (option.ValueType == typeof(bool))
                continue;
            tried++;
            var line = (string[])[.. words, .. files.Needed(command, option), option.Name, value];
            var (code, output, errors) = Run(line);
            var call = string.Join(' ', line);
            if (code is not (0 or 1 or 2))
                told.Add($"{call}: exit code {code}");
            if (Trace.FirstOrDefault(t => errors.Contains(t) || output.Contains(t)) is { } trace)
                told.Add($"{call}: {trace}: {errors}");
            if (code != 0 && errors.Length == 0 && output.Length == 0)
                told.Add($"{call}: code {code} and not a word");
        }
        Assert.True(tried > 500, $"{tried} tried");
        Assert.True(told.Count == 0, string.Join('\n', told));
    }

    private static IEnumerable<(string[] Words, Command Command)> Verbs(Command command, string[] words)
    {
        foreach (var verb in command.Subcommands.Where(v => !Elsewhere.Contains(v.Name)))
        {
            string[] line = [.. words, verb.Name];
            if (verb.Action is not null)
                yield return (line, verb);
            foreach (var below in Verbs(verb, line))
                yield return below;
        }
    }

    private static (int Code, string Output, string Errors) Run(string[] line)
    {
        try
        {
            return VerbCall.Run(line);
        }
        catch (Exception error)
        {
            return (134, "", $"{error.GetType()}: {error.Message}");
        }
    }

    public sealed class Files : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

        public Files()
        {
            Directory.CreateDirectory(At("empty"));
            File.WriteAllText(At("text.txt"), "no table, no recipe, no picture\n");
            Text = At("text.txt");
        }

        public string Text { get; }

        public string[] WrongValues =>
            ["bogus", "-1", "1e99", "", "nan", At("empty"), At("none/here.csv"), "größe ☃ \u202e", "\u001b[31m"];

        /// <summary>For what would be written anywhere else.</summary>
        public string[] WrongPlaces => ["", "/dev/full", Path.Combine(Text, "x")];

        /// <summary>
        /// What a verb requires besides the option that is tried: a file that is none of what is asked for, so that a call
        /// whose option was let pass ends early all the same.
        /// </summary>
        public IEnumerable<string> Needed(Command command, Option tried)
        {
            foreach (var argument in command.Arguments)
                if (argument.Arity.MinimumNumberOfValues > 0 || argument.ValueType == typeof(string[]))
                    yield return command.Name == "phantom" ? Path.Combine(Text, "x") : Text; // which it writes
            foreach (var option in command.Options.Where(o => o.Required && o != tried))
            {
                yield return option.Name;
                yield return option.Name == "--out" ? "/dev/full" : Text;
            }
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);

        private string At(string name) => Path.Combine(folder, name);
    }
}
