using Coverslip.Torch;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// A published network. Its parameters have the names and shapes of the library that its weights are published for.
/// </summary>
public interface IBackbone
{
    /// <summary>Channels of the last map.</summary>
    int Channels { get; }

    /// <summary>The modules whose outputs can be watched, in order of computation; the last one's is the map.</summary>
    IReadOnlyList<string> Stages { get; }

    /// <summary>
    /// Images x [B, 3, H, W], normalized as the weights want them. Call it inside a <see cref="TensorScope"/>.
    /// </summary>
    /// <param name="x">The images.</param>
    /// <param name="seen">Told of each stage's output; the tensor lives as long as the caller's scope.</param>
    BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null);

    /// <summary>
    /// The network in two: what its modules before a stage make of images, and what it makes of that; null, the default, where
    /// it cannot be divided so.
    /// </summary>
    /// <param name="stage">One of <see cref="Stages"/>, the first of the second half; null: there the map is ready.</param>
    (Func<Tensor, Tensor> Below, Func<Tensor, BackboneOutput> Above)? DividedAt(string? stage) => null;
}

/// <summary>What one forward pass gives.</summary>
/// <param name="Map">Features [B, <see cref="IBackbone.Channels"/>, h, w] before pooling, after the last
/// activation.</param>
/// <param name="Scores">Of the network's own classifier, [B, classes]; null where it was built without.</param>
/// <param name="Auxiliary">Scores of the auxiliary classifiers, outermost last; empty in evaluation.</param>
public sealed record BackboneOutput(Tensor Map, Tensor? Scores, IReadOnlyList<Tensor> Auxiliary);

/// <summary>What is built of a published network, and how wide.</summary>
public sealed record BackboneOptions
{
    /// <summary>Classes of the network's own classifier; 1000 by default, 0 leaves it out.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>
    /// Classes of the auxiliary classifiers of Inception-v3 and GoogLeNet; 0 by default: there are none.
    /// </summary>
    public int AuxiliaryClasses { get; init; }

    /// <summary>
    /// Multiplies the channels of MobileNets and Inception-v3, in (0, 4]; 1 by default. Other networks have no width.
    /// </summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// How many of a residual network's four layers are built, in 1 – 4; null, the default: all. Other networks have no
    /// such layers. What is cut off takes the network's own classifier with it.
    /// </summary>
    public int? Layers { get; init; }

    /// <summary>Dropout before the network's own classifiers, in [0, 1); null, the default: as published.</summary>
    public double? Dropout { get; init; }
}
