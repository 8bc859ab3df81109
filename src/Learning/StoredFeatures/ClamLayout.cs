using PureHDF;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// As CLAM's extract_features_fp.py writes them: <c>features</c> [N, D] of float32, which its models take as they are, and
/// <c>coords</c> [N, 2] of int32 in pixels of level 0, without attributes.
/// </summary>
internal sealed class ClamLayout : HdfLayout
{
    public override string Name => "clam";

    private protected override string Features => "features";

    private protected override void Fill(H5File file, PatchFeatures features)
    {
        file["features"] = new H5Dataset(
            Array.ConvertAll(features.Values, v => (float)v),
            fileDims: Sides(features, features.Numbers)
        );
        file["coords"] = new H5Dataset(
            Array.ConvertAll(features.PixelPlaces(), p => checked((int)p)),
            fileDims: Sides(features, 2)
        );
    }

    private protected override bool IsOwn(HdfFile file) => true;

    private protected override PatchFeatures Told(HdfFile file, PatchFeatures features) =>
        features with
        {
            Facts = features.Facts with { Side = (int?)file.Number("coords", "patch_size") },
        };
}
