using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Models;

/// <summary>Where a network sees its classes in one image.</summary>
/// <param name="Patch">The image.</param>
/// <param name="Height">Rows of the maps.</param>
/// <param name="Width">Columns of the maps.</param>
/// <param name="Values">[classes][Height · Width], in units of the classes' scores; they cover the whole image.</param>
public sealed record ActivationMap(Patch Patch, int Height, int Width, IReadOnlyList<float[]> Values)
{
    /// <summary>Share of a map's maximum that belongs to the region around it.</summary>
    public const float RegionShare = 0.5f;

    /// <summary>Cells of the enlarged map to a cell of the map, so that a region's edge lies between cells.</summary>
    private const int Fineness = 8;

    /// <summary>The sum with the maps of another network.</summary>
    internal ActivationMap Plus(ActivationMap other) =>
        this with
        {
            Values = [.. Values.Zip(other.Values, (a, b) => a.Zip(b, (x, y) => x + y).ToArray())],
        };

    internal ActivationMap Over(int networks) =>
        networks == 1 ? this : this with { Values = [.. Values.Select(v => v.Select(x => x / networks).ToArray())] };

    /// <summary>A class's map enlarged bilinearly, [height · width]; cell centers stay where they are.</summary>
    public float[] Enlarged(int index, int height, int width)
    {
        var map = Values[index];
        var enlarged = new float[height * width];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, down) = Between(y, height, Height);
            for (var x = 0; x < width; x++)
            {
                var (left, right, across) = Between(x, width, Width);
                var upper = map[top * Width + left] + across * (map[top * Width + right] - map[top * Width + left]);
                var lower =
                    map[bottom * Width + left] + across * (map[bottom * Width + right] - map[bottom * Width + left]);
                enlarged[y * width + x] = upper + down * (lower - upper);
            }
        }
        return enlarged;
    }

    /// <summary>
    /// The place of a class's maximum, and the box around the connected region that holds it and reaches half of it, in
    /// pixels of the stored image.
    /// </summary>
    public Activation Locate(int index, string name, double probability)
    {
        var (height, width) = (Height * Fineness, Width * Fineness);
        var map = Enlarged(index, height, width);
        var peak = Array.IndexOf(map, map.Max());
        var (scaleX, scaleY) = ((double)Patch.Source.Size.Width / width, (double)Patch.Source.Size.Height / height);
        return new Activation(
            Patch.Row.Image,
            name,
            probability,
            (peak % width + 0.5) * scaleX,
            (peak / width + 0.5) * scaleY,
            map[peak] <= 0 ? null
                : Region(map, width, peak) is var box
                    ? new BoxArea(box.X * scaleX, box.Y * scaleY, box.Width * scaleX, box.Height * scaleY)
                : null
        );
    }

    /// <summary>Every finding of every image, whether decided for or not.</summary>
    /// <param name="predictions">Of the same images in the same order.</param>
    /// <param name="maps">Their maps.</param>
    public static IEnumerable<Activation> Locate(Predictions predictions, IEnumerable<ActivationMap> maps) =>
        predictions
            .Rows.Zip(maps)
            .SelectMany(
                pair => predictions.Classes.Index(),
                (pair, c) => pair.Second.Locate(c.Index, c.Item, pair.First.Probabilities[c.Index])
            );

    private static (int Low, int High, float Share) Between(int place, int side, int cells)
    {
        var at = Math.Clamp((place + 0.5f) * cells / side - 0.5f, 0, cells - 1);
        var low = Math.Min((int)at, cells - 1);
        return (low, Math.Min(low + 1, cells - 1), at - low);
    }

    private static BoxArea Region(float[] map, int width, int peak)
    {
        var least = RegionShare * map[peak];
        byte[] above = [.. map.Select(v => v >= least ? byte.MaxValue : (byte)0)];
        using var mask = Image.From(above, width, map.Length / width, channels: 1);
        var labels = Components.Find(mask).Labels;
        int left = width,
            right = 0,
            top = map.Length / width,
            bottom = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] != labels[peak])
                continue;
            (left, right) = (Math.Min(left, i % width), Math.Max(right, i % width + 1));
            (top, bottom) = (Math.Min(top, i / width), Math.Max(bottom, i / width + 1));
        }
        return new BoxArea(left, top, right - left, bottom - top);
    }
}
