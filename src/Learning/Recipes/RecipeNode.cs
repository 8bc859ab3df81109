using Coverslip.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>
/// One mapping of a YAML recipe, read key by key. The call that reads a key is its declaration: default, range, meaning and
/// source stand in it, and <see cref="Declared"/> lists them. Every key that was not asked for is refused at
/// <see cref="Finish"/> with the nearest known one, so that a mistyped option cannot go unnoticed.
/// </summary>
public sealed partial class RecipeNode
{
    private readonly string file,
        path;
    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);

    // Where each key stands; empty for a text that others were laid over, whose lines are no file's.
    private readonly Dictionary<string, long> lines = new(StringComparer.Ordinal);
    private readonly bool hasLines;
    private readonly List<string> known = [];
    private readonly List<RecipeKey> declared = [];
    private readonly List<RecipeNode> sections = [];
    private readonly List<string> notes = [];

    private RecipeNode(string file, string path, YamlMappingNode? mapping, bool hasLines)
    {
        (this.file, this.path, this.hasLines) = (file, path, hasLines);
        if (mapping is null)
            return;
        foreach (var (key, value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
                throw new RecipeException(
                    $"{file}, line {key.Start.Line}: a key is one word, not '{ValueText.Short($"{key}")}'"
                );
            values[name] = value;
            if (hasLines)
                lines[name] = key.Start.Line;
        }
    }

    /// <summary>Parses a recipe; <paramref name="file"/> only names it in errors.</summary>
    /// <exception cref="RecipeException">It is no YAML mapping.</exception>
    public static RecipeNode Parse(string text, string file) =>
        new(file, "", Mapping(text, file), !YamlText.IsLaid(text));

    /// <summary>A recipe's text as YAML; empty where there is none.</summary>
    /// <exception cref="RecipeException">It is no YAML mapping.</exception>
    internal static YamlMappingNode Mapping(string text, string file)
    {
        var stream = new YamlStream();
        try
        {
            YamlLimits.Check(text, file);
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new RecipeException($"{file}, line {error.Start.Line}: {ValueText.Short(error.Message)}");
        }
        if (stream.Documents.Count == 0)
            return [];
        var root = stream.Documents[0].RootNode;
        return root as YamlMappingNode
            ?? throw new RecipeException($"{file}, line {root.Start.Line}: a recipe is a mapping of keys to values");
    }

    /// <summary>The keys that are there, in the order of the file.</summary>
    internal IReadOnlyList<string> Keys => [.. values.Keys];

    /// <summary>Every key that was asked for, here and then in the sections.</summary>
    public IReadOnlyList<RecipeKey> Declared =>
        [.. declared.Concat(sections.SelectMany(s => s.Declared)).DistinctBy(k => k.Path)];

    /// <summary>What was read as something else than it says: British spellings.</summary>
    public IReadOnlyList<string> Notes => [.. notes.Concat(sections.SelectMany(s => s.Notes)).Distinct()];

    /// <summary>What stands under a key, of which nothing is declared or checked; null where it is no single value.</summary>
    public string? Peek(string key) => values.GetValueOrDefault(key) is YamlScalarNode scalar ? scalar.Value : null;

    /// <summary>A nested mapping; empty where it is left out.</summary>
    public RecipeNode Section(string key)
    {
        var section = new RecipeNode(file, Full(key), MappingAt(key), hasLines);
        sections.Add(section);
        return section;
    }

    /// <summary>Refuses every key that nobody asked for, here and in all sections.</summary>
    /// <exception cref="RecipeException">There is one; the message names the nearest known key.</exception>
    public void Finish()
    {
        foreach (var key in values.Keys.Where(k => !known.Contains(k)))
            throw new RecipeException(
                $"{Place(key)}: unknown key '{ValueText.Short(Full(key))}'; the nearest known one is '{Full(NearestName.Of(key, known) ?? "")}'"
            );
        foreach (var section in sections)
            section.Finish();
    }

    /// <summary>The error of a key's value; <paramref name="expected"/> says what would be right.</summary>
    public RecipeException Wrong(string key, string value, string expected) =>
        new($"{Place(key)}: {Full(key)} is '{ValueText.Short(value)}'; {expected}");

    /// <summary>The file, and the line of a key where it stands in one.</summary>
    internal string Place(string key)
    {
        var written = lines.ContainsKey(key) ? key : lines.Keys.FirstOrDefault(k => AmericanSpelling.Of(k) == key);
        return written is null ? file : $"{file}, line {lines[written]}";
    }

    /// <summary>A word of ours in American spelling.</summary>
    internal string Spelled(string key, string word)
    {
        var american = AmericanSpelling.Of(word);
        if (american != word)
            notes.Add($"{file}: {Full(key)} '{word}' is read as '{american}'");
        return american;
    }

    private YamlMappingNode? MappingAt(string key) =>
        Find(key) is { } node
            ? node as YamlMappingNode ?? throw Wrong(key, node.ToString(), "expected is a mapping of keys to values")
            : null;

    /// <summary>What stands under a key or its British spelling; null where it is left out.</summary>
    private YamlNode? Find(string key)
    {
        known.Add(key);
        if (values.TryGetValue(key, out var node))
            return node;
        if (values.Keys.FirstOrDefault(k => k != key && AmericanSpelling.Of(k) == key) is not { } british)
            return null;
        known.Add(british);
        notes.Add($"{file}: '{Full(british)}' is read as '{Full(key)}'");
        return values[british];
    }

    private string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
