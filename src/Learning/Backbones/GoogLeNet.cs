using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// GoogLeNet (Szegedy et al. 2015, table 1) as torchvision has it, names and shapes included: with batch normalization,
/// and with 3×3 kernels where the paper has 5×5. Two auxiliary classifiers.
/// </summary>
public sealed class GoogLeNet : IBackbone
{
    private readonly ParameterStore store;
    private readonly StageList stages = new();
    private readonly Dictionary<string, AuxiliaryClassifier> auxiliary = [];
    private readonly PooledClassifier? classifier;

    public GoogLeNet(ParameterPath at, BackboneOptions options)
    {
        store = at.Store;
        var stem = Unit(
            at / "conv1",
            3,
            64,
            new ConvNormOptions
            {
                Kernel = 7,
                Stride = 2,
                Padding = 3,
            }
        );
        stages.Add("conv1", stem.Forward);
        stages.Add("maxpool1", x => x.MaxPool2d(3, 2, ceil: true));
        stages.Add("conv2", Unit(at / "conv2", 64, 64, new ConvNormOptions()).Forward);
        stages.Add("conv3", Unit(at / "conv3", 64, 192, new ConvNormOptions { Kernel = 3, Padding = 1 }).Forward);
        stages.Add("maxpool2", x => x.MaxPool2d(3, 2, ceil: true));
        Channels = 192;
        Add("inception3a", new Widths(64, 96, 128, 16, 32, 32));
        Add("inception3b", new Widths(128, 128, 192, 32, 96, 64));
        stages.Add("maxpool3", x => x.MaxPool2d(3, 2, ceil: true));
        Add("inception4a", new Widths(192, 96, 208, 16, 48, 64));
        Add("inception4b", new Widths(160, 112, 224, 24, 64, 64));
        Add("inception4c", new Widths(128, 128, 256, 24, 64, 64));
        Add("inception4d", new Widths(112, 144, 288, 32, 64, 64));
        Add("inception4e", new Widths(256, 160, 320, 32, 128, 128));
        stages.Add("maxpool4", x => x.MaxPool2d(2, 2, ceil: true));
        Add("inception5a", new Widths(256, 160, 320, 32, 128, 128));
        Add("inception5b", new Widths(384, 192, 384, 48, 128, 128));
        if (options.AuxiliaryClasses > 0)
        {
            auxiliary.Add("inception4a", new AuxiliaryClassifier(at / "aux1", 512, options));
            auxiliary.Add("inception4d", new AuxiliaryClassifier(at / "aux2", 528, options));
        }
        classifier = PooledClassifier.Of(at / "fc", Channels, options, dropout: 0.2);

        void Add(string name, Widths widths)
        {
            stages.Add(name, Block(at / name, Channels, widths));
            Channels = widths.One + widths.Three + widths.Five + widths.Pooled;
        }
    }

    public static BackboneKind Kind { get; } =
        new("googlenet", (at, options) => new GoogLeNet(at, options), MapOf)
        {
            Scale = InputScale.Symmetric,
            Classifiers = ["fc.", "aux1.fc2.", "aux2.fc2."],
            Auxiliary = ["aux1.", "aux2."],
        };

    public int Channels { get; private set; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var scores = new List<Tensor>();
        var map = stages.Run(
            x,
            (name, output) =>
            {
                if (store.Training && auxiliary.TryGetValue(name, out var at))
                    scores.Add(at.Forward(output));
                seen?.Invoke(name, output);
            }
        );
        return new BackboneOutput(map, classifier?.Forward(map), scores);
    }

    private static int MapOf(int side)
    {
        side = MapSize.After(side, 7, 2, 3);
        for (var i = 0; i < 3; i++)
            side = MapSize.AfterCeiling(side, 3, 2);
        return MapSize.AfterCeiling(side, 2, 2);
    }

    private static ConvNorm Unit(ParameterPath at, int input, int output, ConvNormOptions shape) =>
        new(at / "conv", at / "bn", input, output, shape with { Epsilon = 1e-3 });

    private static Func<Tensor, Tensor> Block(ParameterPath at, int input, Widths widths)
    {
        var around = new ConvNormOptions { Kernel = 3, Padding = 1 };
        var one = Unit(at / "branch1", input, widths.One, new ConvNormOptions());
        var threeBefore = Unit(at / "branch2" / 0, input, widths.BeforeThree, new ConvNormOptions());
        var three = Unit(at / "branch2" / 1, widths.BeforeThree, widths.Three, around);
        var fiveBefore = Unit(at / "branch3" / 0, input, widths.BeforeFive, new ConvNormOptions());
        var five = Unit(at / "branch3" / 1, widths.BeforeFive, widths.Five, around);
        var pooled = Unit(at / "branch4" / 1, input, widths.Pooled, new ConvNormOptions());
        return x =>
            Tensor.Cat(
                [
                    one.Forward(x),
                    three.Forward(threeBefore.Forward(x)),
                    five.Forward(fiveBefore.Forward(x)),
                    pooled.Forward(x.MaxPool2d(3, 1, 1)),
                ],
                1
            );
    }

    /// <summary>A row of the paper's table 1: channels of a block's branches.</summary>
    private readonly record struct Widths(int One, int BeforeThree, int Three, int BeforeFive, int Five, int Pooled);

    private sealed class AuxiliaryClassifier(ParameterPath at, int input, BackboneOptions options)
    {
        private readonly ConvNorm squeeze = Unit(at / "conv", input, 128, new ConvNormOptions());
        private readonly Linear hidden = new(at / "fc1", 128 * 4 * 4, 1024);
        private readonly Dropout dropout = new(at, options.Dropout ?? 0.7);
        private readonly Linear linear = new(at / "fc2", 1024, options.AuxiliaryClasses);

        internal Tensor Forward(Tensor x)
        {
            var flat = squeeze.Forward(x.AdaptiveAvgPool2d(4, 4)).Flatten(1); // [B, 128 · 4 · 4]
            return linear.Forward(dropout.Forward(hidden.Forward(flat).Relu()));
        }
    }
}
