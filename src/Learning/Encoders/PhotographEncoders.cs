using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Encoders;

/// <summary>Networks trained on photographs, whose weights the user brings.</summary>
internal static class PhotographEncoders
{
    private const string Timm = "https://huggingface.co/timm";

    public static IReadOnlyList<EncoderKind> All { get; } =
    [
        OfMaps("resnet-18-torchvision", 512),
        OfMaps("resnet-34", 512),
        OfMaps("resnet-50", 2048),
        OfMaps("resnet-101", 2048),
        OfMaps("resnet-152", 2048),
        OfTimm("vit-s-16", "vit_small_patch16_224.augreg_in21k", ViT.Small(16)),
        OfTimm("vit-b-16", "vit_base_patch16_224.augreg_in21k", ViT.Base(16)),
        OfTimm("vit-b-8", "vit_base_patch8_224.augreg_in21k", ViT.Base(8)),
        OfTimm("vit-l-16", "vit_large_patch16_224.augreg_in21k", ViT.Large(16)),
        OfTimm("vit-h-14", "vit_huge_patch14_224.orig_in21k", ViT.Huge(14)),
        OfDino("dino-s-16", "vit_small_patch16_224.dino", ViT.Small(16)),
        OfDino("dino-s-8", "vit_small_patch8_224.dino", ViT.Small(8)),
        OfDino("dino-b-16", "vit_base_patch16_224.dino", ViT.Base(16)),
        OfDino("dino-b-8", "vit_base_patch8_224.dino", ViT.Base(8)),
        .. OfDinoV2("s", ViT.Small(14)),
        .. OfDinoV2("b", ViT.Base(14)),
        .. OfDinoV2("l", ViT.Large(14)),
        .. OfDinoV2("g", ViT.Giant(14)),
    ];

    private static EncoderKind OfMaps(string name, int features) =>
        new()
        {
            Name = name,
            Backbone = KnownBackbones.Named(name),
            Features = features,
            License = "BSD-3-Clause",
            Published = "https://pytorch.org/vision/stable/models.html",
        };

    private static EncoderKind Of(string name, VisionTransformerOptions network, string page) =>
        new()
        {
            Name = name,
            Transformer = network,
            Features = network.Width,
            License = "Apache-2.0",
            Published = page,
        };

    private static EncoderKind OfTimm(string name, string page, VisionTransformerOptions network) =>
        Of(name, network, $"{Timm}/{page}") with
        {
            Scale = InputScale.Symmetric,
        };

    private static EncoderKind OfDino(string name, string page, VisionTransformerOptions network) =>
        Of(name, network, $"{Timm}/{page}");

    /// <summary>
    /// Without registers and with four. Trained at 518 pixels; DINOv2's own code brings the positions of those without
    /// to other sizes in another way.
    /// </summary>
    private static EncoderKind[] OfDinoV2(string size, VisionTransformerOptions network)
    {
        const string page = "https://github.com/facebookresearch/dinov2";
        var own = network with { Scaled = true, Grid = 37 };
        return
        [
            Of($"dinov2-{size}-14", own with { ResizedAsDinoV2 = true }, page),
            Of($"dinov2-{size}-14-reg", own with { Registers = 4 }, page),
        ];
    }
}
