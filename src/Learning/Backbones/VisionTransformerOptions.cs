namespace Coverslip.Learning.Backbones;

/// <summary>The shape of a <see cref="VisionTransformer"/>.</summary>
internal sealed record VisionTransformerOptions
{
    /// <summary>Side of a patch in pixels.</summary>
    public required int Patch { get; init; }

    /// <summary>Numbers of a token.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Heads of the attention; no file tells them.</summary>
    public required int Heads { get; init; }

    /// <summary>Patches to a side that the stored positions are for; 14 by default.</summary>
    public int Grid { get; init; } = 14;

    /// <summary>Numbers behind the first linear layer of a block's second part; null (default): four widths.</summary>
    public int? Hidden { get; init; }

    /// <summary>Whether half of these numbers are gates (SwiGLU: Shazeer 2020); false by default.</summary>
    public bool Gated { get; init; }

    /// <summary>Register tokens behind the class token (Darcet et al. 2024); 0 by default.</summary>
    public int Registers { get; init; }

    /// <summary>
    /// How many of the tokens before the patches have a stored position: 1 by default, the class token; 0 where it was
    /// added to the token, as timm's <c>no_embed_class</c>; 1 + <see cref="Registers"/> where registers have theirs.
    /// </summary>
    public int Placed { get; init; } = 1;

    /// <summary>Whether what a block adds is scaled per channel (LayerScale: Touvron et al. 2021).</summary>
    public bool Scaled { get; init; }

    /// <summary>Added to variances; 1e-6 by default, as in timm and DINOv2.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>
    /// Whether stored positions are brought to another grid as in DINOv2's own code (bicubic without averaging, a tenth
    /// of a patch to spare); false by default: as in timm (bicubic, averaged where it shrinks).
    /// </summary>
    public bool ResizedAsDinoV2 { get; init; }

    /// <summary>The class token and registers.</summary>
    public int Leading => 1 + Registers;
}
