using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>Optical density per channel (R, G, B), in natural units: light = exp(−density).</summary>
internal readonly record struct Density(float R, float G, float B)
{
    public Density Times(double r, double g, double b) => new((float)(R * r), (float)(G * g), (float)(B * b));
}

/// <summary>One patient's stain: what a unit of each dye takes away from the light, and the light itself.</summary>
internal sealed record Stain(Density Haematoxylin, Density Eosin, Density Blood, double Light)
{
    // Chosen so that dense tumor passes the published validity rules as that hospital's scanner would show it, and in
    // the
    // direction of the usual H&E vectors (Ruifrok & Johnston 2001).
    private static readonly Density BaseHaematoxylin = new(0.71f, 0.77f, 0.52f);
    private static readonly Density BaseEosin = new(0.12f, 0.86f, 0.44f);
    private static readonly Density BaseBlood = new(0.20f, 1.15f, 1.00f);
    private const int Steps = 256;
    private const int MostDensity = 8;
    private static readonly float[] Transmission = MakeTransmission();

    /// <summary>
    /// A patient's stain at the place <paramref name="level"/> (0 to 1, pale to dark) of the drift's range, with
    /// <paramref name="drift"/> times its usual width.
    /// </summary>
    public static Stain Draw(SeededRandom random, double level, double drift) =>
        new Stain(BaseHaematoxylin, BaseEosin, BaseBlood, 246 * (1 + (drift * 0.02 * random.Between(-1, 1)))).Varied(
            random,
            1 + (drift * 0.12 * ((2 * level) - 1)),
            drift
        );

    /// <summary>
    /// The stain as one patch of the patient shows it: cut and bath vary within a slide about as much as between
    /// slides, so that the
    /// nearest patch by color is often another patient's.
    /// </summary>
    public Stain InPatch(SeededRandom random, double drift) =>
        Varied(random, 1 + (drift * 0.08 * random.Between(-1, 1)), drift);

    private Stain Varied(SeededRandom random, double dark, double drift)
    {
        double Around(double width) => dark * (1 + (drift * width * Math.Clamp(random.Normal(), -2, 2)));
        return this with
        {
            Haematoxylin = Haematoxylin.Times(Around(0.02), Around(0.02), Around(0.03)),
            Eosin = Eosin.Times(Around(0.08), Around(0.04), Around(0.05)),
            Blood = Blood.Times(Around(0.04), Around(0.02), Around(0.02)),
        };
    }

    /// <summary>
    /// exp(−<paramref name="density"/>) from a table: equal bytes on every machine, as no library's exp promises.
    /// </summary>
    public static float Transmit(float density)
    {
        var at = Math.Clamp(density, 0, MostDensity - 0.01f) * Steps;
        var index = (int)at;
        return Transmission[index] + ((at - index) * (Transmission[index + 1] - Transmission[index]));
    }

    private static float[] MakeTransmission()
    {
        const double step = 0.99610136947011749; // exp(−1/256)
        var table = new float[(Steps * MostDensity) + 2];
        var value = 1.0;
        for (var i = 0; i < table.Length; i++, value *= step)
            table[i] = (float)value;
        return table;
    }
}
