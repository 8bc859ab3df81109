using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Torch;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>How features of a cohort's images are computed.</summary>
public sealed record CohortEncodingOptions
{
    /// <summary>Whether images are taken for gray; false by default.</summary>
    public bool Gray { get; init; }

    /// <summary>How images are turned and recolored; as they are by default.</summary>
    public FeatureViews Views { get; init; } = new();

    /// <summary>Images at a time; 32 by default.</summary>
    public int Batch { get; init; } = 32;
}

/// <summary>
/// Features of a cohort's images as one NPZ file (<see cref="CohortFeatures"/>): one thread reads images and brings them to the
/// encoder's size while the calling one computes.
/// </summary>
public sealed class CohortEncoding
{
    private readonly Encoder encoder;
    private readonly CohortEncodingOptions options;
    private readonly ViewEncoder views;
    private readonly InputOptions input;

    /// <param name="encoder">Stays the caller's.</param>
    /// <param name="options">Color, views.</param>
    /// <param name="device">The encoder's.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public CohortEncoding(Encoder encoder, CohortEncodingOptions options, Device device)
    {
        options.Views.Check(encoder.Size);
        (this.encoder, this.options, views) = (encoder, options, new ViewEncoder(encoder, options.Views, device));
        input = new InputOptions
        {
            Form = InputForm.Raw,
            Height = encoder.Size.Height,
            Width = encoder.Size.Width,
            Gray = options.Gray,
        };
    }

    /// <summary>Computes what is missing, and writes the file; nothing where it is there and of the same.</summary>
    /// <param name="cohort">The images.</param>
    /// <param name="path">The file; beside it, until it is written, <c>path.state</c>.</param>
    /// <param name="progress">Told how many of how many are done.</param>
    /// <param name="stop">Stops between batches; calling again goes on.</param>
    /// <returns>Whether anything was computed.</returns>
    /// <exception cref="InvalidDataException">The file, or its state, is of something else.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what was done is kept.</exception>
    public bool Run(Cohort cohort, string path, Action<int, int>? progress, CancellationToken stop)
    {
        var contents = CohortFeatures.ContentsOf(cohort);
        var madeOf = new Fingerprint()
            .Add("encoder", CohortFeatures.IdentityOf(encoder, input))
            .Add("views", options.Views.Names)
            .Add("views.seed", options.Views.Copies > 0 ? options.Views.Seed : 0)
            .Add("images", new Fingerprint().Add("image", contents).Hash);
        if (File.Exists(path))
        {
            CohortFeatures.CheckSame(path, madeOf);
            return false;
        }
        var state = $"{path}.state";
        using (var parts = FeatureParts.Open(state, madeOf, views.Numbers))
        {
            Encode(cohort, parts, progress, stop);
            WholeFile.Write(path, stream => Write(stream, (cohort, contents, madeOf), parts));
        }
        File.Delete(state);
        return true;
    }

    private void Encode(Cohort cohort, FeatureParts parts, Action<int, int>? progress, CancellationToken stop)
    {
        long[][] batches =
        [
            .. Enumerable
                .Range(0, cohort.Rows.Count)
                .Select(i => (long)i)
                .Where(i => !parts.Has(i))
                .Chunk(options.Batch),
        ];
        using var images = new PatchImage();
        var each = input.Height * input.Width * 4;
        var ahead = new BatchPipeline<byte[]>(batches.Length, Read, readers: 1);
        var beside = views.Beside(options.Batch);
        foreach (
            var (keys, rows) in beside.Run(
                batches.Zip(ahead.Run()),
                batches.Length,
                batch => (batch.First, views.Encode(batch.Second, batch.First))
            )
        )
        {
            stop.ThrowIfCancellationRequested();
            parts.Add(keys, rows);
            progress?.Invoke(parts.Keys.Count, cohort.Rows.Count);
        }

        byte[] Read(int number)
        {
            var pixels = new byte[batches[number].Length * each];
            try
            {
                Parallel.For(
                    0,
                    batches[number].Length,
                    i =>
                        PatchSet
                            .ReadRaw(cohort.ImagePath(cohort.Rows[(int)batches[number][i]]), input, images)
                            .CopyTo(pixels, i * each)
                );
            }
            catch (AggregateException error)
            {
                // The first file that could not be read is reason enough, and its message names it.
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
            }
            return pixels;
        }
    }

    private void Write(Stream stream, (Cohort Cohort, string[] Contents, Fingerprint MadeOf) of, FeatureParts parts)
    {
        using var to = new NpzWriter(stream);
        foreach (var (i, view) in options.Views.Names.Index())
            to.Add(
                view.Length > 0 ? $"{CohortFeatures.Features}.{view}" : CohortFeatures.Features,
                parts.Read(i * encoder.Features, encoder.Features),
                parts.Keys.Count,
                encoder.Features
            );
        to.Add("images", [.. of.Cohort.Rows.Select(r => r.Image)]);
        to.Add(CohortFeatures.Contents, of.Contents);
        to.Add(CohortFeatures.Identity, [CohortFeatures.IdentityOf(encoder, input)]);
        to.Add(CohortFeatures.MadeOf, of.MadeOf.Kept);
    }
}
