using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>Which tissue lies where: smooth regions of drawn shares, then cavities on top.</summary>
internal static class TissueLayout
{
    /// <summary>[Size · Size] kinds. The layout knows nothing of the tumor's class.</summary>
    public static TissueKind[] Draw(PatchPhantomOptions options, SeededRandom random)
    {
        var size = options.Size;
        var kinds = new TissueKind[size * size];
        var unit = options.NucleusRadius / 3.2;
        var tumor = Field(size, (float)(64 * unit), random);
        var other = Field(size, (float)(44 * unit), random);

        var share = random.Between(options.LeastTumor, options.MostTumor);
        var threshold = Quantile(tumor, 1 - share, static _ => true);
        bool Outside(int i) => tumor[i] < threshold;
        var blank = Quantile(other, random.Between(0.10, 0.40), Outside);
        var blood = Quantile(other, 1 - random.Between(0.15, 0.40), Outside);
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] =
                !Outside(i) ? TissueKind.Tumor
                : other[i] < blank ? TissueKind.Blank
                : other[i] > blood ? TissueKind.Blood
                : TissueKind.Stroma;
        }

        var cavities = (int)Math.Round(random.Between(0.5, 3.5) * size * size / (160.0 * 160.0 * unit * unit));
        for (var i = 0; i < cavities; i++)
            CutCavity(kinds, size, unit, random);
        return kinds;
    }

    private static float[] Field(int size, float wavelength, SeededRandom random)
    {
        var noise = new ValueNoise(random);
        var field = new float[size * size];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
                field[(y * size) + x] = noise.Rough(x / wavelength, y / wavelength);
        }
        return field;
    }

    private static float Quantile(float[] values, double share, Func<int, bool> counts)
    {
        // Every fifth value is enough for a share, and quicker to sort.
        var counted = new List<float>(values.Length / 5);
        for (var i = 0; i < values.Length; i += 5)
            if (counts(i))
                counted.Add(values[i]);
        counted.Sort();
        return counted.Count == 0 ? 0 : counted[Math.Clamp((int)(share * counted.Count), 0, counted.Count - 1)];
    }

    private static void CutCavity(TissueKind[] kinds, int size, double unit, SeededRandom random)
    {
        var (cx, cy) = (random.Unit() * size, random.Unit() * size);
        var (ux, uy) = random.Direction();
        var (a, b) = (random.Between(6, 15) * unit, random.Between(5, 9) * unit);
        var reach = (int)Math.Ceiling(Math.Max(a, b));
        for (var y = Math.Max(0, (int)cy - reach); y < Math.Min(size, (int)cy + reach + 1); y++)
        {
            for (var x = Math.Max(0, (int)cx - reach); x < Math.Min(size, (int)cx + reach + 1); x++)
            {
                var (dx, dy) = (x - cx, y - cy);
                var (along, across) = (((dx * ux) + (dy * uy)) / a, ((dy * ux) - (dx * uy)) / b);
                if ((along * along) + (across * across) <= 1)
                    kinds[(y * size) + x] = TissueKind.Cavity;
            }
        }
    }
}
