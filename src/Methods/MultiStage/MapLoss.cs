using Coverslip.Learning.Recipes;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>What is asked of a map.</summary>
internal enum MapLossKind
{
    /// <summary>Softmax cross-entropy, as published.</summary>
    CrossEntropy,

    /// <summary>Cross-entropy times (1 − p)^γ of the true class's probability p (Lin et al. 2017, eq. 5).</summary>
    Focal,

    /// <summary>
    /// Cross-entropy and, times a weight, the mean of tumor's probability times the signed distance to tumor's border
    /// (Kervadec et al. 2019, eq. 5), in cells.
    /// </summary>
    Boundary,
}

/// <summary>
/// The loss of the segmentation model over the cells that have a label (Takahama et al. 2019, sec. 3.1). Lesions of a cell
/// or two hardly move the published one; what is offered beside it weighs them more, and costs false points.
/// </summary>
internal sealed record MapLoss
{
    // The power has no slope at 0.
    private const double LeastMissed = 1e-12;

    /// <summary>cross-entropy (default, as published), focal or boundary.</summary>
    public MapLossKind Kind { get; init; }

    /// <summary>Exponent of the focal loss, at least 0; 2 by default.</summary>
    public double Gamma { get; init; } = 2;

    /// <summary>Weight of the boundary term, at least 0; 0.01 by default.</summary>
    public double BoundaryWeight { get; init; } = 0.01;

    /// <summary>How many times a cell of tumor counts, above 0; 1 by default, as published.</summary>
    public double TumorWeight { get; init; } = 1;

    /// <summary>
    /// Mean over the labeled cells of scores [M, 2, H, W] and labels Int64 [M, H, W], weighted as in PyTorch: not a number
    /// where no cell has a label.
    /// </summary>
    public Tensor Of(Tensor scores, Tensor labels)
    {
        using var scope = new TensorScope();
        if (Kind == MapLossKind.Focal)
            return scope.Keep(Focal(scores, labels));
        var weights =
            TumorWeight == 1 ? null : Tensor.From<float>([1, (float)TumorWeight]).To(scores.Device, scores.DType);
        var loss = Losses.CrossEntropy(scores, labels, weights, GridPatch.NoLabel);
        return scope.Keep(Kind == MapLossKind.Boundary ? loss + (Boundary(scores, labels) * BoundaryWeight) : loss);
    }

    internal static MapLoss Read(RecipeNode node)
    {
        var standard = new MapLoss();
        return new MapLoss
        {
            Kind = node.Word(
                "loss",
                standard.Kind,
                "Loss of the maps: focal and boundary keep lesions of a few patches that cross-entropy loses, at the price of more false points"
            ),
            Gamma = node.Number("gamma", standard.Gamma, (0, 10), "Exponent of loss: focal", "Lin et al. 2017"),
            BoundaryWeight = node.Number(
                "boundary_weight",
                standard.BoundaryWeight,
                (0, 100),
                "Weight of the boundary term of loss: boundary, whose distances are in cells",
                "Kervadec et al. 2019"
            ),
            TumorWeight = node.Number(
                "tumor_weight",
                standard.TumorWeight,
                (0.001, 1000),
                "How many times a patch of tumor counts in the loss of the maps"
            ),
        };
    }

    private Tensor Focal(Tensor scores, Tensor labels)
    {
        var logs = scores.LogSoftmax(1);
        var tumor = labels.EqualTo(GridPatch.Tumor).To(scores.DType); // [M, H, W]
        var normal = labels.EqualTo(0).To(scores.DType);
        var log = (logs.Select(1, GridPatch.Tumor) * tumor) + (logs.Select(1, 0) * normal); // 0 without a label
        var weights = (tumor * TumorWeight) + normal;
        var missed = (1 - log.Exp()).Clamp(LeastMissed).Pow(Gamma);
        return -(weights * missed * log).Sum() / weights.Sum();
    }

    private static Tensor Boundary(Tensor scores, Tensor labels)
    {
        var (maps, height, width) = ((int)labels.Size(0), (int)labels.Size(1), (int)labels.Size(2));
        var known = labels.ToArray<long>();
        var distances = new float[known.Length];
        for (var map = 0; map < maps; map++)
        {
            var cells = new Range(map * height * width, (map + 1) * height * width);
            SignedDistance.Of(known.AsSpan(cells), width, distances.AsSpan(cells));
        }
        var labeled = 0;
        for (var cell = 0; cell < known.Length; cell++)
            if (known[cell] == GridPatch.NoLabel)
                distances[cell] = 0;
            else
                labeled++;
        var distance = Tensor.From(distances, maps, height, width).To(scores.Device, scores.DType);
        return (scores.Softmax(1).Select(1, GridPatch.Tumor) * distance).Sum() * (1.0 / labeled);
    }
}
