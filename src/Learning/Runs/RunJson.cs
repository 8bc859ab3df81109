using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Learning.Runs;

/// <summary>The JSON files of runs.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(RunDescription))]
[JsonSerializable(typeof(TrainingImages))]
[JsonSerializable(typeof(PrecisionChoice))]
[JsonSerializable(typeof(Int8Facts))]
[JsonSerializable(typeof(Estimate))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(OrderedDictionary<string, object>))]
[JsonSerializable(typeof(OrderedDictionary<string, JsonElement>))]
internal sealed partial class RunJson : JsonSerializerContext;
