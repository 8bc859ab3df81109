using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// A hint at a slide's resolution from the grain of its nuclei, where the file says none or one that is in doubt: how far
/// one goes until half of the likeness of dark and pale is lost, about a quarter of a nucleus, in the middle over tissue.
/// </summary>
/// <param name="Grain">That way in pixels of level 0.</param>
/// <param name="Fields">Fields of tissue that were measured.</param>
public sealed record NucleiScale(double Grain, int Fields)
{
    /// <summary>Microns of <see cref="Grain"/> with nuclei of 7 to 8 µm; docs/slides.md has what phantoms and real sets came to.</summary>
    private const double Microns = 1.9;

    /// <summary>Nine in ten pictures of known resolution lie within this factor.</summary>
    private const double Factor = 1.6;

    private const int Thumbnail = 512;
    private const int Side = 1024;
    private const int Windows = 9;
    private const int Field = 128;
    private const int FewestFields = 10;
    private const int MostLag = 40;

    /// <summary>What is wider than this many pixels is no nucleus, and is taken off.</summary>
    private const int Background = 65;
    private const double LeastDeviation = 12; // of 255

    /// <summary>Microns per pixel of level 0.</summary>
    public double Mpp => Microns / Grain;

    /// <summary>Of a stain with haematoxylin; null where there are fewer than ten fields of tissue.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public static NucleiScale? Of(Slide slide)
    {
        var found = new List<double>();
        foreach (var place in Places(slide))
        {
            using var window = new Image(Side, Side);
            slide.ReadLevel(0, new LevelPoint(place.X, place.Y), window);
            Measure(Red(window), found);
        }
        if (found.Count < FewestFields)
            return null;
        found.Sort();
        return new NucleiScale(found[found.Count / 2], found.Count);
    }

    /// <summary>A sentence for users, with the range.</summary>
    public override string ToString() =>
        FormattableString.Invariant(
            $"about {Mpp:0.##} µm/px, {Mpp / Factor:0.##} to {Mpp * Factor:0.##}, if they measure "
        ) + FormattableString.Invariant($"7 to 8 µm, in {Fields} fields of tissue: a hint, no measurement");

    /// <summary>Windows of level 0 where the slide has most color and is darkest in red.</summary>
    private static IEnumerable<SlidePoint> Places(Slide slide)
    {
        using var region = slide.ReadThumbnail(Thumbnail);
        var picture = region.Image;
        var (at, width, height) = slide.Bounds;
        var (columns, rows) = (Math.Max(1, (int)(width / Side)), Math.Max(1, (int)(height / Side)));
        var (wide, high) = ((double)picture.Width / columns, (double)picture.Height / rows);
        var scored = new List<(double Score, SlidePoint At)>();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var (left, top) = ((int)(column * wide), (int)(row * high));
                var right = Math.Min(picture.Width, (int)Math.Ceiling((column + 1) * wide));
                var bottom = Math.Min(picture.Height, (int)Math.Ceiling((row + 1) * high));
                var sum = 0.0;
                for (var y = top; y < bottom; y++)
                {
                    for (var x = left; x < right; x++)
                    {
                        var pixel = picture.Row(y).Slice(3 * x, 3);
                        // Haematoxylin takes red, and more of green than of blue; glass takes neither, ink and dirt all.
                        sum += Math.Clamp(Math.Min(255 - pixel[0], 2 * (pixel[2] - pixel[1])), 0, 120);
                    }
                }
                var place = new SlidePoint(at.X + ((long)column * Side), at.Y + ((long)row * Side));
                scored.Add((sum / Math.Max(1, (bottom - top) * (right - left)), place));
            }
        }
        return scored.OrderByDescending(s => s.Score).Take(Windows).Select(s => s.At);
    }

    /// <summary>[1024 · 1024] how dark red is, above or below what lies around.</summary>
    private static float[] Red(Image window)
    {
        var dark = new float[Side * Side];
        var pixels = window.Pixels;
        for (var i = 0; i < dark.Length; i++)
            dark[i] = 255 - pixels[3 * i];
        var around = BoxMean.Of(dark, (Side, Side), Background / 2);
        for (var i = 0; i < dark.Length; i++)
            dark[i] -= around[i];
        return dark;
    }

    private static void Measure(float[] dark, List<double> found)
    {
        var likeness = new double[MostLag];
        for (var top = 0; top + Field <= Side; top += Field)
        {
            for (var left = 0; left + Field <= Side; left += Field)
            {
                if (Likeness(dark, (top * Side) + left, likeness))
                    found.Add(Half(likeness));
            }
        }
    }

    /// <summary>The covariance of a field with itself moved by 0, 1, 2, ... pixels across and down; false without structure.</summary>
    private static bool Likeness(float[] dark, int corner, double[] likeness)
    {
        var mean = 0.0;
        for (var y = 0; y < Field; y++)
        {
            for (var x = 0; x < Field; x++)
                mean += dark[corner + (y * Side) + x];
        }
        mean /= Field * Field;
        for (var lag = 0; lag < MostLag; lag++)
        {
            var sum = 0.0;
            for (var y = 0; y < Field; y++)
            {
                for (var x = 0; x < Field - lag; x++)
                {
                    // Across, and the same with x and y in each other's place: down.
                    var (across, down) = (corner + (y * Side) + x, corner + (x * Side) + y);
                    sum += (dark[across] - mean) * (dark[across + lag] - mean);
                    sum += (dark[down] - mean) * (dark[down + (lag * Side)] - mean);
                }
            }
            likeness[lag] = sum / (2.0 * Field * (Field - lag));
        }
        return likeness[0] >= LeastDeviation * LeastDeviation;
    }

    /// <summary>Where the likeness is halfway between that at one pixel, which noise does not reach, and its first low.</summary>
    private static double Half(double[] likeness)
    {
        var low = 1;
        while (low + 1 < MostLag && likeness[low + 1] < likeness[low])
            low++;
        var half = (likeness[low] + likeness[1]) / 2;
        var at = 1;
        while (at < MostLag - 1 && likeness[at] > half)
            at++;
        return at - 1 + ((likeness[at - 1] - half) / (likeness[at - 1] - likeness[at] + 1e-9));
    }
}
