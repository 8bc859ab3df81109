using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Bags;

/// <summary>
/// TransMIL (Shao et al. 2021, algorithms 1 to 3; models/TransMIL.py): instances are squared by repeating the first ones, a
/// class token goes before them, and between two layers of attention convolutions of 7, 5 and 3 cells give them places
/// (PPEG). Parameters are named as there.
/// </summary>
internal sealed class TransMil : IBagNetwork
{
    private const double Epsilon = 1e-5;
    private readonly Linear first,
        last;
    private readonly Tensor token;
    private readonly (LayerNorm Norm, NystromAttention Attention)[] layers;
    private readonly Conv2d[] places;
    private readonly LayerNorm norm;
    private readonly Dropout dropout;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="shape">Sizes.</param>
    internal TransMil(ParameterPath at, BagShape shape)
    {
        var width = shape.Options.Hidden;
        places =
        [
            .. new[] { ("proj", 7), ("proj1", 5), ("proj2", 3) }.Select(p => new Conv2d(
                at / "pos_layer" / p.Item1,
                width,
                width,
                p.Item2,
                new Conv2dOptions { Padding = p.Item2 / 2, Groups = width }
            )),
        ];
        first = new Linear(at / "_fc1" / 0, shape.Numbers, width);
        token = at.Parameter("cls_token", [1, 1, width], Initial.Normal(1));
        layers =
        [
            .. new[] { "layer1", "layer2" }.Select(name =>
                (new LayerNorm(at / name / "norm", width, Epsilon), new NystromAttention(at / name / "attn", width))
            ),
        ];
        norm = new LayerNorm(at / "norm", width, Epsilon);
        last = new Linear(at / "_fc2", width, shape.Classes);
        dropout = new Dropout(at / "dropout", shape.Options.Dropout);
    }

    public BagScores Forward(Tensor instances)
    {
        var h = dropout.Forward(first.Forward(instances).Relu()); // [N, width]
        var count = h.Size(0);
        var side = (long)Math.Ceiling(Math.Sqrt(count));
        var squared = side * side > count ? Tensor.Cat([h, h.Narrow(0, 0, side * side - count)], 0) : h;
        var tokens = Tensor.Cat([token.Squeeze(0), squared], 0); // [1 + side², width]
        tokens += Attended(0, tokens).Tokens;
        tokens = Tensor.Cat([tokens.Narrow(0, 0, 1), Placed(tokens.Narrow(0, 1, side * side), side)], 0);
        var (more, seen) = Attended(1, tokens);
        tokens += more;
        var scores = last.Forward(norm.Forward(tokens.Narrow(0, 0, 1)));
        // By the pseudo-inverse a weight may fall below zero.
        var weights = seen.Narrow(0, 1, count).Clamp(0);
        return new BagScores(scores, (weights / (weights.Sum() + 1e-12)).Unsqueeze(0), h);
    }

    /// <summary>A layer, computed again in the backward pass: of 100,000 instances its maps take most of the memory.</summary>
    private (Tensor Tokens, Tensor FromFirst) Attended(int layer, Tensor tokens)
    {
        if (!tokens.RequiresGrad)
            return layers[layer].Attention.Forward(layers[layer].Norm.Forward(tokens));
        var both = Recompute.Run(
            given =>
            {
                var (more, first) = layers[layer].Attention.Forward(layers[layer].Norm.Forward(given[0]));
                return [more, first];
            },
            tokens
        );
        return (both[0], both[1].Detach());
    }

    private Tensor Placed(Tensor tokens, long side)
    {
        var map = tokens.Transpose(0, 1).Reshape(1, -1, side, side);
        var placed = places.Aggregate(map, (sum, convolution) => sum + convolution.Forward(map));
        return placed.Flatten(2).Squeeze(0).Transpose(0, 1);
    }
}
