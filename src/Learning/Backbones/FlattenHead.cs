using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// The top classifier of the networks that SagaNet is compared with (Liu &amp; Sun 2021, sec. 4.2): the map's cells one
/// after the other, a fully connected layer with ReLU, dropout, a fully connected layer.
/// </summary>
public sealed class FlattenHead
{
    private readonly Linear hidden,
        last;
    private readonly Dropout dropout;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="cells">Numbers in a map: channels times height times width.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">Hidden units and dropout.</param>
    public FlattenHead(ParameterPath at, int cells, int classes, BackboneNetworkOptions options)
    {
        hidden = new Linear(at / "hidden", cells, options.Hidden);
        dropout = new Dropout(at, options.Dropout);
        last = new Linear(at / "last", options.Hidden, classes);
    }

    /// <summary>[B, C, h, w] → scores [B, classes].</summary>
    public Tensor Forward(Tensor map) => last.Forward(dropout.Forward(hidden.Forward(map.Flatten(1)).Relu()));
}
