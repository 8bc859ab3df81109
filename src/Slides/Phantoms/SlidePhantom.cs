using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Phantoms;

/// <summary>What <see cref="SlidePhantom.Write"/> paints.</summary>
public sealed record SlidePhantomOptions
{
    /// <summary>Pixels of level 0, 256 to 2^20.</summary>
    public int Width { get; init; } = 20_000;

    /// <summary>Pixels of level 0, 256 to 2^20.</summary>
    public int Height { get; init; } = 20_000;

    /// <summary>Share of the slide that is tissue, 0.05 to 0.95.</summary>
    public double Tissue { get; init; } = 0.3;

    /// <summary>Resolution that is recorded.</summary>
    public Mpp Mpp { get; init; } = Mpp.Of(0.25);

    /// <summary>The same seed paints the same pixels.</summary>
    public int Seed { get; init; }

    internal void Check()
    {
        PatchPhantomOptions.Within(Width, 256, 1 << 20, nameof(Width));
        PatchPhantomOptions.Within(Height, 256, 1 << 20, nameof(Height));
        PatchPhantomOptions.Within(Tissue, 0.05, 0.95, nameof(Tissue));
    }
}

/// <summary>
/// A whole slide: islands of painted tissue on glass. The tissue is laid out in squares, each cut from one of a few
/// painted patches at a place, turn and stain of its own, so that no two tiles of the slide are equal.
/// </summary>
public sealed class SlidePhantom
{
    private const int Patches = 8;
    private const int PatchSide = 1024;
    private const int Square = 512;
    private const int Cell = 16; // the tissue's border is computed at every sixteenth pixel, and linear between
    private const byte Glass = 243;
    private const float Border = 0.03f;
    private readonly SlidePhantomOptions options;
    private readonly byte[][] patches;
    private readonly ValueNoise islands;
    private readonly float scale;
    private readonly float threshold;

    private SlidePhantom(SlidePhantomOptions options)
    {
        this.options = options;
        islands = new ValueNoise(SeededRandom.For(options.Seed, 201));
        // About a dozen islands along the longer side.
        scale = 12f / Math.Max(options.Width, options.Height);
        threshold = Threshold();
        patches = [.. Enumerable.Range(0, Patches).Select(PaintPatch)];
    }

    /// <summary>Writes the slide as a pyramid.</summary>
    /// <param name="path">Such as <c>phantom.tif</c>.</param>
    /// <param name="options">Size, share of tissue, seed.</param>
    /// <param name="progress">Told how many tiles of level 0 are painted.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static void Write(string path, SlidePhantomOptions options, Action<long>? progress = null)
    {
        options.Check();
        var phantom = new SlidePhantom(options);
        long painted = 0;
        PyramidWriter.Write(
            path,
            options.Width,
            options.Height,
            new PyramidOptions { Mpp = options.Mpp, Description = $"Coverslip phantom, seed {options.Seed}" },
            (x, y, tile) =>
            {
                phantom.Paint(x, y, tile);
                progress?.Invoke(++painted);
            }
        );
    }

    private void Paint(int left, int top, Image tile)
    {
        var pixels = tile.WritablePixels;
        pixels.Fill(Glass);
        var (columns, rows) = ((tile.Width / Cell) + 1, (tile.Height / Cell) + 1);
        Span<float> cover = stackalloc float[columns * rows];
        var any = false;
        for (var i = 0; i < cover.Length; i++)
        {
            var field = Field(left + (i % columns * Cell), top + (i / columns * Cell));
            cover[i] = Math.Clamp((field - threshold) / Border, 0, 1);
            any |= cover[i] > 0;
        }
        if (!any)
            return;
        for (var y = 0; y < tile.Height; y++)
        {
            var (cellY, partY) = (y / Cell, y % Cell / (float)Cell);
            for (var x = 0; x < tile.Width; )
            {
                var square = new TissueSquare(options.Seed, (left + x) / Square, (top + y) / Square);
                var patch = patches[square.Patch];
                var end = Math.Min(tile.Width, ((left + x) / Square * Square) + Square - left);
                for (; x < end; x++)
                {
                    var (cell, part) = ((cellY * columns) + (x / Cell), x % Cell / (float)Cell);
                    var above = cover[cell] + (part * (cover[cell + 1] - cover[cell]));
                    var below = cover[cell + columns] + (part * (cover[cell + columns + 1] - cover[cell + columns]));
                    var share = above + (partY * (below - above));
                    if (share > 0)
                        Blend(pixels[((y * tile.Stride) + (3 * x))..], patch, square, (left + x, top + y), share);
                }
            }
        }
    }

    private static void Blend(Span<byte> pixel, byte[] patch, TissueSquare square, (int X, int Y) at, float share)
    {
        var from = square.Place(at.X % Square, at.Y % Square) * 3;
        var strength = share * square.Stain;
        for (var c = 0; c < 3; c++)
            pixel[c] = (byte)(Glass + (strength * (patch[from + c] - Glass)) + 0.5f);
    }

    private float Field(int x, int y) => islands.Rough(x * scale, y * scale);

    /// <summary>The value of the field that so much of the slide exceeds.</summary>
    private float Threshold()
    {
        const int samples = 256;
        var values = new float[samples * samples];
        for (var i = 0; i < values.Length; i++)
        {
            var (x, y) = ((i % samples) + 0.5, (i / samples) + 0.5);
            values[i] = Field((int)(x * options.Width / samples), (int)(y * options.Height / samples));
        }
        Array.Sort(values);
        return values[(int)((1 - options.Tissue) * (values.Length - 1))];
    }

    private byte[] PaintPatch(int index)
    {
        var patch = new PatchPhantomOptions
        {
            Size = PatchSide,
            NucleusRadius = 9,
            StainSeed = options.Seed,
            Pattern = (TumourPattern)(index % 2),
        };
        var random = SeededRandom.For(options.Seed, 202, index);
        using var phantom = PatchPhantom.Paint(patch, (int)(random.NextBits() >> 33));
        return phantom.Image.Pixels.ToArray();
    }

    /// <summary>Where a square of tissue is cut from, how it is turned, and how strongly it is stained.</summary>
    private readonly struct TissueSquare
    {
        private readonly int orientation;
        private readonly int left;
        private readonly int top;

        public TissueSquare(int seed, int column, int row)
        {
            var random = SeededRandom.For(seed, 203 + column, row);
            Patch = random.Below(Patches);
            orientation = random.Below(8);
            (left, top) = (random.Below(PatchSide - Square), random.Below(PatchSide - Square));
            Stain = (float)random.Between(0.8, 1);
        }

        public int Patch { get; }

        public float Stain { get; }

        /// <summary>The pixel of the patch for a pixel of the square.</summary>
        public int Place(int x, int y)
        {
            if ((orientation & 1) != 0)
                x = Square - 1 - x;
            if ((orientation & 2) != 0)
                y = Square - 1 - y;
            if ((orientation & 4) != 0)
                (x, y) = (y, x);
            return ((top + y) * PatchSide) + left + x;
        }
    }
}
