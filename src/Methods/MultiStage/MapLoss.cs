using Coverslip.Learning.Recipes;
using Coverslip.Slides.Images;
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
    /// How far lesions count alike instead of cells, 0 (default, as published) to 1: a cell of tumor counts the less the larger
    /// its lesion is (Shirokikh et al. 2020, sec. 2.1, at 1).
    /// </summary>
    public double LesionBalance { get; init; }

    /// <summary>
    /// Mean over the labeled cells of scores [M, 2, H, W] and labels Int64 [M, H, W], weighted as in PyTorch: not a number
    /// where no cell has a label.
    /// </summary>
    public Tensor Of(Tensor scores, Tensor labels)
    {
        using var scope = new TensorScope();
        if (Kind == MapLossKind.Focal)
            return scope.Keep(Weighted(scores, labels, Gamma));
        var loss =
            TumorWeight == 1 && LesionBalance == 0
                ? Losses.CrossEntropy(scores, labels, ignore: GridPatch.NoLabel)
                : Weighted(scores, labels, gamma: 0);
        return scope.Keep(Kind == MapLossKind.Boundary ? loss + (Boundary(scores, labels) * BoundaryWeight) : loss);
    }

    /// <summary>
    /// What a mean over these labels weighs in that over more maps, so that means of some of them add up; with
    /// <see cref="LesionBalance"/>, or a tumor weight beside the boundary term, they do not.
    /// </summary>
    internal double WeightOf(Tensor labels)
    {
        using var scope = new TensorScope();
        double Cells(long label) => labels.EqualTo(label).To(DType.Float64).Sum().Item();
        return Cells(0) + (TumorWeight * Cells(GridPatch.Tumor));
    }

    /// <summary>Whether <see cref="WeightOf"/> adds up.</summary>
    internal bool AddsUp => LesionBalance == 0 && (Kind != MapLossKind.Boundary || TumorWeight == 1);

    internal static MapLoss Read(RecipeNode node)
    {
        var standard = new MapLoss();
        return new MapLoss
        {
            Kind = node.Word(
                "loss",
                standard.Kind,
                "Loss of the maps: cross-entropy as published, one that counts what is right already less (focal), or with a term that is the larger the further from tumor's border a call lies (boundary)"
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
            LesionBalance = node.Number(
                "lesion_balance",
                standard.LesionBalance,
                (0, 1),
                "How far lesions of a map count alike in its loss, however many patches they have: 0 not at all, 1 wholly",
                "Shirokikh et al. 2020"
            ),
        };
    }

    /// <summary>Mean of (1 − p)^γ times cross-entropy, each cell by its weight; γ of 0 is cross-entropy.</summary>
    private Tensor Weighted(Tensor scores, Tensor labels, double gamma)
    {
        var logs = scores.LogSoftmax(1);
        var tumor = labels.EqualTo(GridPatch.Tumor).To(scores.DType); // [M, H, W]
        var normal = labels.EqualTo(0).To(scores.DType);
        var log = (logs.Select(1, GridPatch.Tumor) * tumor) + (logs.Select(1, 0) * normal); // 0 without a label
        var weights = (tumor * TumorWeight) + normal;
        if (LesionBalance > 0)
            weights *= Balanced(labels).To(scores.Device, scores.DType);
        var missed = (1 - log.Exp()).Clamp(LeastMissed).Pow(gamma);
        return -(weights * missed * log).Sum() / weights.Sum();
    }

    /// <summary>
    /// Of each cell of tumor (mean size of the maps' lesions / size of its own) to the power of the balance, of others 1; a
    /// lesion is what touches, corners included.
    /// </summary>
    private Tensor Balanced(Tensor labels)
    {
        var (maps, height, width) = ((int)labels.Size(0), (int)labels.Size(1), (int)labels.Size(2));
        var (known, sizes) = (labels.ToArray<long>(), new float[maps * height * width]);
        var (cells, lesions) = (0, 0);
        for (var map = 0; map < maps; map++)
        {
            using var own = new Image(width, height, channels: 1);
            for (var cell = 0; cell < width * height; cell++)
                own.WritablePixels[cell] =
                    known[(map * width * height) + cell] == GridPatch.Tumor ? byte.MaxValue : (byte)0;
            var found = Components.Find(own);
            var areas = found.Areas();
            lesions += found.Count;
            for (var cell = 0; cell < width * height; cell++)
                if (found.Labels[cell] > 0)
                {
                    sizes[(map * width * height) + cell] = areas[found.Labels[cell]];
                    cells++;
                }
        }
        float[] weights =
        [
            .. sizes.Select(size => size == 0 ? 1 : (float)Math.Pow((double)cells / lesions / size, LesionBalance)),
        ];
        return Tensor.From(weights, maps, height, width);
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
