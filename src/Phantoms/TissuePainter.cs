using Coverslip.Files;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>
/// Paints any window of a slide: backgrounds, nuclei, the light that both dyes leave, artifacts. Every pixel follows from
/// the seed and its place alone, so that windows meet without seams and in any order. Of tumor is painted exactly what
/// has its center inside a lesion's outline.
/// </summary>
internal sealed class TissuePainter
{
    private readonly ulong grain;
    private readonly float mpp;
    private readonly int cell; // the side of the cells at whose corners slow variation is computed, linear between
    private readonly TissuePieces pieces;
    private readonly TissuePattern pattern;
    private readonly ValueNoise chromatin;
    private readonly NucleusKind normal;
    private readonly NucleusKind tumor;
    private readonly NucleusKind? germinal;
    private readonly IReadOnlyList<PhantomLesion> lesions;
    private readonly int around;
    private readonly Rectangle[] boxes;
    private readonly IReadOnlyList<SlideArtifact> folds;
    private readonly Stain stain;
    private float[] haematoxylin = [];
    private float[] eosin = [];

    public TissuePainter(
        SlidePhantomOptions options,
        TissuePieces pieces,
        IReadOnlyList<PhantomLesion> lesions,
        IReadOnlyList<SlideArtifact> artifacts
    )
    {
        (this.pieces, this.lesions) = (pieces, lesions);
        mpp = (float)options.Mpp.X;
        cell = Math.Clamp((int)Math.Round(4 / mpp), 2, 16);
        cell = 1 << int.Log2(cell);
        pattern = new TissuePattern(options.Seed, options.Hardness);
        chromatin = new ValueNoise(SeededRandom.For(options.Seed, 341));
        grain = SeededRandom.For(options.Seed, 342).Next();
        // Lymphocytes lie close, small and alike; tumor cells are large and of many sizes. Both cover as much.
        normal = NucleusKind.Between(0, mpp, SeededRandom.For(options.Seed, 343));
        var size = 1 - (NucleusKind.Nearest * options.Hardness);
        tumor = NucleusKind.Between(size, mpp, SeededRandom.For(options.Seed, 344));
        if (options.Hardness > 0)
            germinal = NucleusKind.Between(size, mpp, SeededRandom.For(options.Seed, 346));
        around = Math.Max(normal.Lattice.Reach, tumor.Lattice.Reach);
        boxes = [.. lesions.Select(l => BoxOf(l.Outline.Outer))];
        folds = [.. artifacts.Where(a => a.Kind == ArtifactKind.Fold)];
        stain = Stain.Draw(
            SeededRandom.For(options.StainSeed ?? options.Seed, 345),
            options.StainLevel,
            options.StainDrift
        );
        Glass = (byte)(stain.Light + 0.5);
    }

    /// <summary>Gray of the empty glass.</summary>
    public byte Glass { get; }

    /// <summary>Paints a window without what lies on the glass.</summary>
    /// <param name="left">A multiple of 16, as all of these.</param>
    /// <param name="top">In pixels of level 0.</param>
    /// <param name="width">At most 1024.</param>
    /// <param name="pixels">[height · width · 3], filled.</param>
    /// <returns>Whether there is any tissue; else all of it is glass.</returns>
    public bool Paint(int left, int top, int width, Span<byte> pixels)
    {
        var height = pixels.Length / 3 / width;
        pixels.Fill(Glass);
        var window = new Window(left, top, width, height, cell);
        var depth = window.Map((x, y) => pieces.Depth(x, y));
        if (!depth.Any(d => d > -Edge))
            return false;
        var count = width * height;
        if (haematoxylin.Length < count)
            (haematoxylin, eosin) = (new float[count], new float[count]);
        using var inside = Inside(window);
        Backgrounds(window, depth);
        Nuclei(window, inside);
        Develop(window, depth, pixels);
        return true;
    }

    /// <summary>Half the width of the tissue's border, in microns.</summary>
    private const float Edge = 3;

    /// <summary>
    /// The tumor in a window and as far around it as a nucleus reaches, 255 where a pixel's center lies inside an
    /// outline; null where there is none.
    /// </summary>
    private Image? Inside(Window window)
    {
        var touched = lesions.Where((_, i) => window.Touches(boxes[i], around)).Select(l => l.Outline).ToList();
        return touched.Count == 0
            ? null
            : PolygonRaster.Fill(
                touched.Select(p => p.Select(ring => ring.Moved(around - window.Left, around - window.Top))),
                new PixelSize(window.Width + (2 * around), window.Height + (2 * around))
            );
    }

    private void Backgrounds(Window window, float[] depth)
    {
        var corner = 0; // of the same cells as the depth's, in the same order
        var pink = window.Map((x, y) => pattern.Eosin(x * mpp, y * mpp, depth[corner++]));
        for (var y = 0; y < window.Height; y++)
        {
            var row = y * window.Width;
            window.Row(pink, y, eosin.AsSpan(row, window.Width));
            var fineY = (window.Top + y) * mpp / 2.3f;
            for (var x = 0; x < window.Width; x++)
            {
                var fine = chromatin.At((window.Left + x) * mpp / 3.1f, fineY) - 0.5f;
                eosin[row + x] += 0.16f * fine;
                haematoxylin[row + x] = 0.20f + (0.12f * fine);
            }
        }
    }

    private void Nuclei(Window window, Image? inside)
    {
        OfNormal(normal, pattern.Normal);
        if (germinal is { } large)
            OfNormal(large, pattern.Germinal);
        if (inside is not null)
            Visit(
                tumor,
                (nucleus, chance) =>
                {
                    if (chance < pattern.Tumor(nucleus.X * mpp, nucleus.Y * mpp))
                        Add(window, nucleus, inside, tumor, isTumor: true);
                }
            );

        void OfNormal(NucleusKind kind, Func<float, float, float, float> likely) =>
            Visit(
                kind,
                (nucleus, chance) =>
                {
                    var depth = pieces.Depth(nucleus.X, nucleus.Y);
                    if (depth > -Edge && chance < likely(nucleus.X * mpp, nucleus.Y * mpp, depth))
                        Add(window, nucleus, inside, kind, isTumor: false);
                }
            );

        void Visit(NucleusKind kind, Action<Nucleus, float> visit) =>
            kind.Lattice.Visit(window.Left, window.Top, window.Width, window.Height, visit);
    }

    /// <summary>
    /// Paints a nucleus onto its own kind of tissue, in which its center has to lie: where it reaches across an outline it
    /// is cut.
    /// </summary>
    private void Add(Window window, Nucleus nucleus, Image? inside, NucleusKind kind, bool isTumor)
    {
        var (cx, cy) = (nucleus.X - window.Left, nucleus.Y - window.Top);
        var reach = nucleus.Along + 1;
        if (cx < -reach || cy < -reach || cx > window.Width + reach || cy > window.Height + reach)
            return;
        var stride = window.Width + (2 * around);
        var corner = (around * stride) + around;
        if (inside is not null)
        {
            var center = corner + ((int)MathF.Floor(cy) * stride) + (int)MathF.Floor(cx);
            if ((inside.Pixels[center] != 0) != isTumor)
                return;
        }
        var (first, last) = (Math.Max(0, (int)(cx - reach)), Math.Min(window.Width - 1, (int)(cx + reach) + 1));
        var (upper, lower) = (Math.Max(0, (int)(cy - reach)), Math.Min(window.Height - 1, (int)(cy + reach) + 1));
        var mask = inside is null ? [] : inside.Pixels;
        var coarse = mpp / kind.Texture;
        var sharpness = nucleus.Across * kind.Sharpness;
        for (var y = upper; y <= lower; y++)
        {
            for (var x = first; x <= last; x++)
            {
                var i = (y * window.Width) + x;
                if (inside is not null && (mask[corner + (y * stride) + x] != 0) != isTumor)
                    continue;
                // Pixels have their centers at halves, as outlines count them.
                var (dx, dy) = (x + 0.5f - cx, y + 0.5f - cy);
                var along = ((dx * nucleus.AxisX) + (dy * nucleus.AxisY)) / nucleus.Along;
                var across = ((dy * nucleus.AxisX) - (dx * nucleus.AxisY)) / nucleus.Across;
                var square = (along * along) + (across * across);
                if (square > 2.5f)
                    continue;
                var from = MathF.Sqrt(square);
                var cover = Math.Clamp(((1 - from) * sharpness) + 0.5f, 0, 1);
                if (cover <= 0)
                    continue;
                var texture = 0.70f + (0.6f * chromatin.At((window.Left + x) * coarse, (window.Top + y) * coarse));
                var dye = 1.75f * nucleus.Stain * texture * (0.92f + (0.16f * square)) * cover;
                haematoxylin[i] = Math.Max(haematoxylin[i], dye);
            }
        }
    }

    private void Develop(Window window, float[] depth, Span<byte> pixels)
    {
        var near = folds.Where(f => f.Touches(window.Left, window.Top, window.Width, window.Height, 16)).ToList();
        var thickness = window.Map(
            (x, y) =>
            {
                var thick = pattern.Thickness(x * mpp, y * mpp);
                foreach (var fold in near)
                    thick *= 1 + (float)Math.Clamp(1.5 * (1.2 - fold.Distance(x, y)), 0, 0.9);
                return thick;
            }
        );
        var (h, e) = (stain.Haematoxylin, stain.Eosin);
        var full = (float)stain.Light;
        Span<float> depths = new float[window.Width];
        Span<float> thick = new float[window.Width];
        for (var y = 0; y < window.Height; y++)
        {
            window.Row(depth, y, depths);
            window.Row(thickness, y, thick);
            for (var x = 0; x < window.Width; x++)
            {
                var share = Math.Clamp((depths[x] + Edge) / (2 * Edge), 0, 1);
                if (share == 0)
                    continue;
                var i = (y * window.Width) + x;
                share *= thick[x];
                var (dh, de) = (haematoxylin[i] * share, eosin[i] * share);
                var bits = SeededRandom.Mix(grain ^ (((ulong)(uint)(window.Left + x) << 32) | (uint)(window.Top + y)));
                pixels[3 * i] = Byte(full * Stain.Transmit((dh * h.R) + (de * e.R)), bits);
                pixels[(3 * i) + 1] = Byte(full * Stain.Transmit((dh * h.G) + (de * e.G)), bits >> 16);
                pixels[(3 * i) + 2] = Byte(full * Stain.Transmit((dh * h.B) + (de * e.B)), bits >> 32);
            }
        }
    }

    /// <summary>Rounded, with the camera's noise of up to ±4.</summary>
    private static byte Byte(float light, ulong bits)
    {
        var noise = ((bits & 0xFF) + ((bits >> 8) & 0xFF)) * (4f / 256) - 4f;
        return (byte)Math.Clamp((int)(light + noise + 0.5f), 0, 255);
    }

    private static Rectangle BoxOf(Ring ring)
    {
        var (left, top) = (ring.Points.Min(p => p.X), ring.Points.Min(p => p.Y));
        return new Rectangle(left, top, ring.Points.Max(p => p.X) - left, ring.Points.Max(p => p.Y) - top);
    }

    /// <summary>A part of the slide, and slow variation over it as values at the corners of its cells.</summary>
    private readonly record struct Window(int Left, int Top, int Width, int Height, int Cell)
    {
        private int Columns => (Width / Cell) + 1;

        public bool Touches(Rectangle box, int margin) =>
            box.X - margin < Left + Width
            && box.X + box.Width + margin > Left
            && box.Y - margin < Top + Height
            && box.Y + box.Height + margin > Top;

        public float[] Map(Func<int, int, float> value)
        {
            var (columns, rows) = (Columns, (Height / Cell) + 1);
            var map = new float[columns * rows];
            for (var i = 0; i < map.Length; i++)
                map[i] = value(Left + (i % columns * Cell), Top + (i / columns * Cell));
            return map;
        }

        /// <summary>A row of a map, linear between the corners.</summary>
        /// <param name="map">As <see cref="Map"/> gives it.</param>
        /// <param name="y">The row, from the window's top.</param>
        /// <param name="line">[width], filled.</param>
        public void Row(float[] map, int y, Span<float> line)
        {
            var at = y / Cell * Columns;
            var part = y % Cell / (float)Cell;
            var before = map[at] + (part * (map[at + Columns] - map[at]));
            for (var x = 0; x < Width; x += Cell)
            {
                at++;
                var after = map[at] + (part * (map[at + Columns] - map[at]));
                var step = (after - before) / Cell;
                for (var i = 0; i < Cell; i++)
                    line[x + i] = before + (i * step);
                before = after;
            }
        }
    }
}
