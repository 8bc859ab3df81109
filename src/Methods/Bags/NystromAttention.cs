using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Bags;

/// <summary>
/// Self-attention approximated over landmarks (Xiong et al. 2021) as TransMIL takes it, from the package nystrom-attention:
/// heads of an eighth of the width, half the width landmarks, six steps of the pseudo-inverse, a convolution of 33 tokens
/// over the values. Its cost grows with the number of tokens, not with its square.
/// </summary>
internal sealed class NystromAttention
{
    private const int Heads = 8,
        InverseSteps = 6,
        Kernel = 33;
    private readonly Linear queries,
        output;
    private readonly Conv2d local;
    private readonly Dropout dropout;
    private readonly int width;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="width">Numbers of a token, a multiple of 8.</param>
    internal NystromAttention(ParameterPath at, int width)
    {
        this.width = width;
        queries = new Linear(at / "to_qkv", width, 3 * width, bias: false);
        output = new Linear(at / "to_out" / 0, width, width);
        dropout = new Dropout(at / "dropout", 0.1);
        local = new Conv2d(
            at / "res_conv",
            Heads,
            Heads,
            new Sides(Kernel, 1),
            new Conv2dOptions
            {
                Padding = new Sides(Kernel / 2, 0),
                Groups = Heads,
                Bias = false,
            }
        );
    }

    private int Landmarks => Math.Max(1, width / 2);

    /// <summary>Tokens [T, width] → [T, width], and how much the first token attends to each, [T].</summary>
    internal (Tensor Tokens, Tensor FromFirst) Forward(Tensor tokens)
    {
        var count = tokens.Size(0);
        var padding = (Landmarks - (count % Landmarks)) % Landmarks;
        var padded = tokens.Pad([0, 0, padding, 0]);
        var all = count + padding;
        var parts = queries.Forward(padded).Chunk(3, 1);
        var q = Split(parts[0], all) * Math.Pow(width / Heads, -0.5); // [heads, T, width / heads]
        var (k, v) = (Split(parts[1], all), Split(parts[2], all));
        var (fewQ, fewK) = (Means(q, all), Means(k, all)); // [heads, landmarks, width / heads]
        var toFew = q.Matmul(fewK.Transpose(1, 2)).Softmax(2); // [heads, T, landmarks]
        var among = Inverse(fewQ.Matmul(fewK.Transpose(1, 2)).Softmax(2));
        var fromFew = fewQ.Matmul(k.Transpose(1, 2)).Softmax(2); // [heads, landmarks, T]
        var attended = toFew.Matmul(among).Matmul(fromFew.Matmul(v)) + local.Forward(v.Unsqueeze(0)).Squeeze(0);
        var joined = attended.Permute(1, 0, 2).Reshape(all, width);
        var first = toFew.Narrow(1, padding, 1).Detach().Matmul(among.Detach()).Matmul(fromFew.Detach()); // [heads, 1, T]
        return (
            dropout.Forward(output.Forward(joined)).Narrow(0, padding, count),
            first.Mean([0]).Select(0, 0).Narrow(0, padding, count)
        );
    }

    private Tensor Split(Tensor part, long all) => part.Reshape(all, Heads, width / Heads).Permute(1, 0, 2);

    private Tensor Means(Tensor heads, long all) =>
        heads.Reshape(Heads, Landmarks, all / Landmarks, width / Heads).Mean([2]);

    /// <summary>Moore-Penrose's inverse by iteration (Razavi et al. 2014), [heads, m, m].</summary>
    private Tensor Inverse(Tensor x)
    {
        var magnitude = x.Abs();
        var z = x.Transpose(1, 2) / (magnitude.Sum([2]).Max() * magnitude.Sum([1]).Max());
        var m = x.Size(1);
        var one = Tensor.Arange(0, m, device: x.Device).OneHot(m).To(x.DType);
        for (var step = 0; step < InverseSteps; step++)
        {
            var xz = x.Matmul(z);
            z = 0.25 * z.Matmul(13 * one - xz.Matmul(15 * one - xz.Matmul(7 * one - xz)));
        }
        return z;
    }
}
