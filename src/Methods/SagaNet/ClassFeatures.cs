using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// Class features f_c = Σ_j W_{c,j} u_j (Liu &amp; Sun 2021, sec. 3.2.1) from the convolved features u: at each place
/// of the
/// map <see cref="SagaNetOptions.FeatureKinds"/> vectors u_j of <see cref="SagaNetOptions.FeatureSize"/>. There is no
/// routing.
/// </summary>
internal sealed class ClassFeatures
{
    private readonly GatedConvolution convolved;
    private readonly Dropout dropout;
    private readonly Tensor weight;
    private readonly SagaNetOptions options;

    public ClassFeatures(ParameterPath at, int input, (int Height, int Width) map, SagaNetOptions options)
    {
        this.options = options;
        var channels = options.FeatureKinds * options.FeatureSize;
        convolved = new GatedConvolution(at / "u", input, channels, 1, options);
        dropout = new Dropout(at, options.Dropout);
        long terms = options.Positions == Positions.Located ? (long)channels * map.Height * map.Width : channels;
        // Lengths start near a half, between the two thresholds of the loss, whatever the number of terms.
        weight = at.Parameter(
            "weight",
            [options.Classes * options.ClassSize, terms],
            Initial.Normal(0.5 / Math.Sqrt(options.ClassSize * terms * 0.15))
        );
    }

    /// <summary>[B, in, h, w] → f [B, classes, size].</summary>
    public Tensor Forward(Tensor x)
    {
        var u = convolved.Forward(x); // [B, kinds · size, h, w]
        if (options.Positions == Positions.Shared)
            u = u.Mean([2, 3]);
        u = dropout.Forward(u.Flatten(1)); // [B, terms]
        return u.Linear(weight).Reshape(-1, options.Classes, options.ClassSize);
    }
}
