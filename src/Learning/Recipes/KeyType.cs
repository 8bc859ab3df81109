using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>The error of a value, given what is expected.</summary>
internal delegate RecipeException WrongValue(string value, string expected);

/// <summary>What a key's value may be: how it is read, written, said and checked by an editor.</summary>
internal abstract class KeyType<T>
{
    /// <summary>Reads a value; throws what <paramref name="wrong"/> makes where it is none.</summary>
    internal abstract T Read(YamlNode node, WrongValue wrong);

    /// <summary>A value as it is written.</summary>
    internal abstract JsonNode Write(T value);

    /// <summary>What it may be, in words; empty: any text.</summary>
    internal abstract string Range { get; }

    /// <summary>What is expected, as errors of a value and of a list's entry say it.</summary>
    internal abstract (string One, string Many) Expected { get; }

    internal abstract JsonObject Schema { get; }

    /// <summary>Whether values are words of ours, not of the user's.</summary>
    internal virtual bool IsOurWord => false;

    protected static string Text(YamlNode node, WrongValue wrong) =>
        node is YamlScalarNode scalar ? scalar.Value ?? "" : throw wrong(node.ToString(), "expected is a single value");
}

/// <summary>Any text.</summary>
internal sealed class TextType : KeyType<string>
{
    internal override string Range => "";

    internal override (string One, string Many) Expected => ("expected is a text", "expected are texts");

    // What looks like a number to an editor is a text all the same.
    internal override JsonObject Schema => new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };

    internal override string Read(YamlNode node, WrongValue wrong) => Text(node, wrong);

    internal override JsonNode Write(string value) => value;
}

/// <summary>Yes or no.</summary>
internal sealed class FlagType : KeyType<bool>
{
    internal override string Range => "true, false";

    internal override (string One, string Many) Expected => ("expected is true or false", "expected are true or false");

    internal override JsonObject Schema => new() { ["enum"] = new JsonArray(true, false, "yes", "no", "on", "off") };

    internal override bool Read(YamlNode node, WrongValue wrong) =>
        Text(node, wrong) switch
        {
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            var text => throw wrong(text, Expected.One),
        };

    internal override JsonNode Write(bool value) => value;
}
