using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// What one forward pass gives: class features [B, classes, size], scores for cross-entropy, the reconstruction.
/// </summary>
/// <param name="Features">f_c, [B, classes, size].</param>
/// <param name="Scores">Softmax scores [B, classes] in the cross-entropy ablation, otherwise null.</param>
/// <param name="Reconstruction">[B, 3, H, W], or null where it is off or was not asked for.</param>
internal readonly record struct SagaNetOutput(Tensor Features, Tensor? Scores, Tensor? Reconstruction);

/// <summary>
/// SagaNet (Liu &amp; Sun 2021, sec. 3.3, figure 2): a gated stem (or a pre-trained one), gated dense blocks with transitions that halve the
/// map,
/// class features on the deepest map, and a decoder. Any input size that the halvings leave something of.
/// </summary>
internal sealed class SagaNetwork
{
    private readonly SagaNetOptions options;
    private readonly GatedConvolution? stem;
    private readonly PretrainedStem? pretrained;
    private readonly GatedDenseBlock[] blocks;
    private readonly GatedConvolution[] transitions;
    private readonly ClassFeatures classes;
    private readonly Linear? scores;
    private readonly Decoder? decoder;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="options">The network's shape.</param>
    /// <exception cref="ArgumentException">An option lies outside its range.</exception>
    public SagaNetwork(ParameterPath at, SagaNetOptions options)
    {
        options.Check();
        this.options = options;
        if (options.Stem is { } learned)
            pretrained = new PretrainedStem(at / "stem", learned);
        else
            stem = new GatedConvolution(
                at / "stem",
                options.Channels,
                options.StemFilters,
                3,
                options,
                options.StemStride
            );
        blocks = new GatedDenseBlock[options.Blocks.Count];
        transitions = new GatedConvolution[blocks.Length];
        var channels = pretrained?.Channels ?? options.StemFilters;
        var (height, width) = (Strided(options.Height), Strided(options.Width));
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new GatedDenseBlock(at / "blocks" / i, channels, options.Blocks[i], options);
            channels = blocks[i].Output;
            transitions[i] = new GatedConvolution(
                at / "transitions" / i,
                channels,
                channels,
                1,
                options with
                {
                    Gated = false,
                }
            );
            (height, width) = (height / 2, width / 2);
        }
        classes = new ClassFeatures(at / "classes", channels, (height, width), options);
        if (options.ClassLoss == ClassLoss.CrossEntropy)
            scores = new Linear(at / "scores", options.Classes * options.ClassSize, options.Classes);
        if (options.Reconstruct)
            decoder = new Decoder(
                at / "decoder",
                channels,
                [.. pretrained?.SkipChannels ?? [], .. blocks.Select(b => b.Output)],
                options
            );
        pretrained?.ApplyFineTuning();
    }

    /// <summary>Fills the stem with published weights.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void LoadStem(string weights) =>
        (pretrained ?? throw new InvalidOperationException("the stem is the paper's own")).Load(weights);

    /// <summary>The gated convolutions of the stem, where it is the paper's, and of each dense block.</summary>
    internal IEnumerable<(string Layer, GatedConvolution Convolution)> Gates =>
        options.Gated
            ? (stem is null ? [] : new[] { ("stem", stem) }).Concat(
                blocks.SelectMany((block, i) => block.Convolutions.Select(c => ($"block {i + 1}", c)))
            )
            : [];

    /// <summary>x [B, channels, H, W] in [0, 1] or as a pre-trained stem wants it, masked pixels 0.</summary>
    /// <param name="x">The input.</param>
    /// <param name="reconstruct">Whether the reconstruction is wanted; prediction does without.</param>
    public SagaNetOutput Forward(Tensor x, bool reconstruct = true)
    {
        var (height, width) = (x.Size(2), x.Size(3));
        var skips = new List<Tensor>(blocks.Length);
        var begun = Part(t => pretrained is null ? [stem!.Forward(t[0])] : pretrained.Forward(t[0]), x);
        skips.AddRange(begun[..^1]);
        x = begun[^1]; // [B, 64, H/2, W/2], or as deep as a pre-trained stem goes
        for (var i = 0; i < blocks.Length; i++)
        {
            var (block, transition) = (blocks[i], transitions[i]);
            var maps = Part(
                t =>
                {
                    var dense = block.Forward(t[0]);
                    return [dense, transition.Forward(dense).AvgPool2d(2)];
                },
                x
            );
            skips.Add(maps[0]);
            x = maps[1]; // halved
        }
        var features = classes.Forward(x);
        var logits = scores?.Forward(features.Flatten(1));
        if (decoder is null || !reconstruct)
            return new SagaNetOutput(features, logits, null);
        var image = Part(t => [decoder.Forward(t[^1], t[..^1], height, width)], [.. skips, x])[0];
        return new SagaNetOutput(features, logits, image);
    }

    /// <summary>
    /// A score per class in [0, 1] that sums to 1: the squared length of f_c over the sum of squares, or the softmax in
    /// the
    /// cross-entropy ablation. Its order is the order of the lengths. [B, classes]
    /// </summary>
    public static Tensor Probabilities(SagaNetOutput output)
    {
        if (output.Scores is { } scores)
            return scores.To(DType.Float32).Softmax(1);
        var squares = output.Features.To(DType.Float32).Square().Sum([2]) + 1e-12;
        return squares / squares.Sum([1], keep: true);
    }

    /// <summary>Runs a part whose intermediate results go at its end, but for what a backward pass keeps.</summary>
    private Tensor[] Part(Func<Tensor[], Tensor[]> part, params Tensor[] inputs)
    {
        if (options.Recompute)
            return Recompute.Run(part, inputs);
        using var scope = new TensorScope();
        var outputs = part(inputs);
        foreach (var output in outputs)
            scope.Keep(output);
        return outputs;
    }

    private int Strided(int side) => (side + options.StemStep - 1) / options.StemStep;
}
