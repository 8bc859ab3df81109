using Coverslip.Learning.Inputs;
using Coverslip.Methods.SagaNet;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Bench;

/// <summary>A network, its loss and optimizer, stepped on one batch; the twin of <c>bench/steps/cases.py</c>.</summary>
/// <param name="Name">As in the twin.</param>
/// <param name="Store">Its parameters.</param>
/// <param name="Optimizer">What moves them.</param>
/// <param name="Loss">Scalar loss of the batch's tensors by name.</param>
/// <param name="Predict">The evaluation's output; null where only training is measured.</param>
internal sealed record StepCase(
    string Name,
    ParameterStore Store,
    Optimizer Optimizer,
    Func<IReadOnlyDictionary<string, Tensor>, Tensor> Loss,
    Func<IReadOnlyDictionary<string, Tensor>, Tensor>? Predict = null
) : IDisposable
{
    internal static readonly string[] Names = ["saganet", "resnet", "unet"];

    internal static StepCase Of(string name, int side, bool recompute, Device device) =>
        name switch
        {
            "saganet" => SagaNet(side, recompute, device),
            "resnet" => OfLayers(
                name,
                device,
                at => new BottleneckStage(at).Forward,
                store => new Sgd(store, 1e-3, new SgdOptions { Momentum = 0.9 })
            ),
            "unet" => OfLayers(name, device, at => new UNetBlock(at).Forward, store => new Adam(store, 1e-4)),
            _ => throw new ArgumentException($"case {name} is unknown; known are {string.Join(", ", Names)}"),
        };

    public void Dispose()
    {
        Optimizer.Dispose();
        Store.Dispose();
    }

    private static StepCase SagaNet(int side, bool recompute, Device device)
    {
        var recipe = new SagaNetRecipe
        {
            Input = new InputOptions
            {
                Form = InputForm.Masked,
                Height = side,
                Width = side,
            },
            Network = new SagaNetOptions { Recompute = recompute },
        };
        var model = new SagaNetClassifier(recipe, classes: 2, device);
        static Batch BatchOf(IReadOnlyDictionary<string, Tensor> t) => new(t["image"], t["mask"], t["target"], null);
        return new StepCase(
            "saganet",
            model.Store,
            new Adam(model.Store, 1e-4),
            t => model.Judge(BatchOf(t)).Total,
            t => model.Predict(BatchOf(t))
        );
    }

    private static StepCase OfLayers(
        string name,
        Device device,
        Func<ParameterPath, Func<Tensor, Tensor>> network,
        Func<ParameterStore, Optimizer> optimizer
    )
    {
        var store = new ParameterStore(device);
        var forward = network(store.Root);
        store.ToChannelsLast();
        return new StepCase(name, store, optimizer(store), t => forward(t["image"]).To(DType.Float32).Square().Mean());
    }

    /// <summary>Convolution without bias, batch norm and, if wanted, ReLU.</summary>
    private sealed class Unit
    {
        private readonly Conv2d convolution;
        private readonly BatchNorm2d norm;

        internal Unit(ParameterPath at, int input, int output, int kernel, (int Stride, bool Relu)? options = null)
        {
            var (stride, relu) = options ?? (1, true);
            convolution = new Conv2d(
                at / "conv",
                input,
                output,
                kernel,
                new Conv2dOptions
                {
                    Stride = stride,
                    Padding = kernel / 2,
                    Bias = false,
                    Own = stride == 1,
                }
            );
            norm = new BatchNorm2d(at / "norm", output, activation: relu ? Activation.Relu : Activation.None);
        }

        internal Tensor Forward(Tensor x)
        {
            using var scope = new TensorScope();
            return scope.Keep(norm.Forward(convolution.Forward(x)));
        }
    }

    /// <summary>
    /// ResNet-50's bottlenecks (He et al. 2016): three 256-64-64-256, then the next stage's first, to 512 channels at
    /// half the side.
    /// </summary>
    private sealed class BottleneckStage(ParameterPath at)
    {
        private readonly (Unit A, Unit B, Unit C, Unit? Short)[] blocks =
        [
            Block(at / 0, 256, 64, 1),
            Block(at / 1, 256, 64, 1),
            Block(at / 2, 256, 64, 1),
            Block(at / 3, 256, 128, 2),
        ];

        internal Tensor Forward(Tensor x)
        {
            foreach (var (a, b, c, shortcut) in blocks)
                x = (c.Forward(b.Forward(a.Forward(x))) + (shortcut?.Forward(x) ?? x)).ReluInPlace();
            return x;
        }

        private static (Unit, Unit, Unit, Unit?) Block(ParameterPath at, int input, int inner, int stride) =>
            (
                new(at / "a", input, inner, 1),
                new(at / "b", inner, inner, 3, (stride, true)),
                new(at / "c", inner, 4 * inner, 1, (1, false)),
                stride == 1 ? null : new(at / "short", input, 4 * inner, 1, (stride, false))
            );
    }

    /// <summary>
    /// A U-Net level (Ronneberger et al. 2015): 64 → 128 → 128, pooled, enlarged, with its skip → 128.
    /// </summary>
    private sealed class UNetBlock(ParameterPath at)
    {
        private readonly Unit first = new(at / "first", 64, 128, 3),
            second = new(at / "second", 128, 128, 3);
        private readonly Unit last = new(at / "last", 256, 128, 3);

        internal Tensor Forward(Tensor x)
        {
            var skip = second.Forward(first.Forward(x));
            var enlarged = skip.MaxPool2d(2).UpsampleNearest(skip.Size(2), skip.Size(3));
            return last.Forward(Tensor.Cat([enlarged, skip], 1));
        }
    }
}
