using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Encoders;

/// <summary>The sizes of vision transformers by their usual names, for images of 224 pixels.</summary>
internal static class ViT
{
    internal static VisionTransformerOptions Small(int patch) => Of(patch, 384, 12, 6);

    internal static VisionTransformerOptions Base(int patch) => Of(patch, 768, 12, 12);

    internal static VisionTransformerOptions Large(int patch) => Of(patch, 1024, 24, 16);

    internal static VisionTransformerOptions Huge(int patch) => Of(patch, 1280, 32, 16);

    /// <summary>As DINOv2's, with gates.</summary>
    internal static VisionTransformerOptions Giant(int patch) =>
        Of(patch, 1536, 40, 24) with
        {
            Hidden = 8192,
            Gated = true,
        };

    private static VisionTransformerOptions Of(int patch, int width, int depth, int heads) =>
        new()
        {
            Patch = patch,
            Width = width,
            Depth = depth,
            Heads = heads,
            Grid = 224 / patch,
        };
}
