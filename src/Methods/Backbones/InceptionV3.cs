using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Backbones;

/// <summary>
/// Inception-v3 (Szegedy et al. 2016, table 1) with its auxiliary classifier. Names and shapes as in torchvision.
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
        Convolution("Conv2d_1a_3x3", 3, 32, new ConvNormOptions { Kernel = 3, Stride = 2 });
        Convolution("Conv2d_2a_3x3", 32, 32, new ConvNormOptions { Kernel = 3 });
        Convolution("Conv2d_2b_3x3", 32, 64, new ConvNormOptions { Kernel = 3, Padding = 1 });
        stages.Add("maxpool1", x => x.MaxPool2d(3, 2));
        Convolution("Conv2d_3b_1x1", 64, 80, new ConvNormOptions());
        Convolution("Conv2d_4a_3x3", 80, 192, new ConvNormOptions { Kernel = 3 });
        stages.Add("maxpool2", x => x.MaxPool2d(3, 2));
        stages.Add("Mixed_5b", InceptionV3Blocks.A(at / "Mixed_5b", 192, pooled: 32));
        stages.Add("Mixed_5c", InceptionV3Blocks.A(at / "Mixed_5c", 256, pooled: 64));
        stages.Add("Mixed_5d", InceptionV3Blocks.A(at / "Mixed_5d", 288, pooled: 64));
        stages.Add("Mixed_6a", InceptionV3Blocks.B(at / "Mixed_6a", 288));
        stages.Add("Mixed_6b", InceptionV3Blocks.C(at / "Mixed_6b", inner: 128));
        stages.Add("Mixed_6c", InceptionV3Blocks.C(at / "Mixed_6c", inner: 160));
        stages.Add("Mixed_6d", InceptionV3Blocks.C(at / "Mixed_6d", inner: 160));
        stages.Add(AuxiliaryStage, InceptionV3Blocks.C(at / AuxiliaryStage, inner: 192));
        if (options.AuxiliaryClasses > 0)
            auxiliary = new AuxiliaryClassifier(at / "AuxLogits", options.AuxiliaryClasses);
        stages.Add("Mixed_7a", InceptionV3Blocks.D(at / "Mixed_7a"));
        stages.Add("Mixed_7b", InceptionV3Blocks.E(at / "Mixed_7b", 1280));
        stages.Add("Mixed_7c", InceptionV3Blocks.E(at / "Mixed_7c", 2048));
        classifier = PooledClassifier.Of(at / "fc", Channels, options, dropout: 0.5);

        void Convolution(string name, int input, int output, ConvNormOptions shape) =>
            stages.Add(name, InceptionV3Blocks.Unit(at / name, input, output, shape).Forward);
    }

    public static BackboneKind Kind { get; } =
        new("inception-v3", (at, options) => new InceptionV3(at, options), MapOf)
        {
            Scale = InputScale.Symmetric,
            Classifiers = ["fc.", "AuxLogits.fc."],
            Auxiliary = ["AuxLogits."],
            // Its 5×5 convolution needs 5×5 cells after a mean over 5×5 in steps of 3: a map of 17×17.
            AuxiliarySide = 299,
        };

    public int Channels => 2048;

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

    private sealed class AuxiliaryClassifier(ParameterPath at, int classes)
    {
        private readonly ConvNorm squeeze = InceptionV3Blocks.Unit(at / "conv0", 768, 128, new ConvNormOptions());
        private readonly ConvNorm filter = InceptionV3Blocks.Unit(
            at / "conv1",
            128,
            768,
            new ConvNormOptions { Kernel = 5 }
        );
        private readonly Linear linear = new(at / "fc", 768, classes);

        internal Tensor Forward(Tensor x) =>
            linear.Forward(filter.Forward(squeeze.Forward(x.AvgPool2d(5, 3))).Mean([2, 3]));
    }
}
