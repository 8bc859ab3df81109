using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>
/// Every network against torchvision's, or against a plain rendering in PyTorch, with weights of a formula: names,
/// shapes, inner activations, scores and running statistics, and the gradient of the first weights.
/// </summary>
[NoTensorLeaks]
public sealed class PublishedNetworksTests
{
    public static TheoryData<string, double> Networks
    {
        get
        {
            var data = new TheoryData<string, double> { { "mobilenet-v1", 0.75 }, { "mobilenet-v2", 0.75 } };
            foreach (var kind in KnownBackbones.All)
                data.Add(kind.Name, 1);
            return data;
        }
    }

    /// <summary>Without those that have another's blocks in another number.</summary>
    public static TheoryData<string, double> Forms
    {
        get
        {
            string[] repeated =
            [
                "resnet-18-torchvision",
                "resnet-34",
                "resnet-101",
                "resnet-152",
                "densenet-201",
                "nasnet-large",
            ];
            var data = new TheoryData<string, double>();
            foreach (var row in Networks.Where(n => !repeated.Contains(n.Data.Item1)))
                data.Add(row.Data.Item1, row.Data.Item2);
            return data;
        }
    }

    [Theory, MemberData(nameof(Networks))]
    public void Activations_and_scores_equal_PyTorchs_in_evaluation_and_in_training(string name, double width)
    {
        using var scope = new TensorScope();
        var golden = new GoldenBackbone(Case(name, width));
        using var off = new NoGradient();

        // In training a hundred batch normalizations of a few values each carry rounding on from one to the next, up to the
        // limit; the blocks are those of resnet-50, which is compared in training.
        string[] modes = name is "resnet-101" or "resnet-152" ? ["eval"] : ["eval", "train"];
        foreach (var mode in modes)
        {
            // Inception's auxiliary classifier normalizes over three values of a channel: single precision is at the limit there.
            var type = (name, mode) == ("inception-v3", "train") ? DType.Float64 : DType.Float32;
            using var store = new ParameterStore(type: type);
            var network = Build(store, name, width, auxiliary: true);
            golden.ExpectKeys(store);
            store.ToChannelsLast();
            long[] shape = name == "inception-v3" ? [3, 3, 299, 315] : [4, 3, 96, 112];
            var images = GoldenBackbone.Input(shape).To(type).Contiguous(MemoryFormat.ChannelsLast);
            store.Training = mode == "train";
            var seen = new List<string>();
            var wanted = golden.Of(mode);
            var output = network.Forward(
                images,
                (stage, map) =>
                {
                    seen.Add(stage);
                    if (wanted.Contains(stage))
                        golden.Expect($"{mode}/{stage}", map);
                }
            );
            Assert.Equal(network.Stages, seen);
            Assert.Equal(3, wanted.Intersect(seen).Count());
            Assert.Equal(network.Channels, output.Map.Size(1));
            golden.Expect($"{mode}/scores", output.Scores!);
            Assert.Equal(wanted.Contains("auxiliary"), output.Auxiliary.Count > 0);
            if (output.Auxiliary.Count > 0)
                golden.Expect($"{mode}/auxiliary", Tensor.Cat([.. output.Auxiliary], 0));
            if (mode == "eval")
                continue;
            Tensor[] last = [.. store.Buffers.Where(b => b.Value.DType == type).TakeLast(2).Select(b => b.Value)];
            golden.Expect("train/statistics", Tensor.Cat(last, 0));
        }
    }

    /// <summary>
    /// Folded in float32 within what is asked of evaluation; in bfloat16 at most twice as far off as autocast, which
    /// rounds to the same 8 bits.
    /// </summary>
    [Theory, MemberData(nameof(Forms))]
    public void Folded_for_prediction_networks_give_the_same_scores(string name, double width)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var golden = new GoldenBackbone(Case(name, width));
        var network = Build(store, name, width, auxiliary: true);
        store.ToChannelsLast();
        long[] shape = name == "inception-v3" ? [3, 3, 299, 315] : [4, 3, 96, 112];
        var images = GoldenBackbone.Input(shape).Contiguous(MemoryFormat.ChannelsLast);
        using var inference = new Inference();
        store.Training = false;
        var exact = network.Forward(images).Scores!;
        Tensor rounded;
        using (new Autocast(Device.Cpu, DType.BFloat16))
            rounded = network.Forward(images).Scores!.To(DType.Float32);

        store.Fold(DType.Float32);
        golden.Expect("eval/scores", network.Forward(images).Scores!);
        store.Fold(DType.BFloat16);
        double Off(Tensor scores) => (scores - exact).Square().Sum().Item() / exact.Square().Sum().Item();
        var (folded, limit) = (Off(network.Forward(images).Scores!.To(DType.Float32)), 4 * Off(rounded));
        Assert.True(folded <= limit, $"{name}: folded in bfloat16 is off by √{folded:g3}, not √{limit:g3}");
    }

    /// <summary>
    /// In double precision: in single, networks this deep round their gradients to two or three digits.
    /// </summary>
    [Theory, MemberData(nameof(Forms))]
    public void The_gradient_of_the_first_weights_equals_PyTorchs(string name, double width)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(type: DType.Float64);
        var network = Build(store, name, width, auxiliary: name != "inception-v3");
        var images = name == "inception-v3" ? GoldenBackbone.Input(2, 3, 96, 112) : GoldenBackbone.Input(2, 3, 64, 80);
        var output = network.Forward(images.To(DType.Float64));
        Tensor[] scores = [output.Scores!, .. output.Auxiliary];
        var parts = scores.Select(s => (s * Tensor.From(GoldenBackbone.Draw("loss", (int)s.Count), s.Shape)).Sum());
        parts.Aggregate((a, b) => a + b).Backward();
        var first = store.Parameters.First(p => p.Value.Shape.Length == 4).Value;
        new GoldenBackbone(Case(name, width)).Expect("gradient", first.Gradient!, 1e-6);
    }

    private static string Case(string name, double width) => width == 1 ? name : $"{name}-{width}";

    private static IBackbone Build(ParameterStore store, string name, double width, bool auxiliary)
    {
        var kind = KnownBackbones.Named(name);
        var network = kind.Build(
            store.Root,
            new BackboneOptions
            {
                Width = width,
                AuxiliaryClasses = auxiliary && kind.Auxiliary.Count > 0 ? 1000 : 0,
                Dropout = 0,
            }
        );
        GoldenBackbone.Fill(store);
        return network;
    }
}
