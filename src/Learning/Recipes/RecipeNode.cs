using Coverslip.Files;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>
/// One mapping of a YAML recipe, read key by key. The call that reads a key is its declaration: default, range, meaning and
/// source stand in it, and <see cref="Declared"/> lists them. Every key that was not asked for is refused by
/// <see cref="Read"/> with the nearest known one, so that a mistyped option cannot go unnoticed, and so are all wrong values.
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

    // Of a file all wrong values are told at once: they are kept until it is read, by all its sections.
    private readonly List<(long Line, RecipeException Error)> wrong;

    private RecipeNode(string file, string path, YamlMappingNode? mapping, RecipeNode? outer, bool hasLines)
    {
        (this.file, this.path, this.hasLines, wrong) = (file, path, hasLines, outer?.wrong ?? []);
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
        new(file, "", Mapping(text, file), null, !YamlText.IsLaid(text));

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
        var section = new RecipeNode(file, Full(key), MappingAt(key), this, hasLines);
        sections.Add(section);
        return section;
    }

    /// <summary>Reads a whole recipe, and refuses it for all that is wrong with it.</summary>
    /// <exception cref="RecipeException">
    /// Values that are not what their keys take, keys that nobody asked for, each with the nearest known one; or what
    /// <paramref name="reader"/> says of values that do not go together, where each by itself is right.
    /// </exception>
    public T Read<T>(Func<RecipeNode, T> reader)
    {
        var read = Attempt(reader);
        Finish();
        return read;
    }

    /// <summary>Reads some of the keys, of a recipe that was read whole before.</summary>
    /// <exception cref="RecipeException">As <see cref="Read"/>, but for keys that nobody asked for.</exception>
    public T ReadSome<T>(Func<RecipeNode, T> reader)
    {
        var read = Attempt(reader);
        return wrong.Count == 0 ? read : throw Together();
    }

    private T Attempt<T>(Func<RecipeNode, T> reader)
    {
        try
        {
            return reader(this);
        }
        catch (Exception) when (wrong.Count > 0) // what followed from a default in place of a wrong value
        {
            throw Together();
        }
    }

    /// <summary>Refuses every key that nobody asked for, here and in all sections, and wrong values.</summary>
    /// <exception cref="RecipeException">There are some.</exception>
    internal void Finish()
    {
        Unknown();
        if (wrong.Count > 0)
            throw Together();
    }

    /// <summary>All that is wrong, by line; the file is named once.</summary>
    private RecipeException Together()
    {
        string[] told = [.. wrong.OrderBy(w => w.Line).Select(w => w.Error.Message)];
        return new RecipeException(
            string.Join("; ", told.Select((m, i) => i == 0 ? m : m.Replace($"{file}, ", "", StringComparison.Ordinal)))
        );
    }

    private void Add(string key, RecipeException error) => wrong.Add((LineOf(key) ?? long.MaxValue, error));

    private void Unknown()
    {
        foreach (var key in values.Keys.Where(k => !known.Contains(k)))
        {
            var american = AmericanSpelling.Of(key);
            Add(
                key,
                new RecipeException(
                    american != key && values.ContainsKey(american)
                        ? $"{Place(key)}: '{Full(key)}' and '{Full(american)}' are one key in two spellings; keep '{Full(american)}'"
                        : $"{Place(key)}: unknown key '{ValueText.Short(Full(key))}'; the nearest known one is '{Full(NearestName.Of(american, known) ?? "")}'"
                )
            );
        }
        foreach (var section in sections)
            section.Unknown();
    }

    /// <summary>The error of a key's value; <paramref name="expected"/> says what would be right.</summary>
    public RecipeException Wrong(string key, string value, string expected) =>
        new($"{Place(key)}: {Full(key)} is '{ValueText.Short(value)}'; {expected}");

    /// <summary>The file, and the line of a key where it stands in one.</summary>
    internal string Place(string key) => LineOf(key) is { } line ? $"{file}, line {line}" : file;

    private long? LineOf(string key)
    {
        var written = lines.ContainsKey(key) ? key : lines.Keys.FirstOrDefault(k => AmericanSpelling.Of(k) == key);
        return written is null ? null : lines[written];
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
