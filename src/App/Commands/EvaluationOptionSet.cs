using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coverslip.App.Commands;

/// <summary>What evaluations of plain files share: draws, exclusions, and how figures are printed.</summary>
internal sealed class EvaluationOptionSet
{
    private readonly Option<int> bootstrap = new("--bootstrap")
    {
        Description = "Draws of the bootstrap, 0 for no intervals.",
        DefaultValueFactory = _ => 2000,
    };

    private readonly Option<long> seed = new("--seed")
    {
        Description = "Seed of the bootstrap.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> json = new("--json") { Description = "Print the figures as one JSON object." };

    private readonly Option<string?> exclude = new("--exclude")
    {
        Description = "Slides to leave out, with commas between: Test_049,Test_114.",
    };

    internal void AddTo(Command command, bool slides)
    {
        if (slides)
            command.Options.Add(exclude);
        command.Options.Add(bootstrap);
        command.Options.Add(seed);
        command.Options.Add(json);
        command.Validators.Add(parsed =>
        {
            if (int.TryParse(parsed.Text(bootstrap), CultureInfo.InvariantCulture, out var draws) && draws < 0)
                parsed.AddError($"--bootstrap is {draws}; write 0 for no intervals, or how many draws.");
        });
    }

    internal int Bootstrap(ParseResult parsed) => parsed.GetValue(bootstrap);

    internal bool Json(ParseResult parsed) => parsed.GetValue(json);

    internal long Seed(ParseResult parsed) => parsed.GetValue(seed);

    internal string[] Exclude(ParseResult parsed) =>
        parsed.GetValue(exclude)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        ?? [];

    /// <summary>A slide to leave out that is not there may be a mistyped one that counts.</summary>
    internal static void TellUnknown(IReadOnlyList<string> excluded)
    {
        if (excluded.Count > 0)
            Console.Error.WriteLine($"note: --exclude names no slide here: {string.Join(", ", excluded)}");
    }

    /// <summary>Prints one JSON object if it is asked for, else what <paramref name="text"/> prints.</summary>
    internal int Print<T>(ParseResult parsed, (T Figures, JsonTypeInfo<T> Type) asJson, int redrawn, Action text)
        where T : PrintedFigures
    {
        if (!parsed.GetValue(json))
        {
            text();
            if (redrawn > 0)
                Console.WriteLine($"{redrawn} bootstrap draws on which the figures are not defined were drawn again");
            return 0;
        }
        var figures = asJson.Figures with { Bootstrap = new Draws(Bootstrap(parsed), Seed(parsed), redrawn) };
        Console.WriteLine(JsonSerializer.Serialize(figures, asJson.Type));
        return 0;
    }
}
