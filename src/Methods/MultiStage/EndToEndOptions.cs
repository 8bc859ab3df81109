using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.MultiStage;

/// <summary>End-to-end learning; the defaults are the published ones (Takahama et al. 2019, sec. 4.1).</summary>
internal sealed record EndToEndOptions
{
    /// <summary>Passes over the slides; 10 by default (5 on CAMELYON16).</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Adam's rate for the extractor; 1e-9 by default. Adam moves a weight by about its rate a step: in a short run such
    /// a rate moves nothing that float32 can hold.
    /// </summary>
    public double ExtractorRate { get; init; } = 1e-9;

    /// <summary>Adam's rate for the segmentation model; 1e-7 by default.</summary>
    public double SegmentationRate { get; init; } = 1e-7;

    /// <summary>How a slide's gradients are computed.</summary>
    public RetainedGradientOptions Gradients { get; init; } = new();

    internal static EndToEndOptions Read(RecipeNode node)
    {
        var (standard, gradients) = (new EndToEndOptions(), new RetainedGradientOptions());
        return new EndToEndOptions
        {
            Epochs = node.Int(
                "epochs",
                standard.Epochs,
                (0, 1_000_000),
                "Passes over the slides end to end; 0 leaves them out",
                "Takahama et al. 2019, sec. 4.1"
            ),
            ExtractorRate = node.Number(
                "extractor_rate",
                standard.ExtractorRate,
                (0, 100),
                "Adam's rate for the extractor",
                "Takahama et al. 2019, sec. 4.1"
            ),
            SegmentationRate = node.Number(
                "segmentation_rate",
                standard.SegmentationRate,
                (0, 100),
                "Adam's rate for the segmentation model",
                "Takahama et al. 2019, sec. 4.1"
            ),
            Gradients = new RetainedGradientOptions
            {
                MiniBatch = node.Int(
                    "mini_batch",
                    gradients.MiniBatch,
                    (1, 65_536),
                    "Patches whose gradients are computed at a time",
                    "Takahama et al. 2019, sec. 3.2.2"
                ),
                Statistics = node.Word(
                    "statistics",
                    gradients.Statistics,
                    "Which statistics batch normalization uses end to end"
                ),
                Precision = node.Word(
                    "precision",
                    gradients.Precision,
                    "Numbers of the extractor's passes end to end; auto: as the timing of the extractor's training batch says"
                ),
            },
        };
    }
}
