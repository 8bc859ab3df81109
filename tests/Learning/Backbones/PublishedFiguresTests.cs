using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Backbones;

/// <summary>
/// Numbers of parameters, shapes of layers and sizes of maps against what the papers and libraries state.
/// </summary>
[NoTensorLeaks]
public sealed class PublishedFiguresTests
{
    /// <summary>
    /// Numbers and least sides as torchvision states them (of GoogLeNet without, of Inception-v3 with auxiliary
    /// classifiers), the number of Xception from its paper's table 3, those of the other three as timm and Cadene count
    /// them.
    /// </summary>
    [Theory]
    [InlineData("densenet-121", 7_978_856, 29)]
    [InlineData("densenet-169", 14_149_480, 29)]
    [InlineData("densenet-201", 20_013_928, 29)]
    [InlineData("inception-v3", 27_161_264, 75)]
    [InlineData("resnet-18", 16_410_152, 1)]
    [InlineData("resnet-18-torchvision", 11_689_512, 1)]
    [InlineData("resnet-34", 21_797_672, 1)]
    [InlineData("resnet-50", 25_557_032, 1)]
    [InlineData("resnet-101", 44_549_160, 1)]
    [InlineData("resnet-152", 60_192_808, 1)]
    [InlineData("mobilenet-v2", 3_504_872, 1)]
    [InlineData("googlenet", 6_624_904, 15)]
    [InlineData("xception", 22_855_952, 7)]
    [InlineData("mobilenet-v1", 4_231_976, 1)]
    [InlineData("nasnet-large", 88_753_150, 3)]
    [InlineData("nasnet-mobile", 5_289_978, 3)]
    public void Parameters_and_least_sides_are_the_published(string name, long parameters, int side)
    {
        using var store = new ParameterStore();
        var kind = KnownBackbones.Named(name);
        kind.Build(store.Root, new BackboneOptions { AuxiliaryClasses = name == "inception-v3" ? 1000 : 0 });
        Assert.Equal(parameters, store.ParameterCount);
        Assert.Equal(side, kind.SmallestSide());
        Assert.Equal((0, true), (kind.MapSide(kind.SmallestSide() - 1), kind.MapSide(kind.SmallestSide()) > 0));
    }

    /// <summary>
    /// Howard et al. 2017, tables 4 and 6: millions of multiplications with additions, and of parameters.
    /// </summary>
    [Theory]
    [InlineData(1, 569, 4.2)]
    [InlineData(0.75, 325, 2.6)]
    [InlineData(0.5, 149, 1.3)]
    [InlineData(0.25, 41, 0.5)]
    public void MobileNets_work_and_parameters_are_the_papers_at_every_width(
        double width,
        double operations,
        double parameters
    )
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = KnownBackbones.Named("mobilenet-v1").Build(store.Root, new BackboneOptions { Width = width });
        var sides = Sides(store, network, 224);
        // Within a block both convolutions give maps of the block's size.
        double Places(string path) =>
            path.Split('.') switch
            {
                ["classifier", ..] => 1,
                ["blocks", var row, var block, ..] => Math.Pow(sides[$"blocks.{row}.{block}"].Side, 2),
                _ => Math.Pow(sides["bn1"].Side, 2),
            };
        var work = store.Parameters.Where(p => p.Value.Shape.Length > 1).Sum(p => p.Value.Count * Places(p.Path));
        Assert.Equal(operations, work / 1e6, 0.5);
        Assert.Equal(parameters, store.ParameterCount / 1e6, 0.05);
    }

    /// <summary>
    /// Howard et al. 2017, table 1: kernels, channels in (per group) and out, row by row, and sides of the maps.
    /// </summary>
    [Fact]
    public void MobileNets_layers_have_the_papers_shapes()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = KnownBackbones.Named("mobilenet-v1").Build(store.Root, new BackboneOptions());
        (long Input, long Output)[] pointwise =
        [
            (32, 64),
            (64, 128),
            (128, 128),
            (128, 256),
            (256, 256),
            (256, 512),
            (512, 512),
            (512, 512),
            (512, 512),
            (512, 512),
            (512, 512),
            (512, 1024),
            (1024, 1024),
        ];
        List<long[]> expected =
        [
            [32, 3, 3, 3],
        ];
        foreach (var (input, output) in pointwise)
            expected.AddRange([
                [input, 1, 3, 3],
                [output, input, 1, 1],
            ]);
        expected.Add([1000, 1024]);
        Assert.Equal(expected, store.Parameters.Select(p => p.Value.Shape).Where(s => s.Length > 1));
        long[] sides = [112, 112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7];
        Assert.Equal(sides, Sides(store, network, 224).Values.Select(s => s.Side));
    }

    /// <summary>Chollet 2017, figure 5: channels and sides of the three flows' maps at 299×299.</summary>
    [Fact]
    public void Xceptions_maps_have_the_papers_shapes()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = KnownBackbones.Named("xception").Build(store.Root, new BackboneOptions { Classes = 0 });
        var maps = Sides(store, network, 299);
        Assert.Equal((32, 149), maps["act1"]);
        Assert.Equal((64, 147), maps["act2"]);
        Assert.Equal((128, 74), maps["block1"]);
        Assert.Equal((256, 37), maps["block2"]);
        for (var i = 3; i <= 11; i++)
            Assert.Equal((728, 19), maps[$"block{i}"]);
        Assert.Equal((1024, 10), maps["block12"]);
        Assert.Equal([(1536, 10), (2048, 10)], [maps["act3"], maps["act4"]]);
        var depthwise = store.Parameters.Count(p => p.Value.Shape.Length == 4 && p.Value.Size(1) == 1);
        Assert.Equal(34, depthwise); // 36 convolutional layers, two of them plain
    }

    /// <summary>
    /// Zoph et al. 2018, table 2: NASNet-A (6 @ 4032) of 88.9 and (4 @ 1056) of 5.3 million, running statistics
    /// counted.
    /// </summary>
    [Theory]
    [InlineData("nasnet-large", 331, 88.9, new[] { 83, 42, 42, 21, 21, 11, 11 }, 168)]
    [InlineData("nasnet-mobile", 224, 5.3, new[] { 56, 28, 28, 14, 14, 7, 7 }, 44)]
    public void NasNets_cells_have_the_published_channels_and_sides(
        string name,
        int side,
        double millions,
        int[] sides,
        int width
    )
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var network = KnownBackbones.Named(name).Build(store.Root, new BackboneOptions());
        Assert.Equal(millions, store.All.Sum(p => p.Value.DType == DType.Int64 ? 0 : p.Value.Count) / 1e6, 0.05);
        var maps = Sides(store, network, side);
        string[] stages =
        [
            "cell_stem_0",
            "cell_stem_1",
            "cell_0",
            "reduction_cell_0",
            "cell_6",
            "reduction_cell_1",
            "act",
        ];
        int[] parts = [1, 2, 6, 8, 12, 16, 24];
        Assert.Equal(parts.Zip(sides, (p, s) => ((long)p * width, (long)s)), stages.Select(s => maps[s]));
        Assert.Equal(24 * width, network.Channels);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_maps_side_is_known_before_it_is_computed(string name)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var kind = KnownBackbones.Named(name);
        var network = kind.Build(store.Root, new BackboneOptions { Classes = 0, Width = kind.HasWidth ? 0.25 : 1 });
        store.Training = false;
        using var inference = new Inference();
        var least = kind.SmallestSide();
        foreach (var (height, width) in new[] { (least, least + 1), (101, least + 2), (112, 98) })
        {
            var output = network.Forward(Tensor.Rand([1, 3, height, width]));
            Assert.Equal([1L, network.Channels, kind.MapSide(height), kind.MapSide(width)], output.Map.Shape);
            Assert.Equal((null, 0), (output.Scores, output.Auxiliary.Count));
        }
    }

    public static TheoryData<string> Names => [.. KnownBackbones.All.Select(k => k.Name)];

    /// <summary>Channels and sides of all stages' maps for a square image.</summary>
    private static Dictionary<string, (long Channels, long Side)> Sides(
        ParameterStore store,
        IBackbone network,
        int side
    )
    {
        store.Training = false;
        using var inference = new Inference();
        var maps = new Dictionary<string, (long, long)>();
        network.Forward(Tensor.Rand([1, 3, side, side]), (stage, map) => maps.Add(stage, (map.Size(1), map.Size(2))));
        return maps;
    }
}
