using System.Text.Json.Nodes;

namespace Coverslip.Learning.Recipes;

/// <summary>What a recipe may say under one key, as the reader that asked for it declared it.</summary>
/// <param name="Path">Sections and name, such as <c>training.epochs</c>; <c>*</c> stands for a name of the user's.</param>
/// <param name="Meaning">One line.</param>
/// <param name="Source">Where the paper says so; empty where it does not.</param>
public sealed record RecipeKey(string Path, string Meaning, string Source)
{
    /// <summary>What it is where the recipe leaves it out.</summary>
    public required JsonNode Default { get; init; }

    /// <summary>What the recipe says; null where it leaves the key out.</summary>
    public JsonNode? Value { get; init; }

    /// <summary>What it may be, in words such as <c>16 – 16384</c>; empty: any text.</summary>
    public required string Range { get; init; }

    /// <summary>What it may be, as JSON schema.</summary>
    public required JsonObject Schema { get; init; }

    /// <summary>Whether it has no default, so that a recipe has to say it.</summary>
    public bool Required { get; init; }

    /// <summary>What stands in place of a default: <c>required</c>, or <c>none</c> of an empty one; else null.</summary>
    public string? NoDefault =>
        Required || Path == "method" ? "required"
        : ValueText.Of(Default) is "\"\"" or "{}" or "[]" ? "none"
        : null;

    /// <summary>Whether the recipe says something else than the default.</summary>
    public bool Changed => Value is not null && !JsonNode.DeepEquals(Value, Default);

    /// <summary>The section, such as <c>training</c>; empty at the top level.</summary>
    public string Section => Path.LastIndexOf('.') is var dot and > 0 ? Path[..dot] : "";

    /// <summary>The key within its section.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The meaning with its source.</summary>
    public string Explained => Source.Length == 0 ? Meaning : $"{Meaning} ({Source})";
}

/// <summary>A kind of recipe, a method's or a study's, with every key it may have.</summary>
public sealed record RecipeKind(string Name, IReadOnlyList<RecipeKey> Keys);
