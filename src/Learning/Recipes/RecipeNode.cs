using System.Globalization;
using Coverslip.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>A recipe that cannot be used: the file, the key, its value, and what would be right.</summary>
public sealed class RecipeException(string message) : Exception(message);

/// <summary>
/// One mapping of a YAML recipe, read key by key with default and range. Every key that was not asked for is refused at
/// <see cref="Finish"/> with the nearest known one, so that a mistyped option cannot go unnoticed.
/// </summary>
public sealed class RecipeNode
{
    private readonly string file,
        path;
    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly List<RecipeNode> sections = [];

    private RecipeNode(string file, string path, YamlMappingNode? mapping)
    {
        (this.file, this.path) = (file, path);
        if (mapping is null)
            return;
        foreach (var (key, value) in mapping.Children)
            values[
                key is YamlScalarNode { Value: { } name }
                    ? name
                    : throw new RecipeException($"{file}, line {key.Start.Line}: a key is one word, not '{key}'")
            ] = value;
    }

    /// <summary>Parses a recipe; <paramref name="file"/> only names it in errors.</summary>
    /// <exception cref="RecipeException">It is no YAML mapping.</exception>
    public static RecipeNode Parse(string text, string file) => new(file, "", Mapping(text, file));

    /// <summary>A recipe's text as YAML; empty where there is none.</summary>
    /// <exception cref="RecipeException">It is no YAML mapping.</exception>
    internal static YamlMappingNode Mapping(string text, string file)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new RecipeException($"{file}, line {error.Start.Line}: {error.Message}");
        }
        if (stream.Documents.Count == 0)
            return [];
        return stream.Documents[0].RootNode as YamlMappingNode
            ?? throw new RecipeException($"{file}: a recipe is a mapping of keys to values");
    }

    /// <summary>The keys that are there, in the order of the file.</summary>
    internal IReadOnlyList<string> Keys => [.. values.Keys];

    /// <summary>A nested mapping; empty where it is left out.</summary>
    public RecipeNode Section(string key)
    {
        var section = new RecipeNode(file, Full(key), Raw(key));
        sections.Add(section);
        return section;
    }

    /// <summary>A nested mapping as it stands, whose keys somebody else checks; null where it is left out.</summary>
    internal YamlMappingNode? Raw(string key)
    {
        known.Add(key);
        return values.TryGetValue(key, out var node)
            ? node as YamlMappingNode ?? throw Wrong(key, node.ToString(), "expected is a mapping of keys to values")
            : null;
    }

    /// <summary>A list of words, each of which is one of the allowed.</summary>
    internal IReadOnlyList<string> Names(string key, IReadOnlyList<string> otherwise, IReadOnlyList<string> allowed)
    {
        known.Add(key);
        if (!values.TryGetValue(key, out var node))
            return otherwise;
        if (node is not YamlSequenceNode { Children.Count: > 0 } list)
            throw Wrong(key, node.ToString(), $"expected is a list of {string.Join(", ", allowed)}");
        return
        [
            .. list.Select(item =>
                allowed.Contains(item.ToString())
                    ? item.ToString()
                    : throw Wrong(key, item.ToString(), $"expected are {string.Join(", ", allowed)}")
            ),
        ];
    }

    /// <summary>A list of texts of the user's own.</summary>
    internal IReadOnlyList<string> List(string key, IReadOnlyList<string> otherwise)
    {
        known.Add(key);
        if (!values.TryGetValue(key, out var node))
            return otherwise;
        if (node is not YamlSequenceNode list || list.Any(i => i is not YamlScalarNode { Value.Length: > 0 }))
            throw Wrong(key, node.ToString(), "expected is a list such as [first, second]");
        return [.. list.Select(item => ((YamlScalarNode)item).Value!)];
    }

    public string Text(string key, string otherwise) => Scalar(key) ?? otherwise;

    /// <summary>A word of an enumeration, in kebab-case.</summary>
    public T Word<T>(string key, T otherwise)
        where T : struct, Enum
    {
        if (Scalar(key) is not { } text)
            return otherwise;
        foreach (var value in Enum.GetValues<T>())
            if (Words.Kebab(value.ToString()) == text)
                return value;
        throw Wrong(
            key,
            text,
            $"expected is one of {string.Join(", ", Enum.GetValues<T>().Select(v => Words.Kebab(v.ToString())))}"
        );
    }

    public int Int(string key, int otherwise, int low, int high)
    {
        if (Scalar(key) is not { } text)
            return otherwise;
        return
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= low
            && value <= high
            ? value
            : throw Wrong(key, text, $"expected is a whole number from {low} to {high}");
    }

    public double Number(string key, double otherwise, double low, double high)
    {
        if (Scalar(key) is not { } text)
            return otherwise;
        return
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value >= low
            && value <= high
            ? value
            : throw Wrong(
                key,
                text,
                string.Create(CultureInfo.InvariantCulture, $"expected is a number from {low} to {high}")
            );
    }

    public bool Flag(string key, bool otherwise) =>
        Scalar(key) switch
        {
            null => otherwise,
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            var text => throw Wrong(key, text, "expected is true or false"),
        };

    /// <summary>A number, or a list of numbers.</summary>
    internal IReadOnlyList<double> Numbers(string key, IReadOnlyList<double> otherwise, double low, double high)
    {
        known.Add(key);
        if (!values.TryGetValue(key, out var node))
            return otherwise;
        YamlNode[] items = node is YamlSequenceNode list ? [.. list] : [node];
        return
        [
            .. items.Select(item =>
                double.TryParse(item.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && value >= low
                && value <= high
                    ? value
                    : throw Wrong(
                        key,
                        item.ToString(),
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"expected are a number or a list of numbers from {low} to {high}"
                        )
                    )
            ),
        ];
    }

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int> otherwise, int low, int high)
    {
        known.Add(key);
        if (!values.TryGetValue(key, out var node))
            return otherwise;
        if (node is not YamlSequenceNode list)
            throw Wrong(key, node.ToString(), "expected is a list such as [1, 1, 2, 2]");
        return
        [
            .. list.Select(item =>
                int.TryParse(
                    item.ToString(),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var value
                )
                && value >= low
                && value <= high
                    ? value
                    : throw Wrong(key, item.ToString(), $"expected are whole numbers from {low} to {high}")
            ),
        ];
    }

    /// <summary>Refuses every key that nobody asked for, here and in all sections.</summary>
    /// <exception cref="RecipeException">There is one; the message names the nearest known key.</exception>
    public void Finish()
    {
        foreach (var key in values.Keys.Where(k => !known.Contains(k)))
            throw new RecipeException(
                $"{file}: unknown key '{Full(key)}'; the nearest known one is '{Full(NearestName.Of(key, known) ?? "")}'"
            );
        foreach (var section in sections)
            section.Finish();
    }

    private string? Scalar(string key)
    {
        known.Add(key);
        if (!values.TryGetValue(key, out var node))
            return null;
        return node is YamlScalarNode scalar
            ? scalar.Value ?? ""
            : throw Wrong(key, node.ToString(), "expected is a single value");
    }

    /// <summary>The error of a key's value; <paramref name="expected"/> says what would be right.</summary>
    internal RecipeException Wrong(string key, string value, string expected) =>
        new($"{file}: {Full(key)} is '{value}'; {expected}");

    private string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
