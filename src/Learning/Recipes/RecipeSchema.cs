using System.Text.Json.Nodes;

namespace Coverslip.Learning.Recipes;

/// <summary>
/// JSON schema (draft 2020-12) of recipes, by which editors complete and check them as one types. It knows each key's own
/// range, not which keys go together.
/// </summary>
public static class RecipeSchema
{
    private const string Any = "*",
        Draft = "https://json-schema.org/draft/2020-12/schema",
        Described = "A recipe of ";

    /// <summary>Whether a text is such a schema, of whichever kinds and version.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON.</exception>
    public static bool Is(string text) =>
        JsonNode.Parse(text) is JsonObject schema
        && Text(schema["$schema"]) == Draft
        && (
            schema["$defs"] is JsonObject kinds
                ? kinds.Count > 0 && kinds.All(k => IsOfKind(k.Value))
                : IsOfKind(schema)
        );

    private static bool IsOfKind(JsonNode? schema) =>
        schema is JsonObject kind && Text(kind["description"])?.StartsWith(Described, StringComparison.Ordinal) == true;

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>The schema of files of any of the kinds.</summary>
    public static JsonObject Of(IReadOnlyList<RecipeKind> kinds)
    {
        var schema = new JsonObject { ["$schema"] = Draft };
        if (kinds is [var only])
        {
            foreach (var (word, value) in Of(only))
                schema[word] = value?.DeepClone();
            return schema;
        }
        schema["oneOf"] = new JsonArray([
            .. kinds.Select(k => (JsonNode)new JsonObject { ["$ref"] = $"#/$defs/{k.Name}" }),
        ]);
        schema["$defs"] = new JsonObject(kinds.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)Of(k))));
        return schema;
    }

    private static JsonObject Of(RecipeKind kind)
    {
        var root = Mapping($"{Described}{kind.Name}");
        foreach (var key in kind.Keys)
        {
            var words = key.Path.Split('.');
            var at = root;
            foreach (var word in words[..^1])
            {
                if (key.Required && !words.Contains(Any))
                    Require(at, word);
                at = Nested(at, word);
            }
            var value =
                key.Path == "method" ? new JsonObject { ["const"] = kind.Name } : key.Schema.DeepClone().AsObject();
            value["description"] = key.Explained;
            if (!key.Required)
                value["default"] = key.Default.DeepClone();
            at["properties"]!.AsObject()[words[^1]] = value;
            if (key.Required)
                Require(at, words[^1]);
        }
        return root;
    }

    private static JsonObject Mapping(string description) =>
        new()
        {
            ["type"] = "object",
            ["description"] = description,
            ["properties"] = new JsonObject(),
            ["additionalProperties"] = false,
        };

    private static JsonObject Nested(JsonObject at, string word)
    {
        if (word == Any)
        {
            if (at["additionalProperties"] is JsonObject entry)
                return entry;
            var added = Mapping("An entry of a name of your own");
            at["additionalProperties"] = added;
            return added;
        }
        var properties = at["properties"]!.AsObject();
        if (properties[word] is JsonObject there)
            return there;
        var section = Mapping($"The section {word}");
        properties[word] = section;
        return section;
    }

    private static void Require(JsonObject at, string word)
    {
        if (at["required"] is not JsonArray required)
            at["required"] = required = [];
        if (!required.Any(r => r!.GetValue<string>() == word))
            required.Add((JsonNode)word);
    }
}
