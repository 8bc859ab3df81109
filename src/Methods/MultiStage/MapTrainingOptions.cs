using Coverslip.Learning.Loop;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.MultiStage;

/// <summary>Which figure over the validation slides' labeled patches says that an epoch is the best so far.</summary>
internal enum MapFigure
{
    Loss,
    Accuracy,
    Auc,

    /// <summary>Area under the precision-recall curve of tumor.</summary>
    PrAuc,
}

/// <summary>How the segmentation model learns from stored features (Takahama et al. 2019, sec. 4.1).</summary>
internal sealed record MapTrainingOptions
{
    /// <summary>Passes over the maps; 50 by default.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Maps to a step; 32 by default.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Adam's rate; 1e-4 by default.</summary>
    public double Rate { get; init; } = 1e-4;

    /// <summary>loss (default), accuracy, auc or pr-auc, of this stage's epochs and of those end to end.</summary>
    public MapFigure BestBy { get; init; }

    /// <summary>By what both stages learn.</summary>
    public MapLoss Loss { get; init; } = new();

    /// <summary>The same as the loop takes it: Adam at one rate to the last epoch.</summary>
    internal TrainingOptions Training =>
        new()
        {
            Epochs = Epochs,
            Batch = Batch,
            Rate = Rate,
            Schedule = RateSchedule.Constant,
            Patience = 0,
        };

    /// <summary>The figure that decides, the greater the better; the loss where the validation patches are of one class.</summary>
    internal double Figure(Judged judged) =>
        BestBy switch
        {
            MapFigure.Accuracy => judged.Accuracy,
            MapFigure.Auc when !double.IsNaN(judged.Auc) => judged.Auc,
            MapFigure.PrAuc when !double.IsNaN(judged.PrecisionRecallArea) => judged.PrecisionRecallArea,
            _ => -judged.Loss.Total,
        };

    internal static MapTrainingOptions Read(RecipeNode node)
    {
        var standard = new MapTrainingOptions();
        return new MapTrainingOptions
        {
            Epochs = node.Int(
                "epochs",
                standard.Epochs,
                (1, 1_000_000),
                "Passes over the maps",
                "Takahama et al. 2019, sec. 4.1"
            ),
            Batch = node.Int("batch", standard.Batch, (1, 65_536), "Maps to a step", "Takahama et al. 2019, sec. 4.1"),
            Rate = node.Number(
                "rate",
                standard.Rate,
                (0, 100),
                "Adam's rate for the segmentation model",
                "Takahama et al. 2019, sec. 4.1"
            ),
            BestBy = node.Word(
                "best_by",
                standard.BestBy,
                "Figure over the validation slides' labeled patches by which the best epoch is kept, of the segmentation model and end to end"
            ),
            Loss = MapLoss.Read(node),
        };
    }
}
