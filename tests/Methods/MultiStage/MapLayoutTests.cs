using Coverslip.Methods.MultiStage;
using Coverslip.Torch;
using Coverslip.Torch.Tests;
using FsCheck;
using FsCheck.Fluent;

namespace Coverslip.Methods.Tests.MultiStage;

[NoTensorLeaks]
public sealed class MapLayoutTests
{
    [Fact]
    public void A_lump_stands_in_the_middle_of_its_map_and_lumps_are_counted_from_the_top()
    {
        GridPatch[] patches = [new(7, 9, 1), new(0, 3, 0), new(8, 9, -1), new(1, 4, 1), new(8, 10, 0)];
        var layout = MapLayout.Of(patches, new FeatureMapOptions { Side = 6 });
        Assert.Equal((2, 6, 0, 0.0), (layout.Maps, layout.Side, layout.Protruding, layout.Share));
        // Boxes of 2 × 2 begin at (2, 2). (0, 3) and (1, 4) touch at a corner: one lump, the upper one.
        Assert.Equal([0, 1, 2, 3, 4], layout.Placed);
        static long Cell(int map, int x, int y) => (map * 6 + y) * 6 + x;
        Assert.Equal([Cell(1, 2, 2), Cell(0, 2, 2), Cell(1, 3, 2), Cell(0, 3, 3), Cell(1, 3, 3)], layout.Cells);
        var labels = layout.Labels(patches);
        Assert.Equal(72, labels.Length);
        Assert.Equal(1, labels[Cell(1, 2, 2)]);
        Assert.Equal(0, labels[Cell(0, 2, 2)]);
        Assert.Equal(4, labels.Count(l => l != GridPatch.NoLabel));
        Assert.Equal(3, MapLayout.Of(patches, new FeatureMapOptions { Side = 6, Diagonal = false }).Maps);
        Assert.Equal(1, MapLayout.Of(patches, new FeatureMapOptions { Side = 16, PerLump = false }).Maps);
    }

    [Fact]
    public void Tissue_that_protrudes_is_left_out_in_equal_parts_and_told_or_the_map_grows()
    {
        GridPatch[] row = [.. Enumerable.Range(0, 20).Select(i => new GridPatch(5 + i, 2, 1))];
        var cut = MapLayout.Of(row, new FeatureMapOptions { Side = 16 });
        Assert.Equal(Enumerable.Range(2, 16), cut.Placed);
        Assert.Equal((4, 0.2), (cut.Protruding, cut.Share));
        var grown = MapLayout.Of(row, new FeatureMapOptions { Side = 16, Grow = true });
        Assert.Equal((32, 0), (grown.Side, grown.Protruding));
        Assert.Equal((15 * 32) + 6, grown.Cells[0]);
    }

    [Fact]
    public void Every_patch_is_placed_once_keeps_its_neighbors_and_the_map_holds_its_vector()
    {
        Prop.ForAll(
                ArbMap.Default.ArbFor<(byte, byte)[]>(),
                places =>
                {
                    using var scope = new TensorScope();
                    GridPatch[] patches =
                    [
                        .. places
                            .Select(p => (p.Item1 % 24, p.Item2 % 24))
                            .Distinct()
                            .Select(p => new GridPatch(p.Item1, p.Item2, 1)),
                    ];
                    if (patches.Length == 0)
                        return true;
                    var layout = MapLayout.Of(patches, new FeatureMapOptions { Side = 4, Grow = true });
                    var vectors = Tensor.Rand([patches.Length, 3]) + 1;
                    var map = FeatureMap.Of(vectors, layout);
                    var flat = map.Permute(0, 2, 3, 1).Reshape(-1, 3);
                    var back = flat.IndexSelect(0, Tensor.From<long>([.. layout.Cells]));
                    return layout.Protruding == 0
                        && layout.Cells.Distinct().Count() == patches.Length
                        && back.ToArray<float>().SequenceEqual(vectors.ToArray<float>())
                        && flat.GreaterThan(0).To(DType.Int64).Sum().Item() == 3 * patches.Length
                        && map.Size(0) == layout.Maps;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Two_patches_of_one_place_are_refused_and_a_slide_without_patches_has_no_map()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            MapLayout.Of([new(1, 2, 0), new(1, 2, 1)], new FeatureMapOptions())
        );
        Assert.Contains("two patches stand at column 1, row 2", error.Message, StringComparison.Ordinal);
        var empty = MapLayout.Of([], new FeatureMapOptions());
        Assert.Equal((0, 0, 0.0), (empty.Maps, empty.Placed.Count, empty.Share));
    }
}
