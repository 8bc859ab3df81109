using Coverslip.Learning.Backbones;

namespace Coverslip.Learning.Encoders;

/// <summary>
/// Vision transformers trained on slides. Shapes, scales and pooling are those of their model cards and of timm's
/// <c>create_model</c> calls there; all were trained at half a micron per pixel, Virchow2 and Kaiko's at others, too.
/// </summary>
internal static class SlideEncoders
{
    private const string HuggingFace = "https://huggingface.co/",
        NoDerivatives = "CC-BY-NC-ND-4.0",
        Owkin = "Owkin, not commercial",
        Kaiko = "Kaiko, not commercial";

    /// <summary>timm's ViT-g/14 of DINOv2; Prov-GigaPath's has other patches, UNI2-h fewer blocks and more registers.</summary>
    private static readonly VisionTransformerOptions Giant = ViT.Giant(14) with
    {
        Scaled = true,
        Registers = 4,
        Placed = 0,
    };

    private static readonly VisionTransformerOptions Virchow = ViT.Huge(14) with
    {
        Hidden = 6832,
        Gated = true,
        Scaled = true,
    };

    private static readonly InputScale Optimus = new(
        [0.707223f, 0.578729f, 0.703617f],
        [0.211883f, 0.230117f, 0.177517f]
    );

    public static IReadOnlyList<EncoderKind> All { get; } =
    [
        Of("uni", "MahmoodLab/UNI", NoDerivatives, ViT.Large(16) with { Scaled = true }),
        Of("uni2-h", "MahmoodLab/UNI2-h", NoDerivatives, Giant with { Depth = 24, Registers = 8 }),
        Of("virchow", "paige-ai/Virchow", "Apache-2.0", Virchow, TokenPooling.ClassAndMean),
        Of(
            "virchow2",
            "paige-ai/Virchow2",
            NoDerivatives,
            Virchow with
            {
                Registers = 4,
                Placed = 5,
            },
            TokenPooling.ClassAndMean
        ),
        Of("h-optimus-0", "bioptimus/H-optimus-0", "Apache-2.0", Giant) with
        {
            Scale = Optimus,
        },
        Of("h-optimus-1", "bioptimus/H-optimus-1", NoDerivatives, Giant) with
        {
            Scale = Optimus,
        },
        Of(
            "prov-gigapath",
            "prov-gigapath/prov-gigapath",
            "Apache-2.0, research only",
            Giant with
            {
                Patch = 16,
                Grid = 14,
                Registers = 0,
                Placed = 1,
            }
        ),
        Of("phikon", "owkin/phikon", Owkin, ViT.Base(16) with { Epsilon = 1e-12 }),
        Of("phikon-v2", "owkin/phikon-v2", Owkin, ViT.Large(16) with { Scaled = true }),
        OfKaiko("kaiko-s-16", "vit_small_patch16_224", ViT.Small(16)),
        OfKaiko("kaiko-s-8", "vit_small_patch8_224", ViT.Small(8)),
        OfKaiko("kaiko-b-16", "vit_base_patch16_224", ViT.Base(16)),
        OfKaiko("kaiko-b-8", "vit_base_patch8_224", ViT.Base(8)),
        OfKaiko(
            "kaiko-l-14",
            "vit_large_patch14_reg4_dinov2",
            ViT.Large(14) with
            {
                Scaled = true,
                Grid = 37,
                Registers = 4,
                Placed = 0,
            }
        ),
    ];

    private static EncoderKind Of(
        string name,
        string page,
        string license,
        VisionTransformerOptions network,
        TokenPooling pooling = TokenPooling.Class
    ) =>
        new()
        {
            Name = name,
            Transformer = network,
            Features = pooling == TokenPooling.Class ? network.Width : 2 * network.Width,
            Pooling = pooling,
            Mpp = 0.5,
            License = license,
            Published = HuggingFace + page,
        };

    private static EncoderKind OfKaiko(string name, string page, VisionTransformerOptions network) =>
        Of(name, $"1aurent/{page}.kaiko_ai_towards_large_pathology_fms", Kaiko, network) with
        {
            Scale = InputScale.Symmetric,
        };
}
