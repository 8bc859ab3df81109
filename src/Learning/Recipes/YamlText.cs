using System.Text.Json.Nodes;
using Coverslip.Files;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>YAML mappings laid over each other: what the upper one says holds, mapping by mapping.</summary>
public static class YamlText
{
    /// <summary>A recipe file's text with settings such as <c>input.width=192</c> laid over it.</summary>
    /// <exception cref="RecipeException">The file is no YAML mapping, or a setting cannot be read.</exception>
    public static string OfFile(string path, IReadOnlyList<string> settings) =>
        With(TextFile.Read(path), Path.GetFileName(path), settings);

    /// <summary>A recipe's text with settings laid over it.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">Names it in errors.</param>
    /// <param name="settings">As of <c>--set</c>.</param>
    /// <exception cref="RecipeException">The text is no YAML mapping, or a setting cannot be read.</exception>
    public static string With(string text, string file, IReadOnlyList<string> settings) =>
        settings.Count == 0 ? text : Over(RecipeNode.Mapping(text, file), [.. settings.Select(OfSetting)]);

    /// <summary>Whether a text is one that others were laid over: it was written anew, and ends as YAML's writer does.</summary>
    internal static bool IsLaid(string text) => text.EndsWith("\n...\n", StringComparison.Ordinal);

    /// <summary>The text of the first mapping with the others laid over it in turn.</summary>
    internal static string Over(YamlMappingNode first, params IEnumerable<YamlMappingNode?> others)
    {
        var merged = others.OfType<YamlMappingNode>().Aggregate(first, Laid);
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(merged)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    /// <summary>What <c>--set</c> says, <c>key=value</c> or <c>section.key=value</c>, as a mapping.</summary>
    /// <exception cref="RecipeException">There is no equals sign, or no key before it.</exception>
    internal static YamlMappingNode OfSetting(string setting)
    {
        var at = setting.IndexOf('=');
        if (at <= 0)
            throw new RecipeException($"--set is '{setting}'; write KEY=VALUE such as input.width=192");
        return Of(Value(setting[(at + 1)..]), setting[..at].Split('.'));
    }

    /// <summary>A word, or a list such as <c>[1, 2]</c>.</summary>
    private static YamlNode Value(string text) =>
        text.StartsWith('[') && text.EndsWith(']')
            ? new YamlSequenceNode(
                text[1..^1]
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(item => new YamlScalarNode(item))
            )
            : new YamlScalarNode(text);

    /// <summary>A mapping of one value under a path of keys.</summary>
    internal static YamlMappingNode Of(string value, params ReadOnlySpan<string> path) =>
        Of(new YamlScalarNode(value), path);

    private static YamlMappingNode Of(YamlNode value, params ReadOnlySpan<string> path)
    {
        var node = value;
        for (var i = path.Length - 1; i >= 0; i--)
            node = new YamlMappingNode(new YamlScalarNode(path[i]), node);
        return (YamlMappingNode)node;
    }

    /// <summary>A mapping of one list under a key.</summary>
    internal static YamlMappingNode Of(IEnumerable<string> values, string key) =>
        new(new YamlScalarNode(key), new YamlSequenceNode(values.Select(v => new YamlScalarNode(v))));

    /// <summary>What stands in a recipe as JSON, every single value as its text.</summary>
    internal static JsonNode ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => new JsonObject(
                mapping.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), (JsonNode?)ToJson(c.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
            _ => JsonValue.Create(node.ToString()),
        };

    private static YamlMappingNode Laid(YamlMappingNode under, YamlMappingNode over)
    {
        var laid = new YamlMappingNode(under.Children);
        foreach (var (key, value) in over.Children)
        {
            // A British spelling over an American one, or the other way round, is the same key.
            var name = AmericanSpelling.Of(key.ToString());
            var same = laid.Children.Keys.FirstOrDefault(k => AmericanSpelling.Of(k.ToString()) == name) ?? key;
            laid.Children[same] =
                value is YamlMappingNode upper
                && laid.Children.TryGetValue(same, out var before)
                && before is YamlMappingNode lower
                    ? Laid(lower, upper)
                    : value;
        }
        return laid;
    }
}
