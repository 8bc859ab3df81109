using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>One lesion in one lung.</summary>
internal sealed class LesionShape
{
    private readonly RadiographLesion kind;
    private readonly Lung lung;
    private readonly ValueNoise noise;
    private readonly float x0,
        y0,
        wide,
        high,
        strength;

    public LesionShape(RadiographLesion kind, Lung lung, SeededRandom random)
    {
        (this.kind, this.lung) = (kind, lung);
        noise = new ValueNoise(random);
        float Between(double low, double high) => (float)random.Between(low, high);
        (wide, high, strength) = kind switch
        {
            RadiographLesion.Nodule => (Between(0.02, 0.042), 0, Between(0.22, 0.34)),
            RadiographLesion.Consolidation => (Between(0.075, 0.13), Between(0.075, 0.14), Between(0.26, 0.38)),
            RadiographLesion.Interstitial => (Between(0.09, 0.13), Between(0.12, 0.2), Between(0.2, 0.3)),
            RadiographLesion.Effusion => (0, Between(0.2, 0.55), Between(0.85, 1)),
            _ => (Between(0.25, 0.5), 0, Between(0.16, 0.24)),
        };
        if (high == 0)
            high = wide;
        // Somewhere in the lung, where nearly all of it is inside.
        do (x0, y0) = (lung.X + (lung.Across * Between(-0.75, 0.75)), lung.Y + (lung.Up * Between(-0.75, 0.5)));
        while (lung.At(x0, y0) < 0.9f);
    }

    /// <summary>
    /// How much of the lesion there is at a place, and by how much it changes the light where it is whole.
    /// </summary>
    /// <param name="x">Place across.</param>
    /// <param name="y">Place down.</param>
    /// <param name="light">Brightness without it.</param>
    public (float Cover, float Change) At(float x, float y, float light)
    {
        var inside = lung.At(x, y);
        var bottom = kind == RadiographLesion.Effusion;
        if (inside <= 0 && !bottom)
            return default;
        var (dx, dy) = ((x - x0) / wide, (y - y0) / high);
        switch (kind)
        {
            case RadiographLesion.Nodule:
                var ragged = 1 + (0.3f * (noise.At(x * 60, y * 60) - 0.5f));
                return (inside * Sharp((float)Math.Sqrt((dx * dx) + (dy * dy)) * ragged, 4), strength);
            case RadiographLesion.Consolidation:
                var cloud = (float)Math.Sqrt((dx * dx) + (dy * dy)) + (0.9f * (noise.Rough(x * 14, y * 14) - 0.5f));
                return (inside * Sharp(cloud, 2.2f), strength * (0.75f + (0.5f * noise.At(x * 40, y * 40))));
            case RadiographLesion.Interstitial:
                var part = Sharp((float)Math.Sqrt((dx * dx) + (dy * dy)), 3);
                var line = Math.Clamp(1 - (Math.Abs(noise.At(x * 52, y * 52) - 0.5f) * 7), 0, 1);
                return (inside * part, strength * (line - 0.15f));
            case RadiographLesion.Effusion:
                return Fluid(x, y, light);
            default:
                return Air(x, y, inside);
        }
    }

    /// <summary>1 within, falling to 0 at a distance of 1 the faster the steeper.</summary>
    private static float Sharp(float distance, float steepness) => Math.Clamp((1 - distance) * steepness, 0, 1);

    private (float, float) Fluid(float x, float y, float light)
    {
        // From 0 at the heart to 1 at the chest wall, where the level stands highest.
        var outward = Math.Clamp(((x - lung.X) * lung.Side / lung.Across * 0.5f) + 0.5f, 0, 1);
        var level = lung.Floor(x) - (lung.Up * high * (0.35f + (0.65f * outward * outward)));
        var above = Math.Clamp((y - level) * 45, 0, 1);
        var cover =
            above * lung.At(x, Math.Min(y, lung.Floor(x) - 0.02f)) * Math.Clamp((lung.Floor(x) + 0.01f - y) * 60, 0, 1);
        return (cover, strength * Math.Max(0.78f - light, 0));
    }

    private (float, float) Air(float x, float y, float inside)
    {
        // The lung has shrunk towards the heart and downwards; what it left is air.
        var (dx, dy) = (
            (x - lung.X + (lung.Side * wide * 0.55f * lung.Across)) / lung.Across,
            (y - lung.Y - (wide * 0.6f * lung.Up)) / lung.Up
        );
        var oval = (float)Math.Sqrt((dx * dx) + (dy * dy));
        var cover =
            inside * Math.Clamp((oval - 0.93f) * 25, 0, 1) * Math.Clamp((lung.Y + (0.25f * lung.Up) - y) * 25, 0, 1);
        var edge = Math.Clamp(1 - (Math.Abs(oval - 0.97f) * 40), 0, 1);
        return (cover, (edge * (strength + 0.2f)) - strength);
    }
}
