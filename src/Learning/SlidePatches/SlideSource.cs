using System.Buffers;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Patches;

namespace Coverslip.Learning.SlidePatches;

/// <summary>A slide of a cohort: its annotated areas, and the places on it that may be drawn.</summary>
public sealed class SlideSource : PatchSource, IDisposable
{
    private readonly PatchInput input;
    private readonly int side;
    private readonly (int X, int Y)[][] places; // [class][place]: top left corner in pixels of level 0
    private readonly (SlideView View, Mpp Mpp)[] views;

    public SlideSource(CohortRow row, Slide slide, PatchAreas areas, PatchInput input, PatchOptions options)
        : base(row.Image, row.Patient)
    {
        (Row, Slide, Areas, this.input, side) = (row, slide, areas, input, options.Side);
        var selection = PatchSampler.Sample(slide, areas, options);
        places = new (int, int)[2][];
        for (var label = 0; label < places.Length; label++)
        {
            var word = label == input.Positive ? Slides.Patches.Patch.TumorLabel : Slides.Patches.Patch.NormalLabel;
            places[label] = [.. selection.Patches.Where(p => p.Label == word).Select(p => ((int)p.At.X, (int)p.At.Y))];
        }
        Reason = selection.Reason;
        views = [.. input.Views.Select(v => Mpp.Of(options.Mpp * v)).Select(m => (slide.View(m), m))];
    }

    public CohortRow Row { get; }

    public Slide Slide { get; }

    public PatchAreas Areas { get; }

    /// <summary>Why there are no places; null where there are.</summary>
    public string? Reason { get; }

    public override int Count(int label) => places[label].Length;

    /// <summary>The top left corner of a patch, in pixels of level 0.</summary>
    public SlidePoint Place(int label, int index) => new(places[label][index].X, places[label][index].Y);

    /// <summary>What some of the places look like that may be drawn, spread over all of them.</summary>
    /// <param name="most">How many at most.</param>
    internal IEnumerable<ImageLook> Looks(int most)
    {
        var all = places.SelectMany(p => p).ToArray();
        var (view, middle) = (views[0].View, side / 2.0);
        for (var i = 0; i < Math.Min(most, all.Length); i++)
        {
            var (x, y) = all[(int)((long)i * all.Length / Math.Min(most, all.Length))];
            using var window = view.ReadAround(
                x + middle * view.StepX,
                y + middle * view.StepY,
                new PixelSize(side, side)
            );
            yield return ImageLook.Of(window);
        }
    }

    public override void Read(int label, int index, ImageChange change, PatchTarget target)
    {
        var (at, finest, middle) = (Place(label, index), views[0].View, side / 2.0);
        var size = new PixelSize(target.Width, target.Height);
        // The point that all views are centered on. A shift moves it, so that other pixels of the slide come in.
        var x = at.X + ((middle + change.Right) * finest.StepX);
        var y = at.Y + ((middle + change.Down) * finest.StepY);
        var pixels = ArrayPool<byte>.Shared.Rent(size.Width * size.Height * 4);
        var own = pixels.AsSpan(0, size.Width * size.Height * 4);
        for (var view = 0; view < views.Length; view++)
        {
            using var window = views[view].View.ReadAround(x, y, size);
            input.Pixels.Write(window, own);
            if (input.Truth)
                MarkTumor(own, (x, y), views[view].View, size);
            change.Unshifted.Apply(own, target.View(view), target.Height, target.Width);
        }
        ArrayPool<byte>.Shared.Return(pixels);
    }

    public void Dispose() => Slide.Dispose();

    /// <summary>Sets the fourth byte of pixels around a place to 255 where they are tumor, and to 0 elsewhere.</summary>
    private void MarkTumor(Span<byte> pixels, (double X, double Y) middle, SlideView view, PixelSize size)
    {
        var scale = new Vertex(1 / view.StepX, 1 / view.StepY);
        var corner = new Vertex(
            (size.Width / 2.0) - (middle.X / view.StepX),
            (size.Height / 2.0) - (middle.Y / view.StepY)
        );
        using var mask = PolygonRaster.Fill(Areas.Tumor.Polygons, size, scale, corner);
        for (var i = 0; i < mask.Pixels.Length; i++)
            pixels[(i * 4) + 3] = mask.Pixels[i];
    }
}

/// <summary>How patches become a network's input.</summary>
/// <param name="Pixels">Stain and size.</param>
/// <param name="Views">Multiples of the resolution, the first 1.</param>
/// <param name="Positive">Index of the class that is tumor, of two.</param>
public sealed record PatchInput(WindowPixels Pixels, IReadOnlyList<double> Views, int Positive)
{
    /// <summary>Whether the fourth byte of a pixel says if it is tumor, instead of 255; false by default.</summary>
    public bool Truth { get; init; }
}
