using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Methods.Tests;

/// <summary>As much of JSON schema as the schema of recipes uses, and YAML as JSON by YAML's core schema.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Words =
    [
        "$schema",
        "type",
        "description",
        "properties",
        "additionalProperties",
        "required",
        "enum",
        "const",
        "default",
        "minimum",
        "maximum",
        "items",
        "minItems",
        "uniqueItems",
        "anyOf",
    ];

    internal static JsonNode Json(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return Json(stream.Documents[0].RootNode)!;
    }

    /// <summary>Places of what is wrong.</summary>
    internal static IEnumerable<string> Errors(JsonNode? value, JsonObject schema, string at)
    {
        Assert.Empty(schema.Select(w => w.Key).Except(Words));
        if (!Fits(value, schema))
            return [at];
        if (value is JsonArray list)
            return schema["items"] is JsonObject items && list.Any(i => Errors(i, items, at).Any()) ? [at] : [];
        if (value is not JsonObject mapping || schema["properties"] is not JsonObject known)
            return [];
        var missing = (schema["required"] as JsonArray ?? [])
            .Select(r => r!.GetValue<string>())
            .Where(key => !mapping.ContainsKey(key))
            .Select(key => Under(at, key));
        return missing.Concat(
            mapping.SelectMany(entry =>
                (known[entry.Key] ?? schema["additionalProperties"]) is JsonObject inner
                    ? Errors(entry.Value, inner, Under(at, entry.Key))
                    : [Under(at, entry.Key)]
            )
        );
    }

    private static bool Fits(JsonNode? value, JsonObject schema)
    {
        var types = schema["type"] is JsonArray several
            ? [.. several.Select(t => $"{t}")]
            : new[] { $"{schema["type"]}" };
        var number = value?.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : double.NaN;
        return (schema["type"] is null || types.Any(t => IsOf(value, t)))
            && (schema["enum"] is not JsonArray among || among.Any(v => JsonNode.DeepEquals(v, value)))
            && (schema["const"] is not { } only || JsonNode.DeepEquals(only, value))
            && !(number < schema["minimum"]?.GetValue<double>())
            && !(number > schema["maximum"]?.GetValue<double>())
            && (schema["minItems"] is null || value is JsonArray { Count: > 0 })
            && (
                schema["uniqueItems"] is null
                || value is not JsonArray some
                || some.DistinctBy(i => $"{i}").Count() == some.Count
            )
            && (schema["anyOf"] is not JsonArray any || any.Any(s => !Errors(value, s!.AsObject(), "").Any()));
    }

    private static bool IsOf(JsonNode? value, string type) =>
        (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
            ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) or ("number", JsonValueKind.Number) =>
                true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("integer", JsonValueKind.Number) => double.IsInteger(value!.GetValue<double>()),
            _ => false,
        };

    private static JsonNode? Json(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => new JsonObject(
                mapping.Select(e => KeyValuePair.Create($"{e.Key}", Json(e.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
            YamlScalarNode { Style: not ScalarStyle.Plain, Value: var quoted } => quoted,
            YamlScalarNode { Value: "true" } => true,
            YamlScalarNode { Value: "false" } => false,
            YamlScalarNode { Value: var text }
                when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => node.ToString(),
        };

    private static string Under(string at, string key) => at.Length == 0 ? key : $"{at}.{key}";
}
