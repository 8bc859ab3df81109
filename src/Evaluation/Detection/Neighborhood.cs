namespace Coverslip.Evaluation.Detection;

/// <summary>The pixels near to an object, by exact Euclidean distance between pixel centers.</summary>
internal static class Neighborhood
{
    /// <summary>
    /// [H · W] ones where an object pixel (not 0) is nearer than <paramref name="reach"/>, else zeros. Time grows with
    /// the pixels, not with the reach: the nearest object pixel of each column is found first, and then which columns
    /// cover a pixel (the separation of Felzenszwalb &amp; Huttenlocher 2012, sec. 2.1).
    /// </summary>
    internal static byte[] Within(ReadOnlySpan<byte> objects, int width, double reach)
    {
        var height = objects.Length / width;
        var far = (ushort)Math.Min(Math.Ceiling(reach), ushort.MaxValue); // an object so far up or down covers nothing
        var halfWidths = HalfWidths(reach, far);
        var below = new ushort[objects.Length]; // rows down to the column's next object pixel
        for (var i = objects.Length - 1; i >= 0; i--)
            below[i] =
                objects[i] != 0 ? (ushort)0
                : i >= objects.Length - width ? far
                : (ushort)Math.Min(below[i + width] + 1, far);
        var near = new byte[objects.Length];
        var above = new ushort[width];
        var spans = new int[width]; // how far each column covers this row to its left and right, -1 for not at all
        Array.Fill(above, far);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var i = y * width + x;
                above[x] = objects[i] != 0 ? (ushort)0 : (ushort)Math.Min(above[x] + 1, far);
                spans[x] = halfWidths[Math.Min(above[x], below[i])];
            }
            Cover(spans, near.AsSpan(y * width, width));
        }
        return near;
    }

    // Entry g: the largest whole number whose distance, with g rows between, is below the reach; -1 for none.
    private static int[] HalfWidths(double reach, int far)
    {
        var widths = new int[far + 1];
        for (var g = 0; g <= far; g++)
        {
            widths[g] = -1;
            while (Math.Sqrt((widths[g] + 1.0) * (widths[g] + 1.0) + (double)g * g) < reach)
                widths[g]++;
        }
        return widths;
    }

    private static void Cover(ReadOnlySpan<int> spans, Span<byte> row)
    {
        var until = -1;
        for (var x = 0; x < row.Length; x++)
        {
            until = spans[x] < 0 ? until : Math.Max(until, x + spans[x]);
            if (x <= until)
                row[x] = 1;
        }
        var from = row.Length;
        for (var x = row.Length - 1; x >= 0; x--)
        {
            from = spans[x] < 0 ? from : Math.Min(from, x - spans[x]);
            if (x >= from)
                row[x] = 1;
        }
    }
}
