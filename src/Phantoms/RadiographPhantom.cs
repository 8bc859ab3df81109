using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>
/// A painted chest: body, two lungs with vessels, heart, spine, rib shadows, collar bones, and lesions whose boxes are
/// known. No substitute for a radiograph. Places are shares of the picture's side, brightness runs from 0 (air) to 1.
/// </summary>
internal static class RadiographPhantom
{
    /// <summary>Paints one; the same options and seed give the same picture on every machine.</summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static RadiographPicture Paint(RadiographPhantomOptions options, int seed)
    {
        options.Check();
        var size = options.Size;
        var chest = new ChestLayout(SeededRandom.For(seed, 200));
        var light = new float[size * size];
        for (var i = 0; i < light.Length; i++)
            light[i] = chest.Light((i % size + 0.5f) / size, (i / size + 0.5f) / size);
        var boxes = new List<LesionBox>();
        foreach (var kind in options.Lesions)
        {
            var random = SeededRandom.For(seed, 201, (int)kind);
            var several = kind == RadiographLesion.Interstitial && random.Unit() < 0.5 ? 2 : 1;
            var first = random.Below(2);
            for (var n = 0; n < several; n++)
            {
                var lesion = new LesionShape(kind, chest.Lungs[(first + n) % 2], random);
                if (Add(light, size, lesion, 1 - (0.6f * (float)options.Subtlety)) is { } box)
                    boxes.Add(new LesionBox(kind, box.X, box.Y, box.Width, box.Height));
            }
        }
        return new RadiographPicture(Developed(light, size, options.Site, seed), boxes);
    }

    /// <summary>Lays a lesion over the picture; null where it lies outside of it.</summary>
    private static (int X, int Y, int Width, int Height)? Add(
        float[] light,
        int size,
        LesionShape lesion,
        float strength
    )
    {
        const float Visible = 0.3f; // from this share of its strength on it belongs to its box
        var (left, top, right, bottom) = (size, size, 0, 0);
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var (cover, change) = lesion.At((x + 0.5f) / size, (y + 0.5f) / size, light[(y * size) + x]);
                if (cover <= 0)
                    continue;
                light[(y * size) + x] += strength * cover * change;
                if (cover < Visible)
                    continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
            }
        }
        return left < right ? (left, top, right - left, bottom - top) : null;
    }

    /// <summary>What the site's machine makes of it: unsharpness, its curve, noise, and darkness beyond the shutters.</summary>
    private static Image Developed(float[] light, int size, int site, int seed)
    {
        var machine = SeededRandom.For(site, 202);
        var (gain, lift, bend) = (
            (float)machine.Between(0.75, 1.05),
            (float)machine.Between(-0.04, 0.12),
            (float)machine.Between(-0.35, 0.35)
        );
        var (grain, soft) = ((float)machine.Between(0.012, 0.035), (float)machine.Between(0, 0.8));
        var shutter = (int)(size * machine.Between(0, 0.03));
        var random = SeededRandom.For(seed, 203);
        var image = new Image(size, size, channels: 1);
        var pixels = image.WritablePixels;
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                float At(int dx, int dy) =>
                    light[(Math.Clamp(y + dy, 0, size - 1) * size) + Math.Clamp(x + dx, 0, size - 1)];
                var value = ((1 - soft) * At(0, 0)) + (soft * (At(-1, 0) + At(1, 0) + At(0, -1) + At(0, 1)) / 4);
                value = Math.Clamp(value, 0, 1);
                value += bend * value * (1 - value); // the film's curve
                value = lift + (gain * value) + (grain * (float)random.Normal());
                var outside = Math.Min(Math.Min(x, size - 1 - x), Math.Min(y, size - 1 - y)) < shutter;
                pixels[(y * size) + x] = outside ? (byte)0 : (byte)Math.Clamp((int)((value * 255) + 0.5f), 0, 255);
            }
        }
        return image;
    }
}
