using System.Numerics;

namespace Coverslip.Learning.Runs;

/// <summary>How unlike two images are to a model: 1 − the cosine of their features, 0 alike, 1 nothing in common, at most 2.</summary>
internal static class FeatureDistance
{
    /// <summary>Brings features to length 1; those that are all 0 stay.</summary>
    internal static void Normalize(float[] features)
    {
        var length = MathF.Sqrt(Product(features, features));
        for (var i = 0; i < features.Length && length > 0; i++)
            features[i] /= length;
    }

    /// <summary>Of features of length 1, as many in both.</summary>
    internal static double Between(float[] a, float[] b) => Math.Max(0, 1 - Product(a, b));

    private static float Product(float[] a, float[] b)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sums += new Vector<float>(a, i) * new Vector<float>(b, i);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
