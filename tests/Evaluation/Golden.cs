using System.Text.Json;
using Coverslip.Tests;

namespace Coverslip.Evaluation.Tests;

/// <summary>The numbers of the files under <c>golden</c>, each written by the script of its name.</summary>
internal static class Golden
{
    private static readonly JsonElement Metrics = Of("metrics.json");

    /// <summary>A part of <c>metrics.json</c>.</summary>
    public static JsonElement At(string name) => Metrics.GetProperty(name);

    /// <summary>A whole file.</summary>
    public static JsonElement Of(string file) =>
        JsonDocument
            .Parse(File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "Evaluation", "golden", file)))
            .RootElement;

    public static double[] Numbers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    public static int[] Integers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];
}
