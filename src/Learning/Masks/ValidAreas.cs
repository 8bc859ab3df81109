namespace Coverslip.Learning.Masks;

/// <summary>The area of one label and what the rules make of it. Colors in 0 – 255.</summary>
/// <param name="Label">The label.</param>
/// <param name="Pixels">Size.</param>
/// <param name="Share">Pixels as a share of the image.</param>
/// <param name="Brightness">Mean of (R_m, G_m, B_m).</param>
/// <param name="Redness">(R_m + B_m)/2 − G_m.</param>
public sealed record Area(int Label, long Pixels, double Share, double Brightness, double Redness)
{
    /// <summary>Mean of (R_s, G_s, B_s), the channels' standard deviations over the area.</summary>
    public double Texture { get; init; }

    /// <summary>All rules that remove it; none for a valid area.</summary>
    public MaskRule Failed { get; init; }

    public bool Valid => Failed == MaskRule.None;

    /// <summary>The first rule that removes it, in the order of the paper: brightness, red, texture.</summary>
    public MaskRule RemovedBy => (MaskRule)((int)Failed & -(int)Failed);

    /// <summary>The verdict with its figures.</summary>
    public string Describe(MaskRules rules) =>
        RemovedBy switch
        {
            MaskRule.Dark => FormattableString.Invariant($"{Share:P0} dark ({Brightness:F0} < {rules.Low:F0})"),
            MaskRule.Blank => FormattableString.Invariant($"{Share:P0} blank ({Brightness:F0} > {rules.High:F0})"),
            MaskRule.Red => FormattableString.Invariant($"{Share:P0} red ({Redness:F0} > {rules.Red:F0})"),
            MaskRule.Smooth => FormattableString.Invariant($"{Share:P0} smooth ({Texture:F0} <= {rules.Smooth:F0})"),
            _ => FormattableString.Invariant($"{Share:P0} valid"),
        };
}

/// <summary>Decides which labels' areas are valid (Liu &amp; Sun 2021, sec. 3.1.1).</summary>
internal static class ValidAreas
{
    /// <summary>The figures of every label's area and the rules that remove it, in the order of labels.</summary>
    /// <param name="pixels">[H · W · 3] R, G, B.</param>
    /// <param name="labels">[H · W], 0 to <paramref name="count"/> − 1.</param>
    /// <param name="count">Labels.</param>
    /// <param name="rules">Thresholds.</param>
    public static IReadOnlyList<Area> Judge(
        ReadOnlySpan<byte> pixels,
        ReadOnlySpan<byte> labels,
        int count,
        MaskRules rules
    )
    {
        if (pixels.Length != labels.Length * 3L)
            throw new ArgumentException($"{labels.Length} labels for {pixels.Length} RGB samples");
        var sums = new long[count, 3];
        var squares = new long[count, 3];
        var sizes = new long[count];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = labels[i];
            sizes[label]++;
            for (var c = 0; c < 3; c++)
            {
                long value = pixels[i * 3 + c];
                sums[label, c] += value;
                squares[label, c] += value * value;
            }
        }
        var areas = new List<Area>(count);
        Span<double> mean = stackalloc double[3],
            deviation = stackalloc double[3];
        for (var label = 0; label < count; label++)
        {
            if (sizes[label] == 0)
                continue;
            double n = sizes[label];
            for (var c = 0; c < 3; c++)
            {
                mean[c] = sums[label, c] / n;
                deviation[c] = Math.Sqrt(Math.Max(0, squares[label, c] / n - mean[c] * mean[c]));
            }
            var area = new Area(
                label,
                sizes[label],
                n / labels.Length,
                (mean[0] + mean[1] + mean[2]) / 3,
                (mean[0] + mean[2]) / 2 - mean[1]
            )
            {
                Texture = (deviation[0] + deviation[1] + deviation[2]) / 3,
            };
            areas.Add(area with { Failed = rules.Judge(area.Brightness, area.Redness, area.Texture) });
        }
        return areas;
    }

    /// <summary>[H · W]: 255 where the pixel's area is valid, else 0.</summary>
    public static byte[] Union(ReadOnlySpan<byte> labels, IEnumerable<Area> areas)
    {
        Span<byte> value = stackalloc byte[256];
        foreach (var area in areas.Where(a => a.Valid))
            value[area.Label] = 255;
        var mask = new byte[labels.Length];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = value[labels[i]];
        return mask;
    }
}
