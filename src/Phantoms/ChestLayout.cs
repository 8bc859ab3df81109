using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>One lung: an upright oval, cut off below by the dome of the diaphragm.</summary>
/// <param name="Side">−1 on the picture's left, 1 on its right.</param>
/// <param name="X">Its middle.</param>
/// <param name="Y">Its middle.</param>
/// <param name="Across">Half its width.</param>
/// <param name="Up">Half its height.</param>
internal sealed record Lung(int Side, float X, float Y, float Across, float Up)
{
    /// <summary>Where the diaphragm stands at <paramref name="x"/>.</summary>
    public float Floor(float x)
    {
        var off = (x - X + (Side * 0.3f * Across)) / Across;
        return Y + (Up * (0.55f + (0.22f * off * off)));
    }

    /// <summary>1 deep inside, 0 outside, between over the edge.</summary>
    public float At(float x, float y)
    {
        var (dx, dy) = ((x - X) / Across, (y - Y) / Up);
        // Squarer towards the bottom than towards the tip.
        var oval = dy < 0 ? (dx * dx) + (dy * dy) : (dx * dx * dx * dx) + (dy * dy * dy * dy * 0.4f);
        var inside = Math.Clamp((1 - oval) * 5, 0, 1);
        return inside * Math.Clamp((Floor(x) - y) * 60, 0, 1);
    }
}

/// <summary>A chest without lesions; what differs from one to the next is drawn once.</summary>
internal sealed class ChestLayout
{
    private readonly ValueNoise tissue,
        vessels;
    private readonly float broad,
        heart,
        ribStart,
        ribStep,
        ribLight,
        tilt;

    public ChestLayout(SeededRandom random)
    {
        broad = (float)random.Between(0.92, 1.08);
        heart = (float)random.Between(0.85, 1.2);
        ribStart = (float)random.Between(0.1, 0.16);
        ribStep = (float)random.Between(0.072, 0.085);
        ribLight = (float)random.Between(0.05, 0.1);
        tilt = (float)random.Between(-0.03, 0.03);
        (tissue, vessels) = (new ValueNoise(random), new ValueNoise(random));
        var (middle, high) = (0.5f + (float)random.Between(-0.02, 0.02), (float)random.Between(0.44, 0.49));
        Lungs =
        [
            new Lung(-1, middle - (0.2f * broad), high, 0.155f * broad, (float)random.Between(0.31, 0.35)),
            new Lung(1, middle + (0.2f * broad), high + 0.01f, 0.15f * broad, (float)random.Between(0.31, 0.35)),
        ];
    }

    public IReadOnlyList<Lung> Lungs { get; }

    /// <summary>1 deep in a lung, 0 outside of both, between over the edge.</summary>
    public float Air(float x, float y) => Upright(x + (tilt * (y - 0.5f)), y);

    private float Upright(float x, float y) => Math.Max(Lungs[0].At(x, y), Lungs[1].At(x, y));

    /// <summary>Brightness at a place.</summary>
    public float Light(float x, float y)
    {
        x += tilt * (y - 0.5f);
        var across = Math.Abs(x - 0.5f) / (0.43f * broad * (y < 0.22f ? 0.62f + (1.75f * y) : 1));
        var body = Math.Clamp((1 - across) * 12, 0, 1);
        var light = body * (0.66f + (0.1f * tissue.Rough(x * 9, y * 9)));
        var air = Upright(x, y);
        // Vessels are strongest near the middle and thin out to the sides.
        var near = 1 - Math.Clamp(Math.Abs(x - 0.5f) / (0.36f * broad), 0, 1);
        var branch = Math.Clamp(1 - (Math.Abs(vessels.Rough(x * 22, y * 16) - 0.5f) * 9), 0, 1);
        light -= air * (0.42f - (0.13f * near * branch) - (0.05f * tissue.Rough(x * 30, y * 30)));
        light += body * 0.1f * Soft(Math.Abs(x - 0.5f) / 0.045f); // spine
        light += body * HeartAt(x, y);
        light += Ribs(x, y) * body * (0.35f + (0.65f * air));
        return Math.Max(light, 0.02f);
    }

    private float HeartAt(float x, float y)
    {
        var (dx, dy) = ((x - 0.545f) / (0.115f * heart), (y - 0.58f) / (0.14f * heart));
        var vesselsAbove = Soft(Math.Abs(x - 0.51f) / 0.06f) * Math.Clamp((0.6f - y) * 6, 0, 1) * 0.14f;
        return (0.34f * Soft((float)Math.Sqrt((dx * dx) + (dy * dy)))) + vesselsAbove;
    }

    /// <summary>Arcs that fall from the spine outwards, and the collar bones above.</summary>
    private float Ribs(float x, float y)
    {
        var out1 = Math.Abs(x - 0.5f) / broad;
        var place = (y - ribStart - (1.15f * out1 * out1) - (0.05f * out1)) / ribStep;
        var number = (int)Math.Floor(place);
        float light = 0;
        if (number is >= 0 and < 9 && out1 < 0.39f)
        {
            var off = Math.Abs(place - number - 0.5f) / 0.28f;
            light = ribLight * Math.Clamp((1 - off) * 3, 0, 1) * (off > 0.55f ? 1.15f : 0.85f); // bright rims
        }
        var collar = Math.Abs(y - 0.15f + (0.16f * out1) - (0.05f * (float)Math.Sqrt(out1))) / 0.014f;
        return light + (out1 is > 0.03f and < 0.34f ? 0.12f * Soft(collar) : 0);
    }

    /// <summary>1 at 0, 0 from 1 on, without a corner at either end.</summary>
    internal static float Soft(float distance)
    {
        var t = 1 - Math.Clamp(distance, 0, 1);
        return t * t * (3 - (2 * t));
    }
}
