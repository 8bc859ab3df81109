using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Recipes;

/// <summary>A whole number of a range above 0, or all of them, which is 0.</summary>
internal sealed class NumberOrAllType(int low, int high) : KeyType<int>
{
    private const string All = "all";
    private readonly NumberType<int> number = new(low, high);

    internal override string Range => $"{number.Range}, {All}";

    internal override (string One, string Many) Expected =>
        ($"{number.Expected.One}, or {All}", $"{number.Expected.Many}, or {All}");

    internal override JsonObject Schema =>
        new() { ["anyOf"] = new JsonArray(number.Schema, new JsonObject { ["enum"] = new JsonArray(All) }) };

    internal override int Read(YamlNode node, WrongValue wrong) =>
        Text(node, wrong) == All ? 0 : number.Read(node, (value, _) => wrong(value, Expected.One));

    internal override JsonNode Write(int value) => value == 0 ? All : number.Write(value);
}
