namespace Coverslip.Slides.Tissue;

/// <summary>Means over squares around each pixel.</summary>
internal static class BoxMean
{
    /// <summary>[H · W] the mean of the square of 2 · <paramref name="reach"/> + 1 pixels, at edges of what there is.</summary>
    public static float[] Of(float[] values, (int Width, int Height) size, int reach)
    {
        var (across, result) = (new float[values.Length], new float[values.Length]);
        for (var y = 0; y < size.Height; y++)
            Line(values, across, y * size.Width, 1, size.Width, reach);
        for (var x = 0; x < size.Width; x++)
            Line(across, result, x, size.Width, size.Height, reach);
        return result;
    }

    private static void Line(float[] from, float[] to, int start, int step, int count, int reach)
    {
        var (sum, inside) = (0.0, 0);
        for (var i = 0; i < Math.Min(reach, count); i++)
            (sum, inside) = (sum + from[start + (i * step)], inside + 1);
        for (var i = 0; i < count; i++)
        {
            if (i + reach < count)
                (sum, inside) = (sum + from[start + ((i + reach) * step)], inside + 1);
            if (i - reach - 1 >= 0)
                (sum, inside) = (sum - from[start + ((i - reach - 1) * step)], inside - 1);
            to[start + (i * step)] = (float)(sum / inside);
        }
    }
}
