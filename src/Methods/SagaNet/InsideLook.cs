using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// What SagaNet makes of images on the way to their classes: what it was given, what it reconstructs (Liu &amp; Sun 2021,
/// sec. 3.1.3) and how wrong, where its gates are open, within the mask and outside of it, and how long its class features are.
/// </summary>
/// <param name="input">Size and form.</param>
/// <param name="raw">The images' bytes: red, green, blue, mask.</param>
/// <param name="tensors">The same as the loss is of, [B, 3, H, W]; as the network takes it; and what of that it was given, [B, 3 or 4, H, W].</param>
/// <param name="gates">What its gates did.</param>
internal sealed class InsideLook(
    InputOptions input,
    RawBatch raw,
    (Tensor Seen, Tensor Taken, Tensor Given) tensors,
    GateMaps gates
)
{
    /// <summary>An error of this share of the range, and more, is red.</summary>
    internal const float ErrorShown = 0.5f;

    private readonly int area = input.Height * input.Width;
    private readonly float[] seen = Numbers(tensors.Seen);
    private readonly float[] taken = Numbers(tensors.Taken);
    private readonly float[] given = Numbers(tensors.Given);
    private readonly int channels = (int)tensors.Given.Size(1);

    /// <summary>One view of each image. Colors and errors count from 0, black, to 1, white, however images were scaled.</summary>
    /// <param name="output">What came of the batch.</param>
    /// <param name="pictured">Of which images pictures are wanted.</param>
    public IReadOnlyList<InnerView> Of(SagaNetOutput output, Func<Patch, bool> pictured)
    {
        var made = output.Reconstruction is { } image ? Numbers(image) : null;
        var lengths = Numbers(output.Features.To(DType.Float32).Square().Sum([2]).Sqrt());
        var classes = lengths.Length / raw.Patches.Count;
        return
        [
            .. raw.Patches.Select(
                (patch, i) =>
                {
                    var colors = ColorsOf(i, seen);
                    var reconstruction = made is null ? null : Shown(colors, made, i * 3 * area);
                    return new InnerView(patch, Figures(i, reconstruction))
                    {
                        PerClass = ("length", [.. lengths[(i * classes)..((i + 1) * classes)].Select(l => (double)l)]),
                        Pictures = pictured(patch) ? Pictures(i, reconstruction) : [],
                    };
                }
            ),
        ];
    }

    private List<(string Name, double Value)> Figures(int image, float[]? reconstruction)
    {
        var valid = new bool[area];
        for (var p = 0; p < area; p++)
            valid[p] = raw.Pixels[(((image * area) + p) * 4) + 3] != 0;
        List<(string, double)> figures = [("mask_share", valid.Count(v => v) / (double)area)];
        if (reconstruction is not null)
        {
            figures.AddRange(InAndOut("reconstruction_error", valid, p => ErrorAt(image, reconstruction, p)));
            figures.AddRange(InAndOut("flat_error", valid, Flat(image, valid)));
        }
        foreach (var (layer, ofImage) in gates.Layers)
        {
            var map = ofImage(image);
            figures.AddRange(
                InAndOut(
                    $"gate_{layer.Replace(' ', '_')}",
                    valid,
                    p => map.At(p / input.Width, p % input.Width, input.Height, input.Width)
                )
            );
        }
        return figures;
    }

    /// <summary>The mean of a map over the pixels within the mask, and over those outside; no number where there are none.</summary>
    private static IEnumerable<(string Name, double Value)> InAndOut(string name, bool[] valid, Func<int, double> at)
    {
        var (sums, counts) = (new double[2], new int[2]);
        for (var p = 0; p < valid.Length; p++)
        {
            var side = valid[p] ? 0 : 1;
            sums[side] += at(p);
            counts[side]++;
        }
        return [($"{name}_inside", sums[0] / counts[0]), ($"{name}_outside", sums[1] / counts[1])];
    }

    /// <summary>Mean squared error of a pixel's three colors.</summary>
    private double ErrorAt(int image, float[] reconstruction, int pixel)
    {
        double sum = 0;
        for (var c = 0; c < 3; c++)
        {
            var difference = reconstruction[(c * area) + pixel] - ByteAt(image, pixel, c);
            sum += difference * difference;
        }
        return sum / 3;
    }

    /// <summary>The error of who paints everything in the mean color of what is within the mask.</summary>
    private Func<int, double> Flat(int image, bool[] valid)
    {
        var color = new float[3];
        var count = Math.Max(valid.Count(v => v), 1);
        for (var p = 0; p < area; p++)
        for (var c = 0; c < 3 && valid[p]; c++)
            color[c] += ByteAt(image, p, c) / count;
        return p => Enumerable.Range(0, 3).Sum(c => Math.Pow(ByteAt(image, p, c) - color[c], 2)) / 3;
    }

    private List<(string Kind, Image Picture)> Pictures(int image, float[]? reconstruction)
    {
        List<(string, Image)> pictures =
        [
            ("input", Painted(Shown(ColorsOf(image, taken), given, image * channels * area))),
        ];
        if (reconstruction is not null)
        {
            pictures.Add(("reconstruction", Painted(reconstruction)));
            pictures.Add(("error", Colored(p => MathF.Sqrt((float)ErrorAt(image, reconstruction, p)) / ErrorShown)));
        }
        foreach (var (layer, ofImage) in gates.Layers)
        {
            var map = ofImage(image);
            pictures.Add(
                (
                    $"gates-{layer.Replace(' ', '-')}",
                    Colored(p => map.At(p / input.Width, p % input.Width, input.Height, input.Width))
                )
            );
        }
        return pictures;
    }

    private float ByteAt(int image, int pixel, int channel) =>
        raw.Pixels[(((image * area) + pixel) * 4) + channel] / 255f;

    /// <summary>Of each channel the line on which the image was brought to the network's scale, found from its least and greatest value.</summary>
    private Line[] ColorsOf(int image, float[] scaled) =>
        [
            .. Enumerable
                .Range(0, 3)
                .Select(c =>
                {
                    var order = Enumerable.Range(0, area);
                    var (low, high) = (order.MinBy(p => ByteAt(image, p, c)), order.MaxBy(p => ByteAt(image, p, c)));
                    var (from, to) = (ByteAt(image, low, c), ByteAt(image, high, c));
                    var at = ((image * 3) + c) * area;
                    var slope = to > from ? (scaled[at + high] - scaled[at + low]) / (to - from) : 1;
                    return new Line(slope, scaled[at + low] - (slope * from));
                }),
        ];

    /// <summary>Colors from 0 to 1 of numbers in the network's scale, [3 · H · W].</summary>
    private float[] Shown(Line[] colors, float[] values, int at)
    {
        var shown = new float[3 * area];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = (values[at + i] - colors[i / area].Offset) / colors[i / area].Slope;
        return shown;
    }

    private Image Painted(float[] colors) => Picture((p, c) => colors[(c * area) + p]);

    private Image Colored(Func<int, float> at) =>
        Picture(
            (p, c) =>
            {
                var (red, green, blue) = HeatmapColors.Of(at(p));
                return (
                        c == 0 ? red
                        : c == 1 ? green
                        : blue
                    ) / 255f;
            }
        );

    private Image Picture(Func<int, int, float> at)
    {
        var samples = new byte[area * 3];
        for (var p = 0; p < area; p++)
        for (var c = 0; c < 3; c++)
            samples[(p * 3) + c] = (byte)MathF.Round(Math.Clamp(at(p, c), 0, 1) * 255);
        return Image.From(samples, input.Width, input.Height);
    }

    private static float[] Numbers(Tensor tensor) =>
        tensor.To(DType.Float32).Contiguous(MemoryFormat.Contiguous).ToArray<float>();

    private readonly record struct Line(float Slope, float Offset);
}
