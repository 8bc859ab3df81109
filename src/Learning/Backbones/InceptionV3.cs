using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Inception-v3 (Szegedy et al. 2016, table 1) with its auxiliary classifier. Names and shapes as in torchvision. A
/// width below 1 has fewer filters per layer, see <see cref="InceptionWidth"/>.
/// </summary>
public sealed class InceptionV3 : IBackbone
{
    private const string AuxiliaryStage = "Mixed_6e";
    private readonly ParameterStore store;
    private readonly StageList stages = new();
    private readonly AuxiliaryClassifier? auxiliary;
    private readonly PooledClassifier? classifier;

    public InceptionV3(ParameterPath at, BackboneOptions options)
    {
        store = at.Store;
        var w = new InceptionWidth(options.Width);
        var channels = 3;
        Convolution("Conv2d_1a_3x3", 32, new ConvNormOptions { Kernel = 3, Stride = 2 });
        Convolution("Conv2d_2a_3x3", 32, new ConvNormOptions { Kernel = 3 });
        Convolution("Conv2d_2b_3x3", 64, new ConvNormOptions { Kernel = 3, Padding = 1 });
        stages.Add("maxpool1", x => x.MaxPool2d(3, 2));
        Convolution("Conv2d_3b_1x1", 80, new ConvNormOptions());
        Convolution("Conv2d_4a_3x3", 192, new ConvNormOptions { Kernel = 3 });
        stages.Add("maxpool2", x => x.MaxPool2d(3, 2));
        Block("Mixed_5b", at => InceptionV3Blocks.A(at, w, channels, pooled: 32));
        Block("Mixed_5c", at => InceptionV3Blocks.A(at, w, channels, pooled: 64));
        Block("Mixed_5d", at => InceptionV3Blocks.A(at, w, channels, pooled: 64));
        Block("Mixed_6a", at => InceptionV3Blocks.B(at, w, channels));
        Block("Mixed_6b", at => InceptionV3Blocks.C(at, w, channels, inner: 128));
        Block("Mixed_6c", at => InceptionV3Blocks.C(at, w, channels, inner: 160));
        Block("Mixed_6d", at => InceptionV3Blocks.C(at, w, channels, inner: 160));
        Block(AuxiliaryStage, at => InceptionV3Blocks.C(at, w, channels, inner: 192));
        if (options.AuxiliaryClasses > 0)
            auxiliary = new AuxiliaryClassifier(at / "AuxLogits", w, channels, options.AuxiliaryClasses);
        Block("Mixed_7a", at => InceptionV3Blocks.D(at, w, channels));
        Block("Mixed_7b", at => InceptionV3Blocks.E(at, w, channels));
        Block("Mixed_7c", at => InceptionV3Blocks.E(at, w, channels));
        Channels = channels;
        classifier = PooledClassifier.Of(at / "fc", Channels, options, dropout: 0.5);

        void Convolution(string name, int output, ConvNormOptions shape)
        {
            stages.Add(name, InceptionV3Blocks.Unit(at / name, channels, w.Of(output), shape).Forward);
            channels = w.Of(output);
        }

        void Block(string name, Func<ParameterPath, InceptionBlock> make)
        {
            var block = make(at / name);
            stages.Add(name, block.Forward);
            channels = block.Channels;
        }
    }

    public static BackboneKind Kind { get; } =
        new("inception-v3", (at, options) => new InceptionV3(at, options), MapOf)
        {
            Scale = InputScale.Symmetric,
            HasWidth = true,
            Classifiers = ["fc.", "AuxLogits.fc."],
            Auxiliary = ["AuxLogits."],
            // Its 5×5 convolution needs 5×5 cells after a mean over 5×5 in steps of 3: a map of 17×17.
            AuxiliarySide = 299,
        };

    /// <summary>2048 at width 1.</summary>
    public int Channels { get; }

    public IReadOnlyList<string> Stages => stages.Names;

    public BackboneOutput Forward(Tensor x, Action<string, Tensor>? seen = null)
    {
        var scores = new List<Tensor>();
        var map = stages.Run(
            x,
            (name, output) =>
            {
                if (name == AuxiliaryStage && auxiliary is not null && store.Training)
                    scores.Add(auxiliary.Forward(output));
                seen?.Invoke(name, output);
            }
        );
        return new BackboneOutput(map, classifier?.Forward(map), scores);
    }

    private static int MapOf(int side)
    {
        side = MapSize.After(MapSize.After(side, 3, 2), 3);
        side = MapSize.After(MapSize.After(side, 3, 2), 3);
        for (var i = 0; i < 3; i++)
            side = MapSize.After(side, 3, 2);
        return side;
    }

    private sealed class AuxiliaryClassifier(ParameterPath at, InceptionWidth w, int channels, int classes)
    {
        private readonly ConvNorm squeeze = InceptionV3Blocks.Unit(
            at / "conv0",
            channels,
            w.Of(128),
            new ConvNormOptions()
        );
        private readonly ConvNorm filter = InceptionV3Blocks.Unit(
            at / "conv1",
            w.Of(128),
            w.Of(768),
            new ConvNormOptions { Kernel = 5 }
        );
        private readonly Linear linear = new(at / "fc", w.Of(768), classes);

        internal Tensor Forward(Tensor x) =>
            linear.Forward(filter.Forward(squeeze.Forward(x.AvgPool2d(5, 3))).Mean([2, 3]));
    }
}
