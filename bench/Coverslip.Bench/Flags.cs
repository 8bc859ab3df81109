using System.Globalization;

namespace Coverslip.Bench;

/// <summary>The words and <c>--name value</c> pairs after a verb; unknown names are refused.</summary>
internal sealed class Flags
{
    private readonly Dictionary<string, string> values = [];

    internal Flags(string[] arguments, params string[] known)
    {
        var words = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                words.Add(argument);
            else if (!known.Contains(argument[2..]))
                throw new ArgumentException($"{argument} is unknown; known are --{string.Join(", --", known)}");
            else if (i + 1 == arguments.Length)
                throw new ArgumentException($"{argument} needs a value");
            else
                values[argument[2..]] = arguments[++i];
        }
        Words = words;
    }

    internal IReadOnlyList<string> Words { get; }

    internal string Text(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);

    internal int Int(string name, int otherwise) =>
        values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    internal double[] Numbers(string name, double[] otherwise) =>
        values.TryGetValue(name, out var text)
            ? [.. text.Split(',').Select(t => double.Parse(t, CultureInfo.InvariantCulture))]
            : otherwise;
}
