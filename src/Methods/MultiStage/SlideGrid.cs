using System.Buffers;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Patches;

namespace Coverslip.Methods.MultiStage;

/// <summary>How the patches of a slide's grid are read.</summary>
/// <param name="Patches">Resolution, side of the grid's patches, least tissue.</param>
/// <param name="Window">Pixels to a side of the window in a patch's middle that the network sees.</param>
/// <param name="Pixels">Stain and size.</param>
internal sealed record GridReading(SlidePatchOptions Patches, int Window, WindowPixels Pixels)
{
    /// <summary>How many pixels of the grid's resolution make one of a window, to a side; 1 by default.</summary>
    public double Reduction { get; init; } = 1;

    /// <summary>Places to a side of a patch: 1 by default, side by side; at 2 neighbors overlap by half.</summary>
    public int Steps { get; init; } = 1;
}

/// <summary>
/// A slide cut into patches side by side (Takahama et al. 2019, sec. 4.1): those with enough tissue, labeled by shares of
/// their area. Windows are read ahead on threads of their own; the same window is the same pixels each time.
/// </summary>
internal sealed class SlideGrid : ISlidePatches
{
    private readonly GridReading reading;
    private readonly SlideView view,
        windows;
    private readonly SlidePoint[] places;

    /// <param name="source">The slide with its annotated areas.</param>
    /// <param name="reading">Resolution, sizes.</param>
    /// <exception cref="UnreadableSlideException">No resolution is known, or it is coarser than asked.</exception>
    public SlideGrid(SlideSource source, GridReading reading)
    {
        (Source, this.reading) = (source, reading);
        var mpp = Mpp.Of(reading.Patches.Mpp);
        view = source.Slide.View(mpp);
        windows = reading.Reduction == 1 ? view : source.Slide.View(Mpp.Of(mpp.X * reading.Reduction));
        var options = reading.Patches.Places(reading.Window) with { Overlap = 1 - (1.0 / reading.Steps) };
        var selection = PatchSampler.Sample(source.Slide, source.Areas, options);
        Reason = selection.Reason;
        var (step, from) = ((double)reading.Patches.GridSide!.Value / reading.Steps, source.Slide.Bounds.At);
        places = [.. selection.Patches.Select(p => p.At)];
        Patches =
        [
            .. selection.Patches.Select(p => new GridPatch(
                (int)Math.Round((p.At.X - from.X) / (step * view.StepX)),
                (int)Math.Round((p.At.Y - from.Y) / (step * view.StepY)),
                p.Label switch
                {
                    Slides.Patches.Patch.TumorLabel => GridPatch.Tumor,
                    Slides.Patches.Patch.NormalLabel => 0,
                    _ => GridPatch.NoLabel,
                }
            )),
        ];
        var side = reading.Patches.GridSide!.Value;
        Extent = (side * view.StepX, side * view.StepY);
        Microns = (Extent.Width * Finest.X, Extent.Height * Finest.Y);
        Whole = Patches.Count(IsWhole);
    }

    public SlideSource Source { get; }

    public string Name => Path.GetFileNameWithoutExtension(Source.Row.Image);

    public IReadOnlyList<GridPatch> Patches { get; }

    /// <summary>Why there is no patch; null where there are.</summary>
    public string? Reason { get; }

    /// <summary>From one patch to the next of those that lie side by side, to the right and down.</summary>
    public (double X, double Y) Microns { get; }

    /// <summary>A patch, in pixels of level 0.</summary>
    public (double Width, double Height) Extent { get; }

    /// <summary>How many patches lie side by side, as all do at one step to a side.</summary>
    public int Whole { get; }

    /// <summary>
    /// Of patches with their probabilities those that lie side by side, counted as such. Figures are of these: the same ones,
    /// however fine the map that they lie on.
    /// </summary>
    internal IReadOnlyList<PredictedPatch> SideBySide(IReadOnlyList<PredictedPatch> patches) =>
        reading.Steps == 1
            ? patches
            :
            [
                .. patches
                    .Where(p => IsWhole(p.Patch))
                    .Select(p =>
                        p with
                        {
                            Patch = new GridPatch(
                                p.Patch.Column / reading.Steps,
                                p.Patch.Row / reading.Steps,
                                p.Patch.Label
                            ),
                        }
                    ),
            ];

    /// <summary>Where one of those that lie side by side is, in pixels of level 0.</summary>
    internal Rectangle RectangleOf(GridPatch patch) =>
        new(
            Source.Slide.Bounds.At.X + (patch.Column * Extent.Width),
            Source.Slide.Bounds.At.Y + (patch.Row * Extent.Height),
            Extent.Width,
            Extent.Height
        );

    private bool IsWhole(GridPatch patch) => patch.Column % reading.Steps == 0 && patch.Row % reading.Steps == 0;

    private Mpp Finest => Source.Slide.Resolution.Mpp!.Value;

    public IEnumerable<WindowBatch> Read(IReadOnlyList<int[]> miniBatches)
    {
        var (window, each) = (reading.Window, reading.Window * reading.Window * 4);
        var middle = reading.Patches.GridSide!.Value / 2.0;
        foreach (var raw in new BatchPipeline<RawBatch>(miniBatches.Count, Fill, reading.Patches.ReaderThreads).Run())
        {
            yield return new WindowBatch(raw.Pixels, raw.Labels.Count);
            ArrayPool<byte>.Shared.Return(raw.Pixels);
        }

        RawBatch Fill(int number)
        {
            var batch = miniBatches[number];
            var pixels = ArrayPool<byte>.Shared.Rent(batch.Length * each);
            foreach (var (place, patch) in batch.Index())
            {
                var at = places[patch];
                using var image = windows.ReadAround(
                    at.X + (middle * view.StepX),
                    at.Y + (middle * view.StepY),
                    new PixelSize(window, window)
                );
                reading.Pixels.Write(image, pixels.AsSpan(place * each, each));
            }
            return new RawBatch(pixels, [.. batch.Select(p => Patches[p].Label)]);
        }
    }
}
