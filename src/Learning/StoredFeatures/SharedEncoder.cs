using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// An encoder that the models of a run's parts have in common: opened once, closed with the last of them. It remembers the
/// features of the windows that it saw last, since every part is asked about the same ones.
/// </summary>
internal sealed class SharedEncoder : IDisposable
{
    private static readonly Dictionary<(EncoderSettings, int Height, int Width, string Device), SharedEncoder> Open =
    [];
    private readonly (EncoderSettings, int Height, int Width, string Device) key;
    private (WindowBatch Windows, bool Oriented, double[][][] Features)? last;
    private int users;

    private SharedEncoder((EncoderSettings, int Height, int Width, string Device) key, Encoder encoder) =>
        (this.key, Encoder) = (key, encoder);

    internal Encoder Encoder { get; }

    /// <summary>The encoder of some settings; to be disposed of by each who asked.</summary>
    internal static SharedEncoder Of(EncoderSettings settings, (int Height, int Width) size, Device device)
    {
        var key = (settings, size.Height, size.Width, $"{device}");
        lock (Open)
        {
            if (!Open.TryGetValue(key, out var shared))
            {
                var encoder = settings.Open(size.Height, size.Width, device);
                Open.Add(key, shared = new SharedEncoder(key, encoder));
            }
            shared.users++;
            return shared;
        }
    }

    /// <summary>What is computed of windows, or was just now for another part.</summary>
    internal double[][][] OfWindows(WindowBatch windows, bool oriented, Func<double[][][]> compute)
    {
        if (last is { } known && ReferenceEquals(known.Windows, windows) && known.Oriented == oriented)
            return known.Features;
        var features = compute();
        last = (windows, oriented, features);
        return features;
    }

    public void Dispose()
    {
        lock (Open)
        {
            if (--users > 0)
                return;
            Open.Remove(key);
            Encoder.Dispose();
        }
    }
}
