using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>
/// How much of each dye lies at each pixel, in units in which a nucleus holds about 2 of haematoxylin.
/// </summary>
internal sealed class DyeLayers
{
    private readonly float unit;
    private readonly ValueNoise grain;
    private readonly SeededRandom random;

    public DyeLayers(PatchPhantomOptions options, TissueKind[] kinds, SeededRandom random)
    {
        this.random = random;
        Size = options.Size;
        unit = (float)(options.NucleusRadius / 3.2);
        grain = new ValueNoise(random);
        (Haematoxylin, Eosin, Blood) = (new float[kinds.Length], new float[kinds.Length], new float[kinds.Length]);
        FillBackground(kinds);
        AddRedCells(kinds);
        AddFibroblasts(kinds);
    }

    public int Size { get; }

    /// <summary>[Size · Size] of the blue-violet dye of nuclei.</summary>
    public float[] Haematoxylin { get; }

    /// <summary>[Size · Size] of the pink dye of fibres and cell bodies.</summary>
    public float[] Eosin { get; }

    /// <summary>[Size · Size] of what red cells add.</summary>
    public float[] Blood { get; }

    /// <summary>Paints a nucleus: grainy chromatin, a darker rim, a soft edge.</summary>
    public void Add(Nucleus nucleus)
    {
        ForEllipse(
            nucleus,
            (i, x, y, inside, cover) =>
            {
                var chromatin = 0.80f + (0.4f * grain.At((x / (1.5f * unit)) + 30, (y / (1.5f * unit)) + 11));
                var rim = 0.92f + (0.16f * inside * inside);
                var dye = 2.0f * nucleus.Stain * chromatin * rim * cover;
                Haematoxylin[i] = Math.Max(Haematoxylin[i], dye);
            }
        );
    }

    private void FillBackground(TissueKind[] kinds)
    {
        var (fibreX, fibreY) = random.Direction();
        var (ux, uy) = ((float)fibreX, (float)fibreY);
        var waves = new ValueNoise(random);
        var clouds = new ValueNoise(random);
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var i = (y * Size) + x;
                var (px, py) = (x / unit, y / unit);
                var cloud = clouds.Rough(px / 9, py / 9);
                switch (kinds[i])
                {
                    case TissueKind.Blank or TissueKind.Cavity:
                        Eosin[i] = 0.02f + (0.03f * cloud);
                        break;
                    case TissueKind.Stroma:
                        var bend = 16 * clouds.At(px / 30, py / 30);
                        var (along, across) = ((px * ux) + (py * uy) + bend, (py * ux) - (px * uy) + bend);
                        Eosin[i] = 0.30f + (0.34f * waves.Rough(along / 18, across / 2.4f)) + (0.08f * cloud);
                        Haematoxylin[i] = 0.04f;
                        break;
                    case TissueKind.Blood:
                        Eosin[i] = 0.22f + (0.1f * cloud);
                        break;
                    case TissueKind.Tumor:
                        Eosin[i] = 0.12f + (0.14f * cloud) + (0.08f * grain.At(px / 2, py / 2));
                        Haematoxylin[i] = 0.31f + (0.16f * clouds.At((px / 5) + 7, (py / 5) + 3));
                        break;
                }
            }
        }
    }

    private void AddRedCells(TissueKind[] kinds)
    {
        var step = 5.6f * unit;
        var rows = (int)(Size / (0.88f * step)) + 2;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < rows; column++)
            {
                var x = ((column + (0.5f * (row % 2))) * step) + (float)random.Between(-1, 1) * unit;
                var y = (row * step * 0.88f) + (float)random.Between(-1, 1) * unit;
                var radius = (float)random.Between(2.6, 3.3) * unit;
                var depth = (float)random.Between(0.8, 1.1);
                var cell = new Nucleus(x, y, radius, radius, 1, 0, 1);
                ForEllipse(
                    cell,
                    (i, _, _, inside, cover) =>
                    {
                        if (kinds[i] == TissueKind.Blood)
                            Blood[i] = Math.Max(Blood[i], depth * cover * (0.8f + (0.2f * inside)));
                    }
                );
            }
        }
    }

    private void AddFibroblasts(TissueKind[] kinds)
    {
        var wanted = (int)(Size * Size / (900 * unit * unit));
        for (var n = 0; n < wanted; n++)
        {
            var (x, y) = ((float)random.Unit() * Size, (float)random.Unit() * Size);
            var (ux, uy) = random.Direction();
            var spindle = new Nucleus(x, y, 4.5f * unit, 1.1f * unit, (float)ux, (float)uy, 1);
            ForEllipse(
                spindle,
                (i, _, _, _, cover) =>
                {
                    if (kinds[i] == TissueKind.Stroma)
                        Haematoxylin[i] = Math.Max(Haematoxylin[i], 0.8f * cover);
                }
            );
        }
    }

    /// <summary>
    /// Visits an ellipse's pixels with how far out they lie (0 to 1) and how much of them it covers (0 to 1).
    /// </summary>
    private void ForEllipse(Nucleus ellipse, Action<int, int, int, float, float> visit)
    {
        var reach = ellipse.Along + 1;
        var (left, right) = (Math.Max(0, (int)(ellipse.X - reach)), Math.Min(Size - 1, (int)(ellipse.X + reach) + 1));
        var (top, bottom) = (Math.Max(0, (int)(ellipse.Y - reach)), Math.Min(Size - 1, (int)(ellipse.Y + reach) + 1));
        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (dx, dy) = (x - ellipse.X, y - ellipse.Y);
                var along = ((dx * ellipse.AxisX) + (dy * ellipse.AxisY)) / ellipse.Along;
                var across = ((dy * ellipse.AxisX) - (dx * ellipse.AxisY)) / ellipse.Across;
                var inside = MathF.Sqrt((along * along) + (across * across));
                var cover = Math.Clamp(((1 - inside) * ellipse.Across) + 0.5f, 0, 1);
                if (cover > 0)
                    visit((y * Size) + x, x, y, Math.Min(inside, 1), cover);
            }
        }
    }
}
