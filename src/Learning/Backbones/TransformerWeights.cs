using System.Text.RegularExpressions;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Published weights of vision transformers: of timm, of DINOv2, and of Hugging Face's <c>ViTModel</c> and
/// <c>Dinov2Model</c>, whose names are brought to timm's.
/// </summary>
internal static partial class TransformerWeights
{
    /// <summary>What files hold beside the network: classifiers, and what only training needs.</summary>
    private static readonly string[] Beside =
    [
        "head.",
        "mask_token",
        "embeddings.mask_token",
        "pooler.",
        "classifier.",
    ];

    private static readonly (string Theirs, string Here)[] Parts =
    [
        ("vit.", ""),
        ("register_tokens", "reg_token"),
        ("embeddings.cls_token", "cls_token"),
        ("embeddings.position_embeddings", "pos_embed"),
        ("embeddings.patch_embeddings.projection.", "patch_embed.proj."),
        ("embeddings.register_tokens", "reg_token"),
        ("encoder.layer.", "blocks."),
        (".attention.output.dense.", ".attn.proj."),
        (".intermediate.dense.", ".mlp.fc1."),
        (".output.dense.", ".mlp.fc2."),
        (".layernorm_before.", ".norm1."),
        (".layernorm_after.", ".norm2."),
        (".layer_scale1.lambda1", ".ls1.gamma"),
        (".layer_scale2.lambda1", ".ls2.gamma"),
        (".mlp.w12.", ".mlp.fc1."),
        (".mlp.w3.", ".mlp.fc2."),
        (".mlp.weights_in.", ".mlp.fc1."),
        (".mlp.weights_out.", ".mlp.fc2."),
    ];

    /// <summary>Fills a network from safetensors or <c>torch.save</c>'s.</summary>
    /// <param name="at">Where the network was born.</param>
    /// <param name="name">Named in errors.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidDataException">The file is no weights file.</exception>
    /// <exception cref="TorchException">A key is missing, unexpected or of another shape; nothing was
    /// filled.</exception>
    internal static void Load(ParameterPath at, string name, string file)
    {
        using var scope = new TensorScope();
        try
        {
            at.Load(Renamed(WeightsFile.Read(file)), _ => false);
        }
        catch (TorchException error)
        {
            throw new TorchException($"{file} does not hold {name}: {error.Message}");
        }
    }

    /// <summary>Under timm's names; queries, keys and values that stand apart become one.</summary>
    internal static Dictionary<string, Tensor> Renamed(IReadOnlyDictionary<string, Tensor> published)
    {
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (theirs, value) in published)
        {
            var key = Parts.Aggregate(theirs, Replaced);
            if (!Beside.Any(b => theirs.StartsWith(b, StringComparison.Ordinal)))
                values[key.StartsWith("layernorm.", StringComparison.Ordinal) ? key["layer".Length..] : key] = value;
        }
        foreach (var query in values.Keys.Where(k => Query().IsMatch(k)).ToArray())
        {
            string Of(string part) => Query().Replace(query, $"$1.attention.attention.{part}.$2");
            string[] keys = [query, Of("key"), Of("value")];
            if (!keys.All(values.ContainsKey))
                continue; // said as missing
            values[Query().Replace(query, "$1.attn.qkv.$2")] = Tensor.Cat([.. keys.Select(k => values[k])], 0);
            foreach (var key in keys)
                values.Remove(key);
        }
        return values;
    }

    // A prefix is replaced at the beginning alone, a part with a leading dot anywhere.
    private static string Replaced(string key, (string Theirs, string Here) part) =>
        part.Theirs[0] == '.' ? key.Replace(part.Theirs, part.Here, StringComparison.Ordinal)
        : key.StartsWith(part.Theirs, StringComparison.Ordinal) ? part.Here + key[part.Theirs.Length..]
        : key;

    [GeneratedRegex(@"^(blocks\.\d+)\.attention\.attention\.query\.(weight|bias)$")]
    private static partial Regex Query();
}
