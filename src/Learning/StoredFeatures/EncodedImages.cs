using System.Runtime.CompilerServices;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// Features of images by a recipe's encoder. Those of a cohort's images are computed once, and stay as long as the images
/// do: every part of a split asks for the same ones.
/// </summary>
/// <param name="settings">Encoder, or where its features are stored.</param>
/// <param name="input">How images are brought to it.</param>
/// <param name="device">Where to compute.</param>
public sealed class EncodedImages(EncoderSettings settings, InputOptions input, Device device) : IDisposable
{
    /// <summary>The same number of each image, of which nothing is learned.</summary>
    private static readonly double[] Nothing = [0];

    private static readonly ConditionalWeakTable<
        PatchSet,
        Dictionary<(Patch Image, string Identity), double[]>
    > Known = [];
    private readonly Lazy<SharedEncoder> shared = new(() =>
        SharedEncoder.Of(settings, (input.Height, input.Width), device)
    );
    private readonly IImageFeatures? ofPixels = settings.OfPixels;
    private CohortFeatures? stored;

    /// <summary>What decides the features.</summary>
    public string Identity =>
        string.Join(" + ", new[] { Encodes ? Encoder.Identity : null, ofPixels?.Name }.OfType<string>());

    /// <summary>Whether a pre-trained network sees the images.</summary>
    public bool Encodes => settings.Kind == FeatureKind.Encoder;

    /// <summary>Numbers of an image.</summary>
    public int Numbers =>
        (Encodes ? Encoder.Features : 0)
        + (ofPixels is null ? 0 : Described(new byte[input.Height * input.Width * PatchPixels.Stride]).Length);

    private Encoder Encoder => shared.Value.Encoder;

    /// <summary>Takes the cohort's features from the recipe's file, where it names one.</summary>
    /// <exception cref="InvalidDataException">They are another encoder's, or an image has none.</exception>
    public void UseStored(Cohort cohort)
    {
        if (settings.From.Length == 0)
            return;
        var found = CohortFeatures.Read(settings.From);
        found.CheckEncoder(CohortFeatures.IdentityOf(Encoder, input));
        found.CheckHolds(cohort);
        stored = found;
    }

    /// <summary>Features [images][features], in the order of the images.</summary>
    public double[][] Of(PredictionTask task, CancellationToken stop)
    {
        var known = Known.GetOrCreateValue(task.Set);
        var identity = Identity;
        foreach (var image in task.Images.Where(image => !known.ContainsKey((image, identity))).Distinct())
            if (stored?.Of(task.Set.Cohort, image.Row) is { } row)
                known[(image, identity)] = ofPixels is null ? row : [.. row, .. Described(task.Set.Pixels(image))];
        Patch[] missing = [.. task.Images.Distinct().Where(image => !known.ContainsKey((image, identity)))];
        var done = task.Images.Count - missing.Length;
        foreach (var batch in missing.Chunk(task.Batch ?? 32))
        {
            stop.ThrowIfCancellationRequested();
            byte[] pixels = [.. batch.SelectMany(task.Set.Pixels)];
            foreach (var (image, row) in batch.Zip(Of(pixels, batch.Length)))
                known[(image, identity)] = row;
            task.Progress?.Invoke(done += batch.Length);
        }
        return [.. task.Images.Select(image => known[(image, identity)])];
    }

    /// <summary>Features of pictures in memory.</summary>
    /// <param name="pixels">Count · H · W · 4 bytes: red, green, blue, mask.</param>
    /// <param name="count">How many there are.</param>
    private double[][] Of(byte[] pixels, int count)
    {
        using var inference = new Inference();
        using var scope = new TensorScope();
        var (image, mask) = BatchReader.Pixels(pixels, count, input, device);
        return Of(input.Form == InputForm.Masked ? image * mask : image, pixels);
    }

    /// <summary>Features [orientations][windows][features] of windows; of one orientation, or of all that keep the size.</summary>
    public double[][][] Of(WindowBatch windows, bool orientations)
    {
        return Encodes ? shared.Value.OfWindows(windows, orientations, Compute) : Compute();

        double[][][] Compute()
        {
            using var inference = new Inference();
            using var scope = new TensorScope();
            var (image, _) = BatchReader.Pixels(windows.Pixels, windows.Count, input, device);
            return
            [
                .. input
                    .Orientations(orientations)
                    .Select(o => Of(ImageChange.Oriented(image, o).Contiguous(), windows.Pixels)),
            ];
        }
    }

    /// <summary>Features of images [B, 3, H, W] in [0, 1], whose bytes what is computed of pixels is of.</summary>
    private double[][] Of(Tensor images, byte[] pixels)
    {
        var features = Encodes
            ? Encoder.Encode(images).To(DType.Float64).ToArray<double>().Chunk(Encoder.Features)
            : Enumerable.Repeat(ofPixels is null ? Nothing : [], (int)images.Size(0));
        if (ofPixels is null)
            return [.. features];
        var size = input.Height * input.Width * PatchPixels.Stride;
        return [.. features.Select((row, i) => (double[])[.. row, .. Described(pixels[(i * size)..((i + 1) * size)])])];
    }

    private double[] Described(byte[] pixels) => ofPixels!.Describe(new PatchPixels(pixels, input.Height, input.Width));

    public void Dispose()
    {
        if (shared.IsValueCreated)
            shared.Value.Dispose();
    }
}
