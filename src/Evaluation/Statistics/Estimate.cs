using System.Text.Json.Serialization;

namespace Coverslip.Evaluation.Statistics;

/// <summary>A figure with its 95 % interval.</summary>
/// <param name="Value">The figure on the data themselves; null where it is not defined.</param>
/// <param name="Low">The interval's lower end; null without an interval.</param>
/// <param name="High">The interval's upper end; null without an interval.</param>
/// <param name="Reason">Why something is null; null where nothing is.</param>
/// <remarks>In JSON <c>{ "value", "low", "high" }</c>, numbers or null, and <c>reason</c> or <c>bound</c> where there is one.</remarks>
public sealed record Estimate(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Low,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? High,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null
)
{
    /// <summary>What the interval is where it is not what its heading says: an exact bound, and of how many units.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bound { get; init; }

    /// <summary>A figure that is not defined here.</summary>
    public static Estimate Undefined(string reason) => new(null, null, null, reason);
}
