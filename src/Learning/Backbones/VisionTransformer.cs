using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Vision transformers (Dosovitskiy et al. 2021) with what DINOv2 (Oquab et al. 2024) and its kin added; names and
/// shapes as in timm's <c>vision_transformer.py</c>, without its classifier.
/// </summary>
internal sealed class VisionTransformer
{
    private readonly VisionTransformerOptions options;
    private readonly Tensor classToken,
        positions;
    private readonly Tensor? registers;
    private readonly Conv2d patches;
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;

    internal VisionTransformer(ParameterPath at, VisionTransformerOptions options)
    {
        this.options = options;
        var (width, fill) = (options.Width, Initial.Normal(0.02));
        classToken = at.Parameter("cls_token", [1, 1, width], fill);
        registers = options.Registers == 0 ? null : at.Parameter("reg_token", [1, options.Registers, width], fill);
        positions = at.Parameter("pos_embed", [1, options.Placed + options.Grid * options.Grid, width], fill);
        var step = new Conv2dOptions { Stride = options.Patch };
        patches = new Conv2d(at / "patch_embed" / "proj", 3, width, options.Patch, step);
        blocks = [.. Enumerable.Range(0, options.Depth).Select(i => new TransformerBlock(at / "blocks" / i, options))];
        norm = new LayerNorm(at / "norm", width, options.Epsilon);
    }

    /// <summary>
    /// Images [B, 3, H, W], scaled as the weights want them, sides multiples of the patch's, → tokens [B, T, width] in
    /// float32, normalized: class token, registers, patches row by row.
    /// </summary>
    /// <param name="x">The images.</param>
    /// <param name="seen">Told of each block's number and its tokens, normalized likewise; the last one's are what is
    /// returned.</param>
    /// <exception cref="ArgumentException">A side is no multiple of the patch's.</exception>
    internal Tensor Forward(Tensor x, Action<int, Func<Tensor>>? seen = null)
    {
        foreach (var side in (long[])[x.Size(2), x.Size(3)])
            if (side == 0 || side % options.Patch != 0)
                throw new ArgumentException(
                    $"a side is {side} pixels; patches of {options.Patch} pixels need a multiple of {options.Patch}, such as {Math.Max(1, side / options.Patch) * options.Patch}"
                );
        x = Tokens(x);
        for (var i = 0; i < blocks.Length; i++)
        {
            x = StageList.Scoped(blocks[i].Forward, x);
            var tokens = x;
            seen?.Invoke(i, () => norm.Forward(tokens));
        }
        return norm.Forward(x);
    }

    private Tensor Tokens(Tensor x)
    {
        using var scope = new TensorScope();
        var map = patches.Forward(x); // [B, width, H / patch, W / patch]
        var (batch, rows, columns) = (map.Size(0), map.Size(2), map.Size(3));
        var leading = registers is null ? classToken : Tensor.Cat([classToken, registers], 1); // [1, 1 + registers, width]
        var placed = options.Placed;
        if (placed > 0)
            leading = Tensor.Cat(
                [
                    leading.Narrow(1, 0, placed) + positions.Narrow(1, 0, placed),
                    leading.Narrow(1, placed, options.Leading - placed),
                ],
                1
            );
        var tokens = map.Flatten(2).Transpose(1, 2).To(positions.DType) + Positions(rows, columns);
        return scope.Keep(Tensor.Cat([leading.Expand(batch, -1, -1), tokens], 1));
    }

    /// <summary>Positions of the patches, [1, rows · columns, width].</summary>
    private Tensor Positions(long rows, long columns)
    {
        long grid = options.Grid;
        var stored = positions.Narrow(1, options.Placed, grid * grid);
        if (rows == grid && columns == grid)
            return stored;
        const double spare = 0.1;
        var map = stored.Reshape(1, grid, grid, options.Width).Permute(0, 3, 1, 2);
        map = options.ResizedAsDinoV2
            ? map.UpsampleBicubic((rows + spare) / grid, (columns + spare) / grid)
            : map.UpsampleBicubicSmooth(rows, columns);
        return map.Flatten(2).Transpose(1, 2);
    }
}
