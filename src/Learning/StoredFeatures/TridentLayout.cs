using PureHDF;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// As TRIDENT writes patch features (trident/wsi_objects/WSI.py, extract_patch_features; trident/IO.py, save_h5 and
/// coords_to_h5): <c>features</c> [N, D], <c>coords</c> [N, 2] of int64 in pixels of level 0, patch sizes and magnifications as
/// attributes of <c>coords</c>.
/// </summary>
internal sealed class TridentLayout : HdfLayout
{
    public override string Name => "trident";

    private protected override string Features => "features";

    private protected override void Fill(H5File file, PatchFeatures features)
    {
        var facts = features.Facts;
        var values = new H5Dataset(features.Values, fileDims: Sides(features, features.Numbers));
        Set(values, "name", features.Name);
        Set(values, "encoder", NameOf(facts.Encoder));
        var places = new H5Dataset(features.PixelPlaces(), fileDims: Sides(features, 2));
        places.Attributes["overlap"] = 0L;
        if (facts.Side is { } side)
            places.Attributes["patch_size"] = (long)side;
        if (facts.Level0Side is { } level0)
            places.Attributes["patch_size_level0"] = (long)Math.Round(level0);
        if (facts.Level0Size is { } size)
            (places.Attributes["level0_width"], places.Attributes["level0_height"]) = (size.Width, size.Height);
        Set(places, "level0_magnification", Magnification(facts.Level0Mpp));
        Set(places, "target_magnification", Magnification(facts.Mpp));
        Set(places, "name", features.Name);
        (file["features"], file["coords"]) = (values, places);
    }

    private protected override bool IsOwn(HdfFile file) => file.Has("coords", "patch_size_level0");

    private protected override PatchFeatures Told(HdfFile file, PatchFeatures features)
    {
        var facts = features.Facts;
        var (width, height) = (file.Number("coords", "level0_width"), file.Number("coords", "level0_height"));
        return features with
        {
            Name = file.Text("coords", "name") ?? features.Name,
            Facts = facts with
            {
                Encoder = facts.Encoder ?? file.Text("features", "encoder"),
                Side = (int?)file.Number("coords", "patch_size"),
                Level0Side = file.Number("coords", "patch_size_level0"),
                Mpp = facts.Mpp ?? 10 / file.Number("coords", "target_magnification"),
                Level0Mpp = facts.Level0Mpp ?? 10 / file.Number("coords", "level0_magnification"),
                Level0Size = width is { } w && height is { } h ? ((long)w, (long)h) : null,
            },
        };
    }
}
