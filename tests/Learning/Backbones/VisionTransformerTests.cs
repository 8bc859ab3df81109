using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>Vision transformers against a plain rendering in PyTorch, with weights of a formula.</summary>
[NoTensorLeaks]
public sealed class VisionTransformerTests : IDisposable
{
    private static readonly VisionTransformerOptions Plain = new()
    {
        Patch = 8,
        Width = 48,
        Depth = 2,
        Heads = 3,
        Grid = 4,
    };

    private static readonly VisionTransformerOptions Gated = Plain with { Hidden = 80, Gated = true, Scaled = true };

    private static readonly Dictionary<string, VisionTransformerOptions> Cases = new()
    {
        ["plain"] = Plain,
        ["huggingface"] = Plain with { Epsilon = 1e-12 },
        ["dinov2"] = Plain with { Scaled = true, ResizedAsDinoV2 = true },
        ["dinov2-gated"] = Gated with { ResizedAsDinoV2 = true },
        ["registers"] = Plain with { Scaled = true, Registers = 4 },
        ["registers-unplaced"] = Gated with { Registers = 3, Placed = 0 },
        ["registers-placed"] = Gated with { Registers = 4, Placed = 5 },
    };

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// Keys, tokens behind the first and the last block, at the stored positions and at others; folded in float32 the
    /// same, in bfloat16 within what its 8 bits leave.
    /// </summary>
    [Theory, MemberData(nameof(Names))]
    public void Tokens_equal_PyTorchs(string name)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var golden = Golden(name);
        var network = Filled(store, Cases[name]);
        golden.ExpectKeys(store);
        using var off = new NoGradient();
        foreach (var size in Sizes(golden))
        {
            var images = GoldenBackbone.Input(2, 3, size.Height, size.Width);
            var at = $"{size.Height}x{size.Width}";
            store.Training = true;
            var plain = network.Forward(
                images,
                (block, tokens) =>
                {
                    if (block == 0)
                        golden.Expect($"{at}/block0", tokens());
                }
            );
            golden.Expect($"{at}/tokens", plain);
            store.Fold(DType.Float32);
            golden.Expect($"{at}/tokens", network.Forward(images));
            store.Fold(DType.BFloat16);
            golden.Expect($"{at}/tokens", network.Forward(images), 0.03);
        }
    }

    [Fact]
    public void Sides_that_are_no_multiple_of_the_patch_are_refused()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = new VisionTransformer(store.Root, Plain);
        Assert.Equal(
            "a side is 30 pixels; patches of 8 pixels need a multiple of 8, such as 24",
            Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros([1, 3, 32, 30]))).Message
        );
    }

    /// <summary>Names as Hugging Face's ViTModel and Dinov2Model and as DINOv2 have them.</summary>
    [Theory]
    [InlineData("huggingface", false)]
    [InlineData("dinov2", true)]
    public void Hugging_Faces_files_are_read(string name, bool dinov2)
    {
        (string Here, string Theirs)[] both =
        [
            ("cls_token", "embeddings.cls_token"),
            ("pos_embed", "embeddings.position_embeddings"),
            ("patch_embed.proj.", "embeddings.patch_embeddings.projection."),
            ("blocks.", "encoder.layer."),
            (".attn.proj.", ".attention.output.dense."),
        ];
        (string Here, string Theirs)[] own = dinov2
            ? [(".ls1.gamma", ".layer_scale1.lambda1"), (".ls2.gamma", ".layer_scale2.lambda1")]
            :
            [
                (".norm1.", ".layernorm_before."),
                (".norm2.", ".layernorm_after."),
                (".mlp.fc1.", ".intermediate.dense."),
                (".mlp.fc2.", ".output.dense."),
            ];
        Reads(
            name,
            (key, value) =>
            {
                var theirs = both.Concat(own).Aggregate(key, (k, part) => k.Replace(part.Here, part.Theirs));
                if (key.StartsWith("norm.", StringComparison.Ordinal))
                    theirs = "layernorm." + key[5..];
                return key.Contains(".qkv.")
                    ? value
                        .Chunk(3, 0)
                        .Zip((string[])["query", "key", "value"])
                        .Select(p => (theirs.Replace(".attn.qkv.", $".attention.attention.{p.Second}."), p.First))
                    : [(theirs, value)];
            },
            [("pooler.dense.bias", 48), ("embeddings.mask_token", 48)]
        );
    }

    [Fact]
    public void DinoV2s_files_are_read() =>
        Reads(
            "dinov2-gated",
            (key, value) => [(key.Replace(".mlp.fc1.", ".mlp.w12.").Replace(".mlp.fc2.", ".mlp.w3."), value)],
            [("mask_token", 48)]
        );

    [Fact]
    public void DinoV2s_registers_and_timms_classifier_are_read() =>
        Reads(
            "registers",
            (key, value) => [(key.Replace("reg_token", "register_tokens"), value)],
            [("head.weight", 10), ("head.bias", 10)]
        );

    [Fact]
    public void A_missing_part_is_named()
    {
        var error = Assert.Throws<TorchException>(() =>
            Reads("plain", (key, value) => key == "blocks.1.attn.qkv.bias" ? [] : [(key, value)], [])
        );
        Assert.EndsWith(
            "does not hold a transformer: the weights do not fit the network: missing 'blocks.1.attn.qkv.bias' [144]",
            error.Message
        );
    }

    /// <summary>A file under other names gives the golden tokens.</summary>
    private void Reads(
        string name,
        Func<string, Tensor, IEnumerable<(string, Tensor)>> rename,
        (string Key, long Count)[] beside
    )
    {
        using var scope = new TensorScope();
        using var from = new ParameterStore();
        Filled(from, Cases[name]);
        var file = Path.Combine(folder, "weights.safetensors");
        var spare = beside.Select(b => (b.Key, Tensor.Ones([b.Count])));
        SafeTensors.Write(file, from.All.SelectMany(p => rename(p.Path, p.Value)).Concat(spare));

        using var store = new ParameterStore();
        var network = new VisionTransformer(store.Root, Cases[name]);
        TransformerWeights.Load(store.Root, "a transformer", file);
        var golden = Golden(name);
        var (height, width) = Sizes(golden)[0];
        using var off = new NoGradient();
        golden.Expect($"{height}x{width}/tokens", network.Forward(GoldenBackbone.Input(2, 3, height, width)));
    }

    private static GoldenBackbone Golden(string name) => new(name, "transformers.safetensors");

    private static (int Height, int Width)[] Sizes(GoldenBackbone golden)
    {
        (int, int)[] all = [(32, 32), (48, 40), (16, 24)];
        return [.. all.Where(s => golden.Of($"{s.Item1}x{s.Item2}").Count > 0)];
    }

    private static VisionTransformer Filled(ParameterStore store, VisionTransformerOptions options)
    {
        var network = new VisionTransformer(store.Root, options);
        GoldenBackbone.Fill(store);
        return network;
    }
}
