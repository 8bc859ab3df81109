using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>
/// Where tissue lies: a few pieces like sections of lymph nodes, ellipses with wavy borders, on as much of the slide as
/// asked. A field over the slide; tissue is where it is above 0.
/// </summary>
internal sealed class TissuePieces
{
    private readonly Piece[] pieces;
    private readonly ValueNoise wide;
    private readonly ValueNoise fine;
    private readonly double side; // pixels of the longer side, the unit of the field
    private readonly double width;
    private readonly double height;
    private readonly float threshold;

    public TissuePieces(SlidePhantomOptions options, int count)
    {
        (width, height) = (options.Width, options.Height);
        side = Math.Max(width, height);
        var random = SeededRandom.For(options.Seed, 301);
        pieces = Place(count, random);
        wide = new ValueNoise(SeededRandom.For(options.Seed, 302));
        fine = new ValueNoise(SeededRandom.For(options.Seed, 303));
        threshold = Threshold(options.Tissue);
        MicronsPerUnit = side * options.Mpp.X;
    }

    /// <summary>Microns to one unit of the field.</summary>
    public double MicronsPerUnit { get; }

    /// <summary>How deep a pixel lies in tissue, about, in microns; below 0 outside.</summary>
    public float Depth(double x, double y) => (float)((Field(x, y) - threshold) * MicronsPerUnit);

    private float Field(double x, double y)
    {
        var (px, py) = ((float)(x / side), (float)(y / side));
        var field = float.MinValue;
        foreach (var piece in pieces)
        {
            var (dx, dy) = (px - piece.X, py - piece.Y);
            var along = (dx * piece.AxisX) + (dy * piece.AxisY);
            var across = ((dy * piece.AxisX) - (dx * piece.AxisY)) * piece.Stretch;
            field = Math.Max(field, piece.Size - MathF.Sqrt((along * along) + (across * across)));
        }
        var waves = (0.10f * (wide.Rough(px * 7, py * 7) - 0.5f)) + (0.018f * (fine.Rough(px * 40, py * 40) - 0.5f));
        // Sections are laid onto the middle of the glass: towards its edge the field falls.
        const float rim = 0.05f;
        var edge = (float)(Math.Min(Math.Min(x, width - x), Math.Min(y, height - y)) / side);
        return field + waves - (edge < rim ? 2 * (rim - edge) : 0);
    }

    private Piece[] Place(int count, SeededRandom random)
    {
        var placed = new List<Piece>();
        for (var apart = 0.8; placed.Count < count; apart *= 0.97)
        {
            var (ux, uy) = random.Direction();
            var piece = new Piece(
                (float)(random.Between(0.25, 0.75) * width / side),
                (float)(random.Between(0.25, 0.75) * height / side),
                (float)ux,
                (float)uy,
                (float)random.Between(1.05, 1.5),
                (float)random.Between(-0.04, 0.04)
            );
            if (count == 1)
                piece = piece with { X = 0.5f * (float)(width / side), Y = 0.5f * (float)(height / side) };
            if (placed.TrueForAll(p => Distance(p, piece) > apart))
                placed.Add(piece);
        }
        return [.. placed];
    }

    private static double Distance(Piece a, Piece b) =>
        Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    /// <summary>The value of the field that so much of the slide exceeds.</summary>
    private float Threshold(double share)
    {
        const int samples = 256;
        var values = new float[samples * samples];
        for (var i = 0; i < values.Length; i++)
            values[i] = Field(((i % samples) + 0.5) * width / samples, ((i / samples) + 0.5) * height / samples);
        Array.Sort(values);
        return values[(int)((1 - share) * (values.Length - 1))];
    }

    private readonly record struct Piece(float X, float Y, float AxisX, float AxisY, float Stretch, float Size);
}
