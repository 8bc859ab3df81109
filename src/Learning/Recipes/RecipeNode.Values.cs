using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>The types of values. Each call declares its key, too: one line of meaning, and the paper's place.</summary>
public sealed partial class RecipeNode
{
    public string Text(string key, string otherwise, string meaning, string source = "") =>
        Value(key, otherwise, new TextType(), meaning, source);

    public bool Flag(string key, bool otherwise, string meaning, string source = "") =>
        Value(key, otherwise, new FlagType(), meaning, source);

    public int Int(string key, int otherwise, (int Low, int High) range, string meaning, string source = "") =>
        Value(key, otherwise, new NumberType<int>(range.Low, range.High), meaning, source);

    /// <summary>A whole number above 0, or the word <c>all</c>, which is 0.</summary>
    public int IntOrAll(string key, int otherwise, (int Low, int High) range, string meaning, string source = "") =>
        Value(key, otherwise, new NumberOrAllType(range.Low, range.High), meaning, source);

    public double Number(
        string key,
        double otherwise,
        (double Low, double High) range,
        string meaning,
        string source = ""
    ) => Value(key, otherwise, new NumberType<double>(range.Low, range.High), meaning, source);

    /// <summary>A word of an enumeration, in kebab-case.</summary>
    public T Word<T>(string key, T otherwise, string meaning, string source = "")
        where T : struct, Enum => Value(key, otherwise, new WordType<T>(), meaning, source);

    /// <summary>One of several names; where it is left out and there is no default, the empty one is refused.</summary>
    public string Name(string key, string otherwise, IReadOnlyList<string> allowed, string meaning, string source = "")
    {
        var name = Value(key, otherwise, new NearNameType(allowed), meaning, source);
        return name.Length > 0 ? name : throw Wrong(key, "", $"expected is one of {string.Join(", ", allowed)}");
    }

    /// <summary>How many of a network's stages are trained, see <see cref="TrainableType"/>; all by default.</summary>
    internal string Trainable(string key, string meaning, string source = "") =>
        Value(key, "all", new TrainableType(), meaning, source);

    /// <summary>A list of names, each of which is one of the allowed.</summary>
    public IReadOnlyList<string> Names(
        string key,
        IReadOnlyList<string> otherwise,
        IReadOnlyList<string> allowed,
        string meaning,
        string source = ""
    ) =>
        Value(
            key,
            otherwise,
            new ListType<string>(new NameType(allowed), $"expected is a list of {string.Join(", ", allowed)}")
            {
                NotEmpty = true,
            },
            meaning,
            source
        );

    /// <summary>A list of texts of the user's own.</summary>
    public IReadOnlyList<string> List(
        string key,
        IReadOnlyList<string> otherwise,
        string meaning,
        string source = ""
    ) =>
        Value(
            key,
            otherwise,
            new ListType<string>(new TextType(), "expected is a list such as [first, second]") { NoBlank = true },
            meaning,
            source
        );

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<int> Ints(
        string key,
        IReadOnlyList<int> otherwise,
        (int Low, int High) range,
        string meaning,
        string source = ""
    ) =>
        Value(
            key,
            otherwise,
            new ListType<int>(new NumberType<int>(range.Low, range.High), "expected is a list such as [1, 1, 2, 2]"),
            meaning,
            source
        );

    /// <summary>A number, or a list of numbers.</summary>
    public IReadOnlyList<double> Numbers(
        string key,
        IReadOnlyList<double> otherwise,
        (double Low, double High) range,
        string meaning,
        string source = ""
    ) =>
        Value(
            key,
            otherwise,
            new ListType<double>(new NumberType<double>(range.Low, range.High), "") { NotEmpty = true },
            meaning,
            source
        );

    /// <summary>A nested mapping as it stands, whose keys somebody else checks; null where it is left out.</summary>
    internal YamlMappingNode? Raw(string key, string meaning)
    {
        var mapping = MappingAt(key);
        declared.Add(
            new RecipeKey(Full(key), meaning, "")
            {
                Default = new JsonObject(),
                Range = "keys of a recipe",
                Schema = new JsonObject { ["type"] = "object" },
                Value = mapping is null ? null : YamlText.ToJson(mapping),
            }
        );
        return mapping;
    }

    private T Value<T>(string key, T otherwise, KeyType<T> type, string meaning, string source)
    {
        var node = Find(key);
        if (node is not null && type.IsOurWord)
            node = Spelled(key, node);
        var value = otherwise;
        try
        {
            if (node is not null)
                value = type.Read(node, (text, expected) => Wrong(key, text, expected));
        }
        catch (RecipeException error)
        {
            Add(key, error);
        }
        declared.Add(
            new RecipeKey(Full(key), meaning, source)
            {
                Default = type.Write(otherwise),
                Range = type.Range,
                Schema = type.Schema,
                Value = node is null ? null : type.Write(value),
            }
        );
        return value;
    }

    private YamlNode Spelled(string key, YamlNode node) =>
        node switch
        {
            YamlScalarNode { Value: { } word } => new YamlScalarNode(Spelled(key, word)),
            YamlSequenceNode list => new YamlSequenceNode(list.Select(item => Spelled(key, item))),
            _ => node,
        };
}
