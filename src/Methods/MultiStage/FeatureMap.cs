using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>Feature vectors laid out as maps, and the label maps of the same layout (Takahama et al. 2019, sec. 3.1).</summary>
internal static class FeatureMap
{
    /// <summary>
    /// Vectors [placed, C] in the order of <see cref="MapLayout.Placed"/> → maps [M, C, side, side], zero where there
    /// is no patch. Gradients flow back to the vectors.
    /// </summary>
    /// <exception cref="ArgumentException">Another number of vectors.</exception>
    public static Tensor Of(Tensor features, MapLayout layout)
    {
        if (features.Size(0) != layout.Placed.Count)
            throw new ArgumentException($"{features} for {layout.Placed.Count} patches on the map");
        using var scope = new TensorScope();
        var channels = features.Size(1);
        var cells = Tensor.From<long>([.. layout.Cells]).To(features.Device).Unsqueeze(1).Expand(-1, channels);
        var map = Tensor.Zeros([layout.CellCount, channels], features.DType, features.Device);
        // Every cell belongs to one patch at most, so that adding is setting.
        map.ScatterAddInPlace(0, cells, features);
        return scope.Keep(map.Reshape(layout.Maps, layout.Side, layout.Side, channels).Permute(0, 3, 1, 2));
    }

    /// <summary>Int64 [M, side, side], <see cref="GridPatch.NoLabel"/> where there is none.</summary>
    public static Tensor Labels(IReadOnlyList<GridPatch> patches, MapLayout layout, Device device) =>
        Tensor.From<long>(layout.Labels(patches), layout.Maps, layout.Side, layout.Side).To(device);
}
