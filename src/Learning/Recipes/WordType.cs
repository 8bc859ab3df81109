using System.Text.Json.Nodes;
using Coverslip.Files;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>One of several names.</summary>
internal class NameType(IReadOnlyList<string> allowed) : KeyType<string>
{
    internal override string Range => string.Join(", ", allowed);

    internal override (string One, string Many) Expected => ($"expected is one of {Range}", $"expected are {Range}");

    // Without any, the names are the user's own, such as those of a study's models.
    internal override JsonObject Schema =>
        allowed.Count == 0
            ? new() { ["type"] = "string" }
            : new() { ["enum"] = new JsonArray([.. allowed.Select(a => (JsonNode)a)]) };

    internal override bool IsOurWord => true;

    internal override string Read(YamlNode node, WrongValue wrong)
    {
        var text = Text(node, wrong);
        return allowed.Contains(text) ? text : throw wrong(text, Refusal(text));
    }

    internal override JsonNode Write(string value) => value;

    private protected virtual string Refusal(string text) => Expected.One;
}

/// <summary>One of so many names that the nearest one helps.</summary>
internal sealed class NearNameType(IReadOnlyList<string> allowed) : NameType(allowed)
{
    private protected override string Refusal(string text) =>
        text.Length == 0 ? Expected.One : $"the nearest known one is '{NearestName.Of(text, Allowed)}' of {Range}";

    private IReadOnlyList<string> Allowed { get; } = allowed;
}

/// <summary>A word of an enumeration, in kebab-case.</summary>
internal sealed class WordType<T> : KeyType<T>
    where T : struct, Enum
{
    private readonly NameType names = new([.. Enum.GetValues<T>().Select(v => Words.Kebab($"{v}"))]);

    internal override string Range => names.Range;

    internal override (string One, string Many) Expected => names.Expected;

    internal override JsonObject Schema => names.Schema;

    internal override bool IsOurWord => true;

    internal override T Read(YamlNode node, WrongValue wrong)
    {
        var text = names.Read(node, wrong);
        return Enum.GetValues<T>().First(v => Words.Kebab($"{v}") == text);
    }

    internal override JsonNode Write(T value) => Words.Kebab($"{value}");
}
