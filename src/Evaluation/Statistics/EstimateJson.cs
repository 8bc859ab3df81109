using System.Text.Json;

namespace Coverslip.Evaluation.Statistics;

/// <summary>Figures in JSON.</summary>
public static class EstimateJson
{
    /// <summary><c>"name": { "value", "low", "high" }</c>, numbers or null, and <c>reason</c> where null.</summary>
    public static void WriteEstimate(this Utf8JsonWriter json, string name, Estimate figure)
    {
        json.WriteStartObject(name);
        json.WriteNumberOrNull("value", figure.Value);
        json.WriteNumberOrNull("low", figure.Low);
        json.WriteNumberOrNull("high", figure.High);
        if (figure.Reason is not null)
            json.WriteString("reason", figure.Reason);
        json.WriteEndObject();
    }

    /// <summary>A number, or null.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
