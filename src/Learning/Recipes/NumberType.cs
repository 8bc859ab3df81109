using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>A number of a range, whole where <typeparamref name="T"/> is.</summary>
internal sealed class NumberType<T>(T low, T high) : KeyType<T>
    where T : struct, INumber<T>
{
    private static readonly bool Whole = typeof(T) == typeof(int);

    internal override string Range => $"{ValueText.Of(low)} – {ValueText.Of(high)}";

    internal override (string One, string Many) Expected
    {
        get
        {
            var (word, limits) = (
                Whole ? "whole number" : "number",
                $"from {ValueText.Of(low)} to {ValueText.Of(high)}"
            );
            return ($"expected is a {word} {limits}", $"expected are {word}s {limits}");
        }
    }

    internal override JsonObject Schema =>
        new()
        {
            ["type"] = Whole ? "integer" : "number",
            ["minimum"] = JsonValue.Create(low),
            ["maximum"] = JsonValue.Create(high),
        };

    internal override T Read(YamlNode node, WrongValue wrong)
    {
        var text = Text(node, wrong);
        var style = Whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        return T.TryParse(text, style, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
            ? value
            : throw wrong(text, Expected.One);
    }

    internal override JsonNode Write(T value) => T.IsNaN(value) ? "" : JsonValue.Create(value)!;
}
