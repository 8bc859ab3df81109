namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Of each cell of a map how far its middle lies from the border of tumor, in cells: negative within, positive outside; 0
/// everywhere on a map that holds no tumor, or nothing else (Kervadec et al. 2019, sec. 2). Exact, in two passes
/// (Felzenszwalb &amp; Huttenlocher 2012).
/// </summary>
internal static class SignedDistance
{
    private const double Far = 1e12;

    /// <param name="labels">[H · W]; what has no label counts as not tumor.</param>
    /// <param name="width">Cells to a row.</param>
    /// <param name="distances">[H · W], filled.</param>
    internal static void Of(ReadOnlySpan<long> labels, int width, Span<float> distances)
    {
        distances.Clear();
        var tumor = labels.Count(GridPatch.Tumor);
        if (tumor == 0 || tumor == labels.Length)
            return;
        var (toTumor, toOther) = (new double[labels.Length], new double[labels.Length]);
        for (var cell = 0; cell < labels.Length; cell++)
        {
            var isTumor = labels[cell] == GridPatch.Tumor;
            (toTumor[cell], toOther[cell]) = isTumor ? (0.0, Far) : (Far, 0.0);
        }
        Spread(toTumor, width);
        Spread(toOther, width);
        // Between the middles of two neighbors of other kinds the border lies half way.
        for (var cell = 0; cell < labels.Length; cell++)
            distances[cell] = (float)(
                toTumor[cell] == 0 ? 0.5 - Math.Sqrt(toOther[cell]) : Math.Sqrt(toTumor[cell]) - 0.5
            );
    }

    /// <summary>Squared distances to the nearest cell that is 0, of cells that are 0 or far.</summary>
    private static void Spread(double[] values, int width)
    {
        var height = values.Length / width;
        for (var column = 0; column < width; column++)
            Line(values, (column, width, height));
        for (var row = 0; row < height; row++)
            Line(values, (row * width, 1, width));
    }

    /// <summary>The least of all parabolas that stand on a line's cells.</summary>
    private static void Line(double[] values, (int From, int Step, int Count) line)
    {
        var own = new double[line.Count];
        for (var i = 0; i < line.Count; i++)
            own[i] = values[line.From + (i * line.Step)];
        var (feet, starts, last) = (new int[line.Count], new double[line.Count + 1], 0);
        (starts[0], starts[1]) = (double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 1; i < line.Count; i++)
        {
            var at = Crossing(i, feet[last]);
            while (at <= starts[last])
                at = Crossing(i, feet[--last]);
            feet[++last] = i;
            (starts[last], starts[last + 1]) = (at, double.PositiveInfinity);
        }
        for (int i = 0, place = 0; i < line.Count; i++)
        {
            while (starts[place + 1] < i)
                place++;
            var off = i - feet[place];
            values[line.From + (i * line.Step)] = own[feet[place]] + (off * (double)off);
        }

        double Crossing(int i, int foot) =>
            (own[i] + ((double)i * i) - own[foot] - ((double)foot * foot)) / (2.0 * (i - foot));
    }
}
