using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>One nucleus: an ellipse.</summary>
/// <param name="X">Pixels from the left.</param>
/// <param name="Y">Pixels from the top.</param>
/// <param name="Along">Half the long axis, pixels.</param>
/// <param name="Across">Half the short axis, pixels.</param>
/// <param name="AxisX">The long axis' direction.</param>
/// <param name="AxisY">The long axis' direction.</param>
/// <param name="Stain">Haematoxylin, about 1.</param>
internal readonly record struct Nucleus(
    float X,
    float Y,
    float Along,
    float Across,
    float AxisX,
    float AxisY,
    float Stain
);

/// <summary>
/// Places the nuclei of the tumor. Both patterns get nuclei of the same size, shape and stain, at the same least
/// distance, until
/// they cover the same share of the tumor, so that the histogram of colors does not tell which pattern it is.
/// </summary>
internal sealed class NucleusField
{
    private readonly PatchPhantomOptions options;
    private readonly TissueKind[] kinds;
    private readonly SeededRandom random;
    private readonly List<Nucleus> placed = [];
    private readonly List<int>[] cells;
    private readonly List<(double X, double Y, double Radius)> cores = [];
    private readonly int columns;
    private readonly double cell;
    private double covered;

    private NucleusField(PatchPhantomOptions options, TissueKind[] kinds, SeededRandom random)
    {
        (this.options, this.kinds, this.random) = (options, kinds, random);
        cell = 3 * options.NucleusRadius;
        columns = (int)(options.Size / cell) + 1;
        cells = new List<int>[columns * columns];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = [];
    }

    /// <summary>All nuclei of the tumor; <paramref name="coverage"/> is the share of it that they cover.</summary>
    public static List<Nucleus> Place(
        PatchPhantomOptions options,
        TissueKind[] kinds,
        double coverage,
        SeededRandom random
    )
    {
        var field = new NucleusField(options, kinds, random);
        var wanted = coverage * kinds.Count(kind => kind == TissueKind.Tumor);
        if (options.Pattern == TumorPattern.Rosettes)
            field.PlaceRosettes();
        field.FillEvenly(wanted);
        return field.placed;
    }

    private void PlaceRosettes()
    {
        var radius = options.NucleusRadius;
        var apart = 9.8 * radius;
        for (var attempt = 0; attempt < 40 * options.Size * options.Size / (apart * apart); attempt++)
        {
            var (x, y) = (random.Unit() * options.Size, random.Unit() * options.Size);
            if (!IsTumor(x, y) || cores.Exists(core => Near(core.X - x, core.Y - y, apart)))
                continue;
            cores.Add((x, y, random.Between(2.6, 3.1) * radius));
        }
        foreach (var (x, y, core) in cores)
        {
            PlaceRing(x, y, core + (1.15 * radius));
            PlaceRing(x, y, core + (3.35 * radius));
        }
    }

    private void PlaceRing(double x, double y, double at)
    {
        for (var attempt = 0; attempt < 60; attempt++)
        {
            var (ux, uy) = random.Direction();
            var distance = at + (0.15 * options.NucleusRadius * random.Normal());
            TryPlace(x + (ux * distance), y + (uy * distance), (ux, uy), 1.0);
        }
    }

    private void FillEvenly(double wanted)
    {
        // Distances shrink slowly where the wanted cover leaves no room for more, so that it is reached in both
        // patterns.
        for (var spacing = 1.12; covered < wanted && spacing > 0.55; spacing *= 0.96)
        {
            var attempts = 4 * options.Size * options.Size / (int)(cell * cell);
            for (var i = 0; i < attempts && covered < wanted; i++)
                TryPlace(random.Unit() * options.Size, random.Unit() * options.Size, random.Direction(), spacing);
        }
    }

    private void TryPlace(double x, double y, (double X, double Y) axis, double spacing)
    {
        if (!IsTumor(x, y))
            return;
        var radius = options.NucleusRadius;
        var least = 2 * radius * spacing;
        if (IsCrowded(x, y, least))
            return;
        foreach (var core in cores)
            if (Near(core.X - x, core.Y - y, core.Radius + (0.6 * radius)))
                return;

        var size = radius * (1 + (0.09 * Math.Clamp(random.Normal(), -2, 2)));
        var stretch = random.Between(1.05, 1.25);
        var nucleus = new Nucleus(
            (float)x,
            (float)y,
            (float)(size * stretch),
            (float)(size / stretch),
            (float)axis.X,
            (float)axis.Y,
            (float)(1 + (0.10 * random.Normal()))
        );
        cells[((int)(y / cell) * columns) + (int)(x / cell)].Add(placed.Count);
        placed.Add(nucleus);
        covered += 3.14159265 * size * size;
    }

    private bool IsCrowded(double x, double y, double least)
    {
        var (column, row) = ((int)(x / cell), (int)(y / cell));
        for (var r = Math.Max(0, row - 1); r <= Math.Min(columns - 1, row + 1); r++)
        {
            for (var c = Math.Max(0, column - 1); c <= Math.Min(columns - 1, column + 1); c++)
            {
                foreach (var i in cells[(r * columns) + c])
                    if (Near(placed[i].X - x, placed[i].Y - y, least))
                        return true;
            }
        }
        return false;
    }

    private bool IsTumor(double x, double y) =>
        x >= 0
        && y >= 0
        && x < options.Size
        && y < options.Size
        && kinds[((int)y * options.Size) + (int)x] == TissueKind.Tumor;

    private static bool Near(double dx, double dy, double distance) => (dx * dx) + (dy * dy) < distance * distance;
}
