namespace Coverslip.Methods.SagaNet;

/// <summary>What the network adds up in order to decide.</summary>
internal enum ClassLoss
{
    /// <summary>Length-aware hinge loss (Liu &amp; Sun 2021, sec. 3.2.1).</summary>
    Hinge,

    /// <summary>Softmax cross-entropy over a fully connected layer: the published ablation.</summary>
    CrossEntropy,
}

/// <summary>Where in the map a class's matrices W_{c,j} are their own.</summary>
internal enum Positions
{
    /// <summary>One matrix for every place of the map: as published, judged by the parameter count.</summary>
    Located,

    /// <summary>
    /// One matrix for all places: the features are averaged over the map first; far fewer parameters.
    /// </summary>
    Shared,
}

/// <summary>The network's shape. The defaults are the published ones for 768×768 pixels and two classes.</summary>
internal sealed record SagaNetOptions
{
    /// <summary>
    /// Height of the input in pixels; 768 by default, at least the stem's step times two to the number of blocks: 32.
    /// </summary>
    public int Height { get; init; } = 768;

    /// <summary>
    /// Width of the input in pixels; 768 by default, at least the stem's step times two to the number of blocks: 32.
    /// </summary>
    public int Width { get; init; } = 768;

    /// <summary>3 for an image, 4 for an image with its mask as the last channel.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Number of classes; 2 by default.</summary>
    public int Classes { get; init; } = 2;

    /// <summary>A network that has learned before in place of the first gated convolution; null by default.</summary>
    public StemOptions? Stem { get; init; }

    /// <summary>Filters of the first gated convolution; 64 by default.</summary>
    public int StemFilters { get; init; } = 64;

    /// <summary>
    /// Step of the first gated convolution: where the map is first halved, which the paper leaves open; 2 by default.
    /// </summary>
    public int StemStride { get; init; } = 2;

    /// <summary>Channels that each gated convolution block adds; 32 by default.</summary>
    public int Growth { get; init; } = 32;

    /// <summary>Gated convolution blocks in each dense block; 1, 1, 2, 2 by default.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 1, 2, 2];

    /// <summary>Kinds of convolved features u_j at one place; 8 by default.</summary>
    public int FeatureKinds { get; init; } = 8;

    /// <summary>Length of one u_j; 8 by default (Sabour et al. 2017).</summary>
    public int FeatureSize { get; init; } = 8;

    /// <summary>Length of a class feature f_c; 16 by default (Sabour et al. 2017).</summary>
    public int ClassSize { get; init; } = 16;

    /// <summary>Whether W_{c,j} differs from place to place; located by default.</summary>
    public Positions Positions { get; init; } = Positions.Located;

    /// <summary>Gated convolutions, or plain ones (ablation); true by default.</summary>
    public bool Gated { get; init; } = true;

    /// <summary>Whether the decoder exists and its error counts (ablation); true by default.</summary>
    public bool Reconstruct { get; init; } = true;

    /// <summary>The class loss (ablation); hinge by default.</summary>
    public ClassLoss ClassLoss { get; init; } = ClassLoss.Hinge;

    /// <summary>
    /// Batch normalization between convolution and activation; true by default. The paper does not mention it.
    /// </summary>
    public bool Normalize { get; init; } = true;

    /// <summary>Dropout of the convolved features while training; 0 by default.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Whether activations are computed again in the backward pass instead of kept; false by default.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>How many pixels of the input one of the stem's map stands for, in each direction.</summary>
    public int StemStep => Stem?.Step ?? StemStride;

    /// <summary>Pixels of which the halvings leave one: the stem's step times two to the number of blocks.</summary>
    public int SmallestSide => StemStep << Blocks.Count;

    /// <summary>Refuses what cannot be built, naming the value and the limit.</summary>
    /// <exception cref="ArgumentException">An option lies outside its range.</exception>
    public void Check()
    {
        Within(nameof(Height), Height, SmallestSide, 16384);
        Within(nameof(Width), Width, SmallestSide, 16384);
        Within(nameof(Channels), Channels, Stem is null ? 1 : 3, Stem is null ? 64 : 3);
        Within(nameof(Classes), Classes, 2, 1000);
        Within(nameof(StemFilters), StemFilters, 1, 4096);
        Within(nameof(StemStride), StemStride, 1, 4);
        Within(nameof(Growth), Growth, 1, 1024);
        Within(nameof(Blocks), Blocks.Count, 1, 6);
        foreach (var blocks in Blocks)
            Within(nameof(Blocks), blocks, 1, 64);
    }

    private static void Within(string name, int value, int low, int high)
    {
        if (value < low || value > high)
            throw new ArgumentException($"{name} is {value}; it must lie between {low} and {high}");
    }
}
