using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// A block of a <see cref="VisionTransformer"/> (Dosovitskiy et al. 2021, eqs. 2 and 3): attention, then two linear
/// layers, each behind a normalization and added to its input. Tokens stay in float32 between blocks whatever type the
/// linear layers compute in.
/// </summary>
internal sealed class TransformerBlock
{
    private readonly VisionTransformerOptions options;
    private readonly LayerNorm norm1,
        norm2;
    private readonly Linear mixed,
        projected,
        first,
        second;
    private readonly Tensor? scale1,
        scale2;

    internal TransformerBlock(ParameterPath at, VisionTransformerOptions options)
    {
        this.options = options;
        var (width, hidden) = (options.Width, options.Hidden ?? 4 * options.Width);
        norm1 = new LayerNorm(at / "norm1", width, options.Epsilon);
        mixed = new Linear(at / "attn" / "qkv", width, 3 * width);
        projected = new Linear(at / "attn" / "proj", width, width);
        norm2 = new LayerNorm(at / "norm2", width, options.Epsilon);
        first = new Linear(at / "mlp" / "fc1", width, hidden);
        second = new Linear(at / "mlp" / "fc2", options.Gated ? hidden / 2 : hidden, width);
        if (!options.Scaled)
            return;
        scale1 = (at / "ls1").Parameter("gamma", [width], Initial.Constant(1e-5));
        scale2 = (at / "ls2").Parameter("gamma", [width], Initial.Constant(1e-5));
    }

    /// <summary>Tokens [B, T, width] → [B, T, width].</summary>
    internal Tensor Forward(Tensor x)
    {
        x += Scaled(Attention(norm1.Forward(x)), scale1);
        return x + Scaled(Transformed(norm2.Forward(x)), scale2);
    }

    private static Tensor Scaled(Tensor x, Tensor? scale) => scale is null ? x : x * scale;

    private Tensor Attention(Tensor x) => projected.Forward(mixed.Forward(x).Attention(options.Heads));

    private Tensor Transformed(Tensor x)
    {
        var hidden = first.Forward(x);
        if (!options.Gated)
            return second.Forward(hidden.Gelu());
        var halves = hidden.Chunk(2, -1);
        return second.Forward(halves[0].Silu() * halves[1]);
    }
}
