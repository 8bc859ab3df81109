using System.Buffers;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>Features of pictures in all views.</summary>
internal sealed class ViewEncoder(Encoder encoder, FeatureViews views, Device device)
{
    private readonly InputOptions size = new()
    {
        Form = InputForm.Raw,
        Height = encoder.Size.Height,
        Width = encoder.Size.Width,
    };

    /// <summary>Numbers of a picture in all views together.</summary>
    internal int Numbers => views.Names.Count * encoder.Features;

    /// <summary>Batches of so many pictures.</summary>
    internal BatchesBeside Beside(int batch) => new(device, batch, (long)size.Width * size.Height);

    /// <summary>Of each picture the features of one view after the other.</summary>
    /// <param name="pixels">At least keys · H · W · 4 bytes: red, green, blue, mask.</param>
    /// <param name="keys">The pictures' own numbers.</param>
    internal float[][] Encode(byte[] pixels, IReadOnlyList<long> keys)
    {
        var each = size.Height * size.Width * 4;
        float[][] rows = [.. keys.Select(_ => new float[Numbers])];
        var changed = ArrayPool<byte>.Shared.Rent(keys.Count * each);
        for (var view = 0; view < views.Names.Count; view++)
        {
            var shown = pixels;
            if (view > 0)
            {
                var number = view;
                Parallel.For(
                    0,
                    keys.Count,
                    i =>
                        views
                            .Change(number, keys[i], encoder.Size)
                            .Apply(
                                pixels.AsSpan(i * each, each),
                                changed.AsSpan(i * each, each),
                                size.Height,
                                size.Width
                            )
                );
                shown = changed;
            }
            using var inference = new Inference();
            using var scope = new TensorScope();
            var features = encoder
                .Encode(BatchReader.Pixels(shown, keys.Count, size, device).Image)
                .To(Device.Cpu, DType.Float32)
                .ToArray<float>();
            for (var i = 0; i < rows.Length; i++)
                features.AsSpan(i * encoder.Features, encoder.Features).CopyTo(rows[i].AsSpan(view * encoder.Features));
        }
        ArrayPool<byte>.Shared.Return(changed);
        return rows;
    }
}
