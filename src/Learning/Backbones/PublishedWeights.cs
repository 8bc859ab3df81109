using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>Weights that others have published, from a file: safetensors or <c>torch.save</c>'s, new or old.</summary>
public static class PublishedWeights
{
    /// <summary>
    /// Fills a network. A network without its own classifier leaves the file's out, and starts its auxiliary
    /// classifiers' last layers at random; one without auxiliary classifiers leaves those out. How many batches a batch
    /// normalization has seen may be missing: PyTorch counts them since 0.4.
    /// </summary>
    /// <param name="at">Where the network was born.</param>
    /// <param name="kind">Which it is.</param>
    /// <param name="options">What it was built with.</param>
    /// <param name="weights">The file, or a name that <see cref="WeightsFolder"/> knows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no weights file.</exception>
    /// <exception cref="TorchException">A key is missing, unexpected or of another shape; nothing was
    /// filled.</exception>
    public static void Load(ParameterPath at, BackboneKind kind, BackboneOptions options, string weights)
    {
        var file = WeightsFolder.Resolve(weights);
        if (!File.Exists(file))
            throw new FileNotFoundException(WeightsFolder.Missing(weights));
        using var scope = new TensorScope();
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (published, value) in WeightsFile.Read(file))
        {
            var key = Renamed(kind, published);
            if (!LeftOut(kind, options, key))
                values[key] = value;
        }
        try
        {
            at.Load(values, path => MayMiss(kind, options, path));
        }
        catch (TorchException error)
        {
            throw new TorchException($"{file} does not hold {kind.Name}{kind.OftenTakenFor}: {error.Message}");
        }
    }

    private static string Renamed(BackboneKind kind, string key) =>
        kind.Aliases.Aggregate(key, (name, alias) => alias.Published.Replace(name, alias.Here));

    private static bool LeftOut(BackboneKind kind, BackboneOptions options, string key) =>
        (options.Classes == 0 && Begins(key, kind.Classifiers))
        || (options.AuxiliaryClasses == 0 && Begins(key, kind.Auxiliary))
        || (options.Layers is { } last && Begins(key, [.. Enumerable.Range(last + 1, 4).Select(l => $"layer{l}.")]));

    private static bool MayMiss(BackboneKind kind, BackboneOptions options, string path) =>
        path.EndsWith(".num_batches_tracked", StringComparison.Ordinal)
        || (options.Classes == 0 && Begins(path, kind.Classifiers));

    private static bool Begins(string key, IReadOnlyList<string> prefixes) =>
        prefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal));
}
