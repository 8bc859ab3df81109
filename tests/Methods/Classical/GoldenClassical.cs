using System.Text.Json;
using Coverslip.Learning.Features;
using Coverslip.Tests;

namespace Coverslip.Methods.Tests.Classical;

/// <summary>golden/classical.json, which golden/classical.py wrote.</summary>
internal static class GoldenClassical
{
    private static readonly JsonElement Root = JsonDocument
        .Parse(
            File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "Methods", "Classical", "golden", "classical.json"))
        )
        .RootElement;

    internal static double[] Numbers(string name, string key) => Values(Root.GetProperty(name).GetProperty(key));

    internal static double[][] Rows(string key) =>
        [.. Root.GetProperty("learners").GetProperty(key).EnumerateArray().Select(Values)];

    /// <summary>The image of a case, with its mask.</summary>
    internal static PatchPixels Image(string name)
    {
        var (height, width) = (Root.GetProperty("height").GetInt32(), Root.GetProperty("width").GetInt32());
        var (colors, valid) = (Numbers(name, "image"), Numbers(name, "valid"));
        var samples = new byte[height * width * PatchPixels.Stride];
        for (var i = 0; i < valid.Length; i++)
        {
            for (var channel = 0; channel < 3; channel++)
                samples[i * PatchPixels.Stride + channel] = (byte)colors[3 * i + channel];
            samples[i * PatchPixels.Stride + 3] = (byte)(255 * valid[i]);
        }
        return new PatchPixels(samples, height, width);
    }

    /// <summary>What the classifiers learn from, as it is: scaling is no part of their golden values.</summary>
    internal static LabeledFeatures Known =>
        new(Rows("rows"), [.. Numbers("learners", "labels").Select(l => (int)l)], 3);

    internal static double[][] Tested => Rows("tested");

    /// <summary>Fails where a number is off by more than <paramref name="most"/>.</summary>
    internal static void Equal(IReadOnlyList<double[]> expected, IReadOnlyList<double[]> actual, double most)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (a, b) in expected.Zip(actual))
            Assert.Equal(a, b, (x, y) => Math.Abs(x - y) <= most);
    }

    private static double[] Values(JsonElement element) => [.. element.EnumerateArray().Select(v => v.GetDouble())];
}
