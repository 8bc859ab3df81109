using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests;

/// <summary>
/// Slides of 768 × 640 pixels at 1 µm: glass, violet tissue from (96, 96) to (672, 544), and on every other slide a red
/// tumor, in a folder that goes with the test class.
/// </summary>
public sealed class TinySlides : IDisposable
{
    public const int Width = 768;
    public const int Height = 640;
    public static readonly SlideRectangle Tumor = new(new SlidePoint(300, 250), 120, 100);

    public string Folder { get; } = Directory.CreateTempSubdirectory("coverslip-").FullName;

    /// <summary>Eight slides of as many patients, every other one with tumor.</summary>
    public Cohort Cohort { get; }

    public TinySlides()
    {
        var rows = Enumerable.Range(1, 8).Select(i => Slide($"s{i}", isTumor: i % 2 == 0, seed: i)).ToArray();
        Cohort = Write("cohort.csv", rows);
    }

    public string At(string name) => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Paints a slide and writes its annotation; returns its row.</summary>
    public CohortRow Slide(string name, bool isTumor, int seed = 1, double mpp = 1)
    {
        var options = new PyramidOptions { Mpp = Mpp.Of(mpp), Quality = 95 };
        PyramidWriter.Write(
            At($"{name}.tif"),
            Width,
            Height,
            options,
            (x, y, tile) => Paint(x, y, tile, isTumor, seed)
        );
        if (isTumor)
            Annotate($"{name}.xml", Tumor);
        return new CohortRow(0, $"{name}.tif", isTumor ? "tumor" : "normal", $"P-{name}")
        {
            Further = [isTumor ? $"{name}.xml" : ""],
        };
    }

    /// <summary>Writes an annotation of one rectangle in CAMELYON16's group.</summary>
    public void Annotate(string name, SlideRectangle part)
    {
        var (x, y, right, bottom) = (part.At.X, part.At.Y, part.At.X + part.Width, part.At.Y + part.Height);
        var ring = new Ring([new(x, y), new(right, y), new(right, bottom), new(x, bottom)]);
        var set = new AnnotationSet
        {
            Format = AnnotationFormat.Asap,
            Annotations = [new Annotation { Class = "_0", Polygons = [new RingPolygon(ring)] }],
        };
        AnnotationFile.Write(At(name), set, AnnotationFormat.Asap);
    }

    public Cohort Write(string name, params CohortRow[] rows)
    {
        CohortFile.Write(At(name), rows, [CohortSlides.AnnotationColumn]);
        return Cohort.Load(At(name));
    }

    /// <summary>Opens slides for windows of 32 pixels, labeled by their center of 16.</summary>
    internal CohortSlides Open(Cohort cohort, double mpp = 1, params double[] views) =>
        CohortSlides.Open(cohort, Patches(mpp), Input(views), side: 32);

    internal static SlidePatchOptions Patches(double mpp = 1) =>
        new()
        {
            Mpp = mpp,
            Stride = 16,
            Center = 16,
        };

    internal static PatchInput Input(params double[] views) =>
        new(new WindowPixels(32, 32, null), views.Length == 0 ? [1] : views, Positive: 1);

    private static void Paint(int left, int top, Image tile, bool isTumor, int seed)
    {
        tile.WritablePixels.Fill(243);
        for (var y = 0; y < tile.Height; y++)
        {
            for (var x = 0; x < tile.Width; x++)
            {
                var (px, py) = (left + x, top + y);
                if (px is < 96 or >= 672 || py is < 96 or >= 544)
                    continue;
                var grain = (byte)(((px * (7 + seed)) ^ (py * 13)) & 31);
                var isRed =
                    isTumor
                    && px >= Tumor.At.X
                    && px < Tumor.At.X + Tumor.Width
                    && py >= Tumor.At.Y
                    && py < Tumor.At.Y + Tumor.Height;
                ReadOnlySpan<byte> pixel = isRed ? [(byte)(200 + grain), 60, 90] : [(byte)(130 + grain), 90, 160];
                pixel.CopyTo(tile.WritablePixels[((y * tile.Stride) + (3 * x))..]);
            }
        }
    }
}
