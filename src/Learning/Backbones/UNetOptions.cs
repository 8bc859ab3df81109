namespace Coverslip.Learning.Backbones;

/// <summary>The shape of a <see cref="UNet"/>.</summary>
public sealed record UNetOptions
{
    /// <summary>
    /// The residual network that is the contracting path of an <see cref="EncoderUNet"/>, and decides width, depth and
    /// normalization; null (default): the <see cref="UNet"/>'s own.
    /// </summary>
    public BackboneKind? Encoder { get; init; }

    /// <summary>Channels of the images or maps it is given; 3 by default.</summary>
    public int Input { get; init; } = 3;

    /// <summary>Channels it gives back, such as classes; 2 by default.</summary>
    public int Output { get; init; } = 2;

    /// <summary>Channels of the outermost level, doubled by each level below; 64 by default, as published.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Times the map is halved, 1 to 8; 4 by default, as published.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>
    /// Levels whose skip connection is left out, 0 the outermost; none by default. Such a level is built from the map
    /// below it alone.
    /// </summary>
    public IReadOnlyList<int> WithoutSkip { get; init; } = [];

    /// <summary>Batch normalization between each 3×3 convolution and its ReLU; false by default, as published.</summary>
    public bool Normalize { get; init; }

    /// <summary>
    /// Dropout behind the two deepest levels of the contracting path, in [0, 1); 0 by default. The paper has some there
    /// and does not say how much.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>The least side of an input, in pixels.</summary>
    public int SmallestSide => Encoder is null ? 1 << Depth : 32;

    /// <exception cref="ArgumentException">A value out of its range.</exception>
    internal void Check()
    {
        Within(Input, 1, 65_536, nameof(Input));
        Within(Output, 1, 65_536, nameof(Output));
        Within(Width, 1, 1024, nameof(Width));
        Within(Depth, 1, 8, nameof(Depth));
        foreach (var level in WithoutSkip)
            Within(level, 0, Depth - 1, nameof(WithoutSkip));
    }

    private static void Within(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentException($"a U-Net's {name} is {value}; it goes from {least} to {most}");
    }
}
