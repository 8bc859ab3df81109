using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>A list of values of one type.</summary>
/// <param name="entry">What an entry may be.</param>
/// <param name="shape">What errors say of something else than a list; empty: a single value is a list of one.</param>
internal sealed class ListType<T>(KeyType<T> entry, string shape) : KeyType<IReadOnlyList<T>>
{
    /// <summary>Whether a list without entries is refused.</summary>
    internal bool NotEmpty { private get; init; }

    /// <summary>Whether entries of no letters are refused.</summary>
    internal bool NoBlank { private get; init; }

    internal override string Range => entry.Range.Length == 0 ? "a list" : $"a list of {entry.Range}";

    internal override (string One, string Many) Expected =>
        shape.Length > 0
            ? entry.Expected
            : (entry.Expected.One, entry.Expected.Many.Replace("numbers", "a number or a list of numbers"));

    internal override bool IsOurWord => entry.IsOurWord;

    internal override JsonObject Schema
    {
        get
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = entry.Schema };
            if (NotEmpty)
                list["minItems"] = 1;
            return shape.Length > 0 ? list : new JsonObject { ["anyOf"] = new JsonArray(entry.Schema, list) };
        }
    }

    internal override IReadOnlyList<T> Read(YamlNode node, WrongValue wrong)
    {
        if (node is not YamlSequenceNode list)
            return shape.Length == 0 && node is YamlScalarNode ? [One(node)] : throw wrong(node.ToString(), shape);
        if (
            (NotEmpty && list.Children.Count == 0)
            || (NoBlank && list.Any(i => i is not YamlScalarNode { Value.Length: > 0 }))
        )
            throw wrong(node.ToString(), shape);
        return [.. list.Select(One)];

        T One(YamlNode item) => entry.Read(item, (value, _) => wrong(value, Expected.Many));
    }

    internal override JsonNode Write(IReadOnlyList<T> value) => new JsonArray([.. value.Select(entry.Write)]);
}
