using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Coverslip.Learning.Recipes;

/// <summary>A key's value as it stands in a recipe.</summary>
public static partial class ValueText
{
    private const int Longest = 120;

    /// <summary>As YAML, on one line.</summary>
    public static string Of(JsonNode value) =>
        value switch
        {
            JsonArray list => $"[{string.Join(", ", list.Select(item => Of(item!)))}]",
            JsonObject mapping => $"{{{string.Join(", ", mapping.Select(m => $"{m.Key}: {Of(m.Value!)}"))}}}",
            _ when value.GetValueKind() == JsonValueKind.String => Quoted(value.GetValue<string>()),
            _ => Tidy(value.ToJsonString()),
        };

    /// <summary>A value as errors show it: its beginning where it is long.</summary>
    internal static string Short(string value) =>
        value.Length <= Longest ? value : $"{value[..Longest]}… ({value.Length} characters)";

    /// <summary>5e-6, not 5E-06.</summary>
    internal static string Of(IFormattable number) => Tidy(number.ToString(null, CultureInfo.InvariantCulture));

    private static string Tidy(string number) => number.Replace("E-0", "e-").Replace("E+0", "e").Replace("E+", "e");

    private static string Quoted(string text) => Plain().IsMatch(text) ? text : $"\"{text.Replace("\"", "\\\"")}\"";

    [GeneratedRegex(@"^[\w./*]([\w ./+*-]*[\w./+*-])?$")]
    private static partial Regex Plain();
}
