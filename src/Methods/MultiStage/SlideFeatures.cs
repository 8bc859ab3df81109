using Coverslip.Files;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// The feature vectors of all patches of a slide, computed once (Takahama et al. 2019, sec. 3.2.1). On disk one
/// safetensors file: <c>features</c> float16 [N, C], <c>places</c> int32 [N, 2] of columns and rows, <c>labels</c> int8
/// [N], and as free text the slide's name and what its vectors were computed by.
/// </summary>
/// <param name="Name">The slide's name.</param>
/// <param name="Patches">Places and labels.</param>
/// <param name="Vectors">[N · C], patch by patch.</param>
internal sealed record SlideFeatures(string Name, IReadOnlyList<GridPatch> Patches, Half[] Vectors)
{
    /// <summary>Length of a vector; 0 where there is no patch.</summary>
    public int Length => Patches.Count == 0 ? 0 : Vectors.Length / Patches.Count;

    /// <summary>Computes the vectors of a slide's patches.</summary>
    /// <param name="extractor">In evaluation, as it stands.</param>
    /// <param name="slide">The slide; read once.</param>
    /// <param name="reading">Pixels to a side of a patch, and patches at a time.</param>
    /// <param name="progress">Told how many patches are done.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <exception cref="InvalidOperationException">A vector that half precision cannot hold.</exception>
    public static SlideFeatures Compute(
        FeatureExtractor extractor,
        ISlidePatches slide,
        (int Side, int Batch) reading,
        Action<int>? progress = null,
        CancellationToken stop = default
    )
    {
        var (side, batch) = reading;
        extractor.Store.Training = false;
        using var inference = new Inference();
        var vectors = new Half[slide.Patches.Count * extractor.Length];
        var done = 0;
        foreach (var window in slide.Read([.. Enumerable.Range(0, slide.Patches.Count).Chunk(batch)]))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var half = extractor.Features(extractor.Images(window, side)).To(DType.Float16).ToArray<Half>();
            if (Array.Exists(half, v => !Half.IsFinite(v)))
                throw new InvalidOperationException(
                    $"{slide.Name}: the features of a patch among {done} to {done + window.Count} are not finite in half precision; train the extractor at a lower rate"
                );
            half.CopyTo(vectors, done * extractor.Length);
            done += window.Count;
            progress?.Invoke(done);
        }
        return new SlideFeatures(slide.Name, slide.Patches, vectors);
    }

    /// <summary>Float32 vectors [placed, C] of a layout's patches, in its order.</summary>
    public Tensor Placed(MapLayout layout, Device device = default)
    {
        var vectors = new Half[layout.Placed.Count * Length];
        for (var i = 0; i < layout.Placed.Count; i++)
            Vectors.AsSpan(layout.Placed[i] * Length, Length).CopyTo(vectors.AsSpan(i * Length));
        using var scope = new TensorScope();
        return scope.Keep(Tensor.From(vectors, layout.Placed.Count, Length).To(device, DType.Float32));
    }

    /// <summary>Writes the file whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="made">Tells the extractor and the patches from others, such as a hash of the weights.</param>
    public void Write(string path, string made)
    {
        using var scope = new TensorScope();
        int[] places = [.. Patches.SelectMany(p => (int[])[p.Column, p.Row])];
        sbyte[] labels = [.. Patches.Select(p => (sbyte)p.Label)];
        SafeTensors.Write(
            path,
            [
                ("features", Tensor.From(Vectors, Patches.Count, Length)),
                ("places", Tensor.From(places, Patches.Count, 2)),
                ("labels", Tensor.From(labels, Patches.Count)),
            ],
            new Dictionary<string, string> { ["slide"] = Name, ["made"] = made }
        );
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">No such file, or one made otherwise; the message says how.</exception>
    public static SlideFeatures Read(string path, string made)
    {
        var text = SafeTensors.ReadMetadata(path);
        if (!text.TryGetValue("slide", out var name) || !text.TryGetValue("made", out var other))
            throw new InvalidDataException($"{path} holds no features of a slide");
        if (other != made)
            throw new InvalidDataException(
                $"{path} was made otherwise: {Fingerprint.Difference(other, made)}; delete the file, or use another folder"
            );
        using var scope = new TensorScope();
        var tensors = SafeTensors.Read(path);
        var (places, labels) = (tensors["places"].ToArray<int>(), tensors["labels"].ToArray<sbyte>());
        return new SlideFeatures(
            name,
            [.. labels.Select((label, i) => new GridPatch(places[2 * i], places[2 * i + 1], label))],
            tensors["features"].ToArray<Half>()
        );
    }

    /// <summary>
    /// Features of many slides in a folder, one file each; a slide whose file stands is not computed again, so that a
    /// stopped call goes on at the next slide.
    /// </summary>
    /// <param name="folder">Where the files go.</param>
    /// <param name="made">Tells a slide's vectors from those of another extractor, other pixels, another slide.</param>
    /// <param name="slides">Slides; names differ.</param>
    /// <param name="compute">Computes a slide's features.</param>
    /// <exception cref="InvalidDataException">A file was made otherwise, or of other patches or labels than the slide's;
    /// the message says how.</exception>
    public static IEnumerable<SlideFeatures> OfAll<T>(
        string folder,
        Func<T, string> made,
        IEnumerable<T> slides,
        Func<T, SlideFeatures> compute
    )
        where T : ISlidePatches
    {
        Directory.CreateDirectory(folder);
        foreach (var slide in slides)
        {
            var (path, how) = (Path.Combine(folder, slide.Name + ".safetensors"), made(slide));
            if (!File.Exists(path))
                compute(slide).Write(path, how);
            var found = Read(path, how);
            if (!found.Patches.SequenceEqual(slide.Patches))
                throw new InvalidDataException(
                    $"{path} holds {found.Patches.Count} patches of other places or labels than {slide.Name} has now ({slide.Patches.Count}); did its annotation change? Delete the file, or use another folder"
                );
            yield return found;
        }
    }
}
