using Coverslip.Learning.Masks;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;

namespace Coverslip.Bench.Masks;

/// <summary>
/// How well masks agree: of the fast mode with the plain one, of plain masks of different seeds among themselves, of a
/// shrunk segmentation with one at full size, and of either mode with the true masks of phantoms. Intersection over
/// union of
/// the valid area; pairs in which both masks are empty are left out and counted.
/// </summary>
public static class MaskAgreement
{
    /// <summary>Mean IoU and pairs left out because both masks are empty.</summary>
    public readonly record struct Mean(double Iou, int Pairs, int BothEmpty)
    {
        public override string ToString() =>
            FormattableString.Invariant($"{Iou:F3} ({Pairs} pairs, {BothEmpty} both empty left out)");
    }

    /// <summary>Prints the agreement over image files × seeds.</summary>
    /// <param name="files">Images.</param>
    /// <param name="options">Segmentation; mode, seed and scale are set here.</param>
    /// <param name="rules">Rules under which most images keep some area.</param>
    /// <param name="seeds">At least two.</param>
    /// <param name="scales">Scales to compare with scale 1, in the fast mode.</param>
    public static void OnImages(
        IReadOnlyList<string> files,
        MaskOptions options,
        MaskRules rules,
        long[] seeds,
        double[] scales
    )
    {
        List<(byte[], byte[])> modes = [],
            crossed = [],
            among = [];
        var scaled = scales.Select(_ => new List<(byte[], byte[])>()).ToArray();
        foreach (var file in files)
        {
            using var image = ImageFile.Read(file);
            byte[] Mask(MaskMode mode, long seed, double scale) =>
                new MaskMaker(options with { Mode = mode, Seed = seed, Scale = scale }, rules).Make(image).Mask;
            var plain = seeds.Select(s => Mask(MaskMode.Plain, s, 1)).ToArray();
            var fast = seeds.Select(s => Mask(MaskMode.Fast, s, 1)).ToArray();
            for (var i = 0; i < seeds.Length; i++)
            {
                modes.Add((plain[i], fast[i]));
                for (var j = 0; j < seeds.Length; j++)
                {
                    if (j != i)
                        crossed.Add((plain[i], fast[j]));
                    if (j > i)
                        among.Add((plain[i], plain[j]));
                }
                for (var s = 0; s < scales.Length; s++)
                    scaled[s].Add((fast[i], Mask(MaskMode.Fast, seeds[i], scales[s])));
            }
        }
        Console.WriteLine($"plain masks of different seeds among themselves: {MeanOf(among)}");
        Console.WriteLine($"fast with plain, the same seed: {MeanOf(modes)}");
        Console.WriteLine($"fast with plain, different seeds: {MeanOf(crossed)}");
        for (var s = 0; s < scales.Length; s++)
            Console.WriteLine(
                FormattableString.Invariant(
                    $"fast at scale {scales[s]} with scale 1, the same seed: {MeanOf(scaled[s])}"
                )
            );
    }

    /// <summary>
    /// Prints either mode's IoU with the true masks of phantoms, beside that of calling everything valid.
    /// </summary>
    public static void OnPhantoms(
        IReadOnlyList<PatchPhantomOptions> phantoms,
        MaskOptions options,
        MaskRules rules,
        long[] seeds
    )
    {
        List<(byte[], byte[])> plain = [],
            fast = [],
            all = [];
        for (var i = 0; i < phantoms.Count; i++)
        {
            using var patch = PatchPhantom.Paint(phantoms[i], seed: i + 1);
            foreach (var seed in seeds)
            {
                foreach (var (mode, pairs) in new[] { (MaskMode.Plain, plain), (MaskMode.Fast, fast) })
                    pairs.Add(
                        (
                            patch.Mask,
                            new MaskMaker(options with { Mode = mode, Seed = seed }, rules).Make(patch.Image).Mask
                        )
                    );
            }
            var everything = new byte[patch.Mask.Length];
            Array.Fill(everything, (byte)255);
            all.Add((patch.Mask, everything));
        }
        Console.WriteLine($"plain with the truth: {MeanOf(plain)}");
        Console.WriteLine($"fast with the truth: {MeanOf(fast)}");
        Console.WriteLine($"everything valid with the truth: {MeanOf(all)}");
    }

    private static Mean MeanOf(IReadOnlyList<(byte[] A, byte[] B)> pairs)
    {
        var values = pairs.Select(p => Iou(p.A, p.B)).ToList();
        var counted = values.OfType<double>().ToList();
        return new Mean(
            counted.Count == 0 ? double.NaN : counted.Average(),
            counted.Count,
            values.Count - counted.Count
        );
    }

    /// <summary>Intersection over union of the non-zero pixels; null where both masks are empty.</summary>
    private static double? Iou(byte[] a, byte[] b)
    {
        long both = 0,
            either = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] != 0 && b[i] != 0)
                both++;
            if (a[i] != 0 || b[i] != 0)
                either++;
        }
        return either == 0 ? null : (double)both / either;
    }
}
