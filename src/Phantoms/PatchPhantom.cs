using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>
/// Paints H&amp;E-like patches with a known truth: tumor of one of two nuclear patterns, stroma, red cells, cavities,
/// blank glass.
/// Colors follow Beer and Lambert's law from the densities of two dyes and of blood. The same options and seed give
/// the same
/// bytes on every machine. For demonstrations and tests; no substitute for tissue.
/// </summary>
public static class PatchPhantom
{
    private const double LeastCover = 0.38;
    private const double MostCover = 0.43;

    /// <summary>Paints one patch.</summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static PhantomPatch Paint(PatchPhantomOptions options, int seed)
    {
        options.Check();
        var kinds = TissueLayout.Draw(options, SeededRandom.For(seed, 1));
        var random = SeededRandom.For(seed, 2);
        var cover = random.Between(LeastCover + options.CoverShift, MostCover + options.CoverShift);
        var nuclei = NucleusField.Place(options, kinds, cover, random);

        var dyes = new DyeLayers(options, kinds, SeededRandom.For(seed, 3));
        foreach (var nucleus in nuclei.Concat(Stray(options, kinds, SeededRandom.For(seed, 6))))
            dyes.Add(nucleus);

        var stain = Stain
            .Draw(SeededRandom.For(options.StainSeed, 4), options.StainLevel, options.StainDrift)
            .InPatch(random, options.StainDrift);
        var image = Develop(dyes, stain, SeededRandom.For(seed, 5));
        var mask = Array.ConvertAll(kinds, static kind => (byte)(kind == TissueKind.Tumor ? 255 : 0));
        return new PhantomPatch(image, mask, kinds);
    }

    /// <summary>Nuclei of the stroma, smaller than the tumor's.</summary>
    private static List<Nucleus> Stray(PatchPhantomOptions options, TissueKind[] kinds, SeededRandom random)
    {
        if (options.StrayCover == 0)
            return [];
        var stroma = Array.ConvertAll(
            kinds,
            static kind => kind == TissueKind.Stroma ? TissueKind.Tumor : TissueKind.Blank
        );
        var small = options with
        {
            Pattern = options.StrayPattern,
            NucleusRadius = Math.Max(1.4, 0.8 * options.NucleusRadius),
        };
        return NucleusField.Place(small, stroma, options.StrayCover, random);
    }

    private static Image Develop(DyeLayers dyes, Stain stain, SeededRandom random)
    {
        var size = dyes.Size;
        var light = new float[size * size * 3];
        var (h, e, b) = (stain.Haematoxylin, stain.Eosin, stain.Blood);
        var full = (float)stain.Light;
        for (var i = 0; i < size * size; i++)
        {
            var (dh, de, db) = (dyes.Haematoxylin[i], dyes.Eosin[i], dyes.Blood[i]);
            light[3 * i] = full * Stain.Transmit((dh * h.R) + (de * e.R) + (db * b.R));
            light[(3 * i) + 1] = full * Stain.Transmit((dh * h.G) + (de * e.G) + (db * b.G));
            light[(3 * i) + 2] = full * Stain.Transmit((dh * h.B) + (de * e.B) + (db * b.B));
        }

        Soften(light, size);
        var image = new Image(size, size);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var bits = random.Next();
            var grain = ((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF)) * (5f / 65536) - 5f;
            pixels[i] = (byte)Math.Clamp((int)(light[i] + grain + 0.5f), 0, 255);
        }
        return image;
    }

    /// <summary>The optics: weights 1, 4, 1 along each axis, edges repeated.</summary>
    private static void Soften(float[] light, int size)
    {
        var line = new float[size];
        for (var channel = 0; channel < 3; channel++)
        {
            for (var row = 0; row < size; row++)
                SoftenLine(light, (row * size * 3) + channel, 3, line);
            for (var column = 0; column < size; column++)
                SoftenLine(light, (column * 3) + channel, size * 3, line);
        }
    }

    private static void SoftenLine(float[] light, int start, int step, float[] line)
    {
        for (var i = 0; i < line.Length; i++)
            line[i] = light[start + (i * step)];
        for (var i = 0; i < line.Length; i++)
        {
            var (before, after) = (line[Math.Max(0, i - 1)], line[Math.Min(line.Length - 1, i + 1)]);
            light[start + (i * step)] = (before + (4 * line[i]) + after) / 6;
        }
    }
}
