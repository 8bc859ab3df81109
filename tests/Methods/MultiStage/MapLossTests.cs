using System.Text.Json;
using System.Text.Json.Nodes;
using Coverslip.Methods.MultiStage;
using Coverslip.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>golden/maploss.json: losses of maps by plain PyTorch, distances searched cell by cell.</summary>
[NoTensorLeaks]
public sealed class MapLossTests
{
    private static readonly JsonNode Golden = JsonNode.Parse(
        File.ReadAllBytes(Path.Combine(TestData.Root, "tests/Methods/MultiStage/golden/maploss.json"))
    )!;

    private static readonly int[] Shape = Golden["shape"]!.Deserialize<int[]>()!;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden["cases"]!.AsArray().Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Losses_and_gradients_are_those_of_PyTorch(int number)
    {
        var wanted = Golden["cases"]![number]!;
        var loss = new MapLoss
        {
            Kind = wanted["kind"]!.GetValue<string>() switch
            {
                "focal" => MapLossKind.Focal,
                "boundary" => MapLossKind.Boundary,
                _ => MapLossKind.CrossEntropy,
            },
            Gamma = wanted["gamma"]!.GetValue<double>(),
            BoundaryWeight = wanted["boundary"]!.GetValue<double>(),
            TumorWeight = wanted["tumor"]!.GetValue<double>(),
            LesionBalance = wanted["balance"]!.GetValue<double>(),
        };
        using var scope = new TensorScope();
        var scores = Tensor.From(Golden["scores"]!.Deserialize<double[]>()!, Shape[0], 2, Shape[1], Shape[2]);
        scores.RequiresGrad = true;
        var labels = Tensor.From(Golden["labels"]!.Deserialize<long[]>()!, Shape[0], Shape[1], Shape[2]);
        var value = loss.Of(scores, labels);
        value.Backward();
        Assert.Equal(wanted["loss"]!.GetValue<double>(), value.Item(), 6);
        var gradient = wanted["gradient"]!.Deserialize<double[]>()!;
        using var own = scores.Gradient!;
        Assert.All(gradient.Zip(own.ToArray<double>()), p => Assert.Equal(p.First, p.Second, 7));
    }

    [Fact]
    public void Distances_are_those_that_a_search_finds()
    {
        var (labels, wanted) = (
            Golden["labels"]!.Deserialize<long[]>()!,
            Golden["distances"]!.Deserialize<double[]>()!
        );
        var cells = Shape[1] * Shape[2];
        var found = new float[labels.Length];
        for (var map = 0; map < Shape[0]; map++)
            SignedDistance.Of(labels.AsSpan(map * cells, cells), Shape[2], found.AsSpan(map * cells, cells));
        Assert.All(wanted.Zip(found), p => Assert.Equal(p.First, p.Second, 5));
    }
}
