using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// NASNet-A (Zoph et al. 2018, sec. 3 and figure 4), Large (6 @ 4032) and Mobile (4 @ 1056). Names and shapes as in
/// timm (Large) and in Cadene's pretrained-models (Mobile), which agree. Zeros stand around maps as TensorFlow, for
/// which the weights were trained, puts them: an even map gets one less before than after.
/// </summary>
internal sealed class NasNet : IBackbone
{
    private readonly ConvNorm stem;
    private readonly List<(string Name, NasNetCell Cell, bool Skips)> cells = [];
    private readonly PooledClassifier? classifier;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="size">Large or Mobile.</param>
    /// <param name="options">The classifier.</param>
    internal NasNet(ParameterPath at, Size size, BackboneOptions options)
    {
        Channels = size.Channels;
        var width = size.Channels / 24; // the last map is six parts of a quarter of its channels
        stem = new ConvNorm(
            at / "conv0" / "conv",
            at / "conv0" / "bn",
            3,
            size.Stem,
            new ConvNormOptions
            {
                Kernel = 3,
                Stride = 2,
                Epsilon = NasNetCell.Epsilon,
                Activation = Activation.None,
            }
        );
        var (previous, current) = (size.Stem, size.Stem);
        var halved = true; // whether the cell before halved the map, so that the one before that is twice as large
        Reduce("cell_stem_0", width / 4, NasNetCell.Previous.AsItIs);
        Reduce("cell_stem_1", width / 2, NasNetCell.Previous.Halved);
        for (var part = 0; part < 3; part++)
        {
            if (part > 0)
                Reduce($"reduction_cell_{part - 1}", width << part, NasNetCell.Previous.Squeezed, size.Skips);
            // Mobile has four cells a part and keeps the numbers that Large's six would have.
            for (var i = 0; i < size.Cells; i++)
                Keep($"cell_{6 * part + i}", width << part);
        }
        classifier = PooledClassifier.Of(at / "last_linear", Channels, options);

        void Reduce(string name, int filters, NasNetCell.Previous kind, bool skips = false)
        {
            var widths = new NasNetCell.Widths(previous, current, filters);
            Add(name, NasNetCell.Reduction(at / name, widths, kind), skips, 4 * filters);
            halved = true;
        }

        void Keep(string name, int filters)
        {
            var kind = halved ? NasNetCell.Previous.Halved : NasNetCell.Previous.Squeezed;
            var widths = new NasNetCell.Widths(previous, current, filters);
            Add(name, NasNetCell.Normal(at / name, widths, kind), false, 6 * filters);
            halved = false;
        }

        void Add(string name, NasNetCell cell, bool skips, int output)
        {
            cells.Add((name, cell, skips));
            (previous, current) = (skips ? previous : current, output);
        }
    }

    public static IReadOnlyList<BackboneKind> Kinds { get; } =
    [
        Kind("nasnet-large", new Size(4032, 96, 6, Skips: true)),
        Kind("nasnet-mobile", new Size(1056, 32, 4, Skips: false)),
    ];

    public int Channels { get; }

    public IReadOnlyList<string> Stages => ["conv0", .. cells.Select(c => c.Name), "act"];

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var current = stem.Forward(x);
        seen?.Invoke("conv0", current);
        var previous = current;
        foreach (var (name, cell, skips) in cells)
        {
            var output = cell.Forward(current, previous);
            if (!skips)
                previous = current;
            current = output;
            seen?.Invoke(name, current);
        }
        var map = current.Relu();
        seen?.Invoke("act", map);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    private static BackboneKind Kind(string name, Size size) =>
        new(name, (at, options) => new NasNet(at, size, options), MapOf)
        {
            Scale = InputScale.Symmetric,
            Classifiers = ["last_linear."],
        };

    private static int MapOf(int side)
    {
        side = MapSize.After(side, 3, 2);
        for (var i = 0; i < 4; i++)
            side = MapSize.Halved(side);
        return side;
    }

    /// <summary>What tells the sizes of NASNet-A apart.</summary>
    /// <param name="Channels">Channels of the last map.</param>
    /// <param name="Stem">Filters of the first convolution.</param>
    /// <param name="Cells">Normal cells between two reductions.</param>
    /// <param name="Skips">Whether the cell after a reduction looks past the cell before that reduction.</param>
    internal sealed record Size(int Channels, int Stem, int Cells, bool Skips);
}
