using System.Text.Json;
using Coverslip.Tests;

namespace Coverslip.Evaluation.Tests;

/// <summary>The numbers of <c>golden/metrics.json</c>, which <c>golden/metrics.py</c> writes.</summary>
internal static class Golden
{
    private static readonly JsonElement Root = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "Evaluation", "golden", "metrics.json")))
        .RootElement;

    public static JsonElement At(string name) => Root.GetProperty(name);

    public static double[] Numbers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    public static int[] Integers(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];
}
