using Coverslip.Learning.Tests;
using Coverslip.Methods.Bags;
using Coverslip.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Bags;

/// <summary>Networks over bags against plain renderings in PyTorch (golden/bags.py).</summary>
[NoTensorLeaks]
public sealed class BagNetworksTests
{
    private const int Count = 23,
        Numbers = 20,
        Classes = 3,
        Label = 1;
    private const double Share = 1e-5;
    private static readonly string File = Path.Combine(
        TestData.Root,
        "tests",
        "Methods",
        "Bags",
        "golden",
        "bags.safetensors"
    );

    [Theory]
    [InlineData("attention", 3)]
    [InlineData("gated-attention", 3)]
    [InlineData("clam-sb", 9)]
    [InlineData("clam-mb", 13)]
    [InlineData("transmil", 19)]
    public void Scores_attention_loss_and_gradients_equal_PyTorchs(string name, int least)
    {
        using var scope = new TensorScope();
        var golden = new GoldenBackbone(name, File);
        using var reader = Reader(name);
        GoldenBackbone.Fill(reader.Store);
        var said = reader.Network.Forward(GoldenBackbone.Input(Count, Numbers));
        golden.Expect("scores", said.Scores, Share);
        golden.Expect("attention", said.Attention, Share);
        var loss = Losses.CrossEntropy(said.Scores, Tensor.From<long>([Label]));
        if (reader.Network.InstanceLoss(said, Label) is { } ofInstances)
            loss = (1 - reader.Network.InstanceWeight) * loss + reader.Network.InstanceWeight * ofInstances;
        golden.Expect("loss", loss, Share);
        loss.Backward();
        var expected = golden.Of("gradient");
        Assert.True(expected.Count >= least, $"{name} has gradients of {expected.Count} parameters");
        foreach (var path in expected)
        {
            var gradient = reader.Store[path].Gradient;
            Assert.True(gradient is not null, $"{name}: {path} has no gradient");
            // Of some parameters the gradient is a sum that cancels to nothing, but for rounding.
            if (path is not "attention_w.bias" && !path.EndsWith("attention_c.bias", StringComparison.Ordinal))
                golden.Expect($"gradient/{path}", gradient, 2 * Share);
        }
    }

    /// <summary>A step on half of the bag, a padding of other length, a bag of one: nothing depends on the size.</summary>
    [Theory]
    [InlineData("transmil")]
    [InlineData("clam-mb")]
    public void Any_number_of_instances_is_a_bag(string name)
    {
        using var reader = Reader(name);
        foreach (var count in (int[])[1, 2, 7, 8, 9, 300])
        {
            var values = GoldenBackbone.Draw($"{count}", count * Numbers).Select(v => (Half)v).ToArray();
            var read = reader.Read(new BagInstances(values, Numbers));
            Assert.Equal(Classes, read.Scores.Length);
            Assert.All(read.Instances, weights => Assert.Equal(count, weights.Length));
            Assert.Equal(1, read.Instances[0].Max(), 1e-5f);
        }
    }

    private static NetworkReader Reader(string name) =>
        new(
            new BagShape(
                Numbers,
                Classes,
                new BagOptions
                {
                    Kind = Enum.Parse<BagKind>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true),
                    Hidden = 16,
                    Dropout = 0,
                    Sampled = 4,
                }
            ),
            Device.Cpu
        )
        {
            Store = { Training = false },
        };
}
