using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// MobileNetV2 (Sandler et al. 2018, table 2) of any width: inverted residuals with linear bottlenecks. Names and
/// shapes as in torchvision.
/// </summary>
internal sealed class MobileNetV2 : IBackbone
{
    /// <summary>Expansion t, channels c, number n, stride s of the first: the paper's table.</summary>
    private static readonly (int Expansion, int Channels, int Count, int Stride)[] Rows =
    [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    private readonly StageList stages = new();
    private readonly PooledClassifier? classifier;

    public MobileNetV2(ParameterPath at, BackboneOptions options)
    {
        var features = at / "features";
        Channels = Rounded(32 * options.Width);
        var stem = new ConvNormOptions
        {
            Kernel = 3,
            Stride = 2,
            Padding = 1,
            Activation = Activation.Relu6,
        };
        Add(place => new ConvNorm(place / 0, place / 1, 3, Channels, stem).Forward);
        foreach (var row in Rows)
        {
            for (var i = 0; i < row.Count; i++)
            {
                var (output, stride) = (Rounded(row.Channels * options.Width), i == 0 ? row.Stride : 1);
                Add(place => new InvertedResidual(place / "conv", Channels, output, (row.Expansion, stride)).Forward);
                Channels = output;
            }
        }
        // Thinner networks keep the full width here, or the classifier would see too little (sec. 6.1).
        var last = Rounded(1280 * Math.Max(1, options.Width));
        var pointwise = new ConvNormOptions { Activation = Activation.Relu6 };
        Add(place => new ConvNorm(place / 0, place / 1, Channels, last, pointwise).Forward);
        Channels = last;
        classifier = PooledClassifier.Of(at / "classifier" / 1, Channels, options, dropout: 0.2);

        void Add(Func<ParameterPath, Func<Tensor, Tensor>> make)
        {
            var index = stages.Names.Count;
            stages.Add($"features.{index}", make(features / index));
        }
    }

    public static BackboneKind Kind { get; } =
        new("mobilenet-v2", (at, options) => new MobileNetV2(at, options), MapOf)
        {
            HasWidth = true,
            Classifiers = ["classifier."],
        };

    public int Channels { get; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var map = stages.Run(x, seen);
        return new BackboneOutput(map, classifier?.Forward(map), []);
    }

    /// <summary>Channels as multiples of 8, at least 8, and never a tenth below what was asked for.</summary>
    internal static int Rounded(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    internal static int MapOf(int side)
    {
        for (var i = 0; i < 5; i++)
            side = MapSize.Halved(side);
        return side;
    }

    /// <summary>
    /// 1×1 to more channels, depthwise 3×3, 1×1 to few without activation, plus the input where the shapes agree.
    /// </summary>
    private sealed class InvertedResidual
    {
        private readonly ConvNorm[] convolutions;
        private readonly bool residual;

        internal InvertedResidual(ParameterPath at, int input, int output, (int Expansion, int Stride) row)
        {
            var (inner, first) = (input * row.Expansion, row.Expansion == 1 ? 0 : 1);
            residual = row.Stride == 1 && input == output;
            var expand = new ConvNormOptions { Activation = Activation.Relu6 };
            var filter = new ConvNormOptions
            {
                Kernel = 3,
                Stride = row.Stride,
                Padding = 1,
                Groups = inner,
                Activation = Activation.Relu6,
            };
            var project = new ConvNormOptions { Activation = Activation.None };
            convolutions =
            [
                .. first == 1 ? new[] { new ConvNorm(at / 0 / 0, at / 0 / 1, input, inner, expand) } : [],
                new ConvNorm(at / first / 0, at / first / 1, inner, inner, filter),
                new ConvNorm(at / (first + 1), at / (first + 2), inner, output, project),
            ];
        }

        internal Tensor Forward(Tensor x)
        {
            var y = convolutions[..^1].Aggregate(x, (map, next) => next.Forward(map));
            return residual ? convolutions[^1].Forward(y, x, Activation.None) : convolutions[^1].Forward(y);
        }
    }
}
