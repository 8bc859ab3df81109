using System.Globalization;
using PureHDF;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>
/// As STAMP 2.1 and later write tile features (src/stamp/preprocessing): <c>feats</c> [N, D], <c>coords</c> [N, 2] of float32 in
/// microns, extractor and tile size as attributes of the root. Earlier versions call the tile size <c>tile_size</c>.
/// </summary>
internal sealed class StampLayout : HdfLayout
{
    /// <summary>The version whose layout it is; STAMP refuses files of versions later than itself.</summary>
    private const string Version = "2.1.0";

    public override string Name => "stamp";

    private protected override string Features => "feats";

    private protected override void Fill(H5File file, PatchFeatures features)
    {
        var facts = features.Facts;
        if (facts is not { Mpp: { } mpp, Side: { } side, Level0Mpp: { } level0 })
            throw new InvalidDataException(
                $"{features.Name}: places in microns need the slide's microns per pixel, which its file does not say; write it as trident, clam or npz"
            );
        var microns = features.InMicrons ? 1 : level0;
        file["coords"] = new H5Dataset(
            Array.ConvertAll(features.Places, p => (float)(p * microns)),
            fileDims: Sides(features, 2)
        );
        file["feats"] = new H5Dataset(features.Values, fileDims: Sides(features, features.Numbers));
        Set(file, "stamp_version", Version);
        Set(file, "extractor", NameOf(facts.Encoder) ?? "unknown");
        Set(file, "unit", "um");
        Set(file, "tile_size_um", side * mpp);
        file.Attributes["tile_size_px"] = (long)side;
        Set(file, "code_hash", "coverslip");
        Set(file, "feat_type", "tile");
    }

    private protected override bool IsOwn(HdfFile file) => true;

    private protected override PatchFeatures Told(HdfFile file, PatchFeatures features)
    {
        var unit = file.Text(null, "unit") ?? "um";
        if (unit != "um")
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{features.Name}: places are in '{unit}'; STAMP's are in um: compute the features anew with STAMP 2 or later"
                )
            );
        var side = (int?)file.Number(null, "tile_size_px");
        var microns = file.Number(null, "tile_size_um") ?? file.Number(null, "tile_size");
        return features with
        {
            InMicrons = true,
            Facts = features.Facts with
            {
                Encoder = features.Facts.Encoder ?? file.Text(null, "extractor"),
                Side = side,
                Mpp = features.Facts.Mpp ?? microns / side,
            },
        };
    }
}
