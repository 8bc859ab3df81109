using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>How batch normalization of the extractor normalizes in end-to-end learning.</summary>
internal enum EndToEndStatistics
{
    /// <summary>By its running statistics, which stay as separate learning left them; its factors learn.</summary>
    Running,

    /// <summary>By each mini-batch's own; running statistics move in the first forward pass, not in the second.</summary>
    Batch,
}

/// <summary>How a step of end-to-end learning is computed.</summary>
internal sealed record RetainedGradientOptions
{
    /// <summary>Patches to a mini-batch; 32 by default.</summary>
    public int MiniBatch { get; init; } = 32;

    /// <summary>
    /// running (default) or batch. A mini-batch is a stretch of one slide: normalized by itself, what all its patches
    /// have in common, such as being tumor, is lost, and features are others than at prediction.
    /// </summary>
    public EndToEndStatistics Statistics { get; init; }

    /// <summary>float32 (default), bfloat16 or auto.</summary>
    public Precision Precision { get; init; }
}

/// <summary>What a step found; the tensors belong to the caller's scope.</summary>
/// <param name="Loss">Of the labeled cells.</param>
/// <param name="Probabilities">Float32 [M, classes, side, side] of every cell.</param>
/// <param name="Drift">
/// How far the second forward pass's feature vectors were from the first's, relative to how far these spread around
/// their mean: 0 where both are the same.
/// </param>
internal sealed record EndToEndOutcome(double Loss, Tensor Probabilities, double Drift);

/// <summary>
/// Gradients of both models over a whole slide in bounded memory (Takahama et al. 2019, sec. 3.2.2, steps 1 to 5): only
/// feature vectors and ∂L/∂x are held for all patches; what lies between is computed a second time, a mini-batch at a
/// time. Dropout draws in the second pass what it drew in the first. Several ranks divide the mini-batches of both passes; the
/// leader alone computes the segmentation model and has its gradients.
/// </summary>
internal sealed class RetainedGradients(
    FeatureExtractor extractor,
    SegmentationModel segmentation,
    RetainedGradientOptions options
)
{
    // Rounding in another order is a millionth; other pixels are a tenth.
    private const double MostDrift = 1e-2;
    private readonly Device device = extractor.Store.Device;
    private readonly Ranks ranks = Ranks.Now;

    /// <summary>
    /// Leaves the slide's gradients at the parameters of both models, in place of those that were there; moves nothing
    /// but running statistics.
    /// </summary>
    /// <param name="slide">The patches; read twice.</param>
    /// <param name="side">Pixels to a side of a patch.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="miniBatches">Places in <see cref="MapLayout.Placed"/>, each once.</param>
    /// <param name="stop">Asked between mini-batches.</param>
    /// <exception cref="InvalidOperationException">No cell has a label, the loss is no finite number, or the patches
    /// were other ones the second time.</exception>
    public EndToEndOutcome Compute(
        ISlidePatches slide,
        int side,
        MapLayout layout,
        IReadOnlyList<int[]>? miniBatches = null,
        CancellationToken stop = default
    )
    {
        miniBatches ??= layout.MiniBatches(options.MiniBatch);
        var share = ranks.Of(miniBatches.Count);
        var own = miniBatches.Skip(share.First).Take(share.Counts ? share.Count : 0);
        var read = own.Select(b => b.Select(p => layout.Placed[p]).ToArray()).ToArray();
        var first = miniBatches.Take(share.First).Sum(b => b.Length);
        var labels = layout.Labels(slide.Patches);
        if (Array.TrueForAll(labels, l => l == GridPatch.NoLabel))
            throw new InvalidOperationException($"{slide.Name}: no patch on its maps has a label to learn from");
        (extractor.Store.Training, segmentation.Store.Training) = (true, true);
        extractor.Store.FixedStatistics = options.Statistics == EndToEndStatistics.Running;
        extractor.Store.ClearGradients();
        segmentation.Store.ClearGradients();
        using var scope = new TensorScope();
        // Of each mini-batch's vectors the places in which they stand among all; a permutation where it is shuffled.
        var order = Tensor.From<long>([.. miniBatches.SelectMany(b => b.Select(p => (long)p))]).To(device);
        var (part, states) = FirstPass(slide, side, read, stop); // step 1: [placed, C] in the order of the reading
        var features = Gathered(part, first, layout.Placed.Count);
        features.RequiresGrad = true;
        var (loss, probabilities) = ranks.Lead
            ? Segment(slide, layout, features, order) // steps 2 and 3
            : (0, Tensor.Zeros([0]));
        var after = RandomState.Now(device);
        using var gradient = features.Gradient ?? Tensor.Zeros(features.Shape, features.DType, device);
        ranks.Group?.Broadcast([gradient]);
        var retained = new Retained(features.Detach(), gradient, states) { First = first };
        var drift = SecondPass(slide, side, read, retained, stop); // 4 and 5
        after.Set(device);
        if (drift > MostDrift)
            throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"{slide.Name}: its patches gave other features the second time (off by {drift:g3} of their spread); whoever reads them must give the same pixels twice"
                )
            );
        return new EndToEndOutcome(loss, scope.Keep(probabilities), drift);
    }

    /// <summary>The vectors of all ranks' mini-batches, those of this one's from a row on; null where it has none.</summary>
    private Tensor Gathered(Tensor? part, int first, int all)
    {
        if (ranks.Group is not { } group)
            return part!;
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var whole = Tensor.Zeros([all, (long)ranks.Told(part?.Size(1) ?? 0)[0]], extractor.Store.DType, device);
        if (part is not null)
            whole.Narrow(0, first, part.Size(0)).CopyInPlace(part);
        group.Sum(whole);
        return scope.Keep(whole);
    }

    private (Tensor? Features, RandomState[] States) FirstPass(
        ISlidePatches slide,
        int side,
        int[][] read,
        CancellationToken stop
    )
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var (parts, states) = (new List<Tensor>(), new List<RandomState>());
        foreach (var batch in slide.Read(read))
        {
            stop.ThrowIfCancellationRequested();
            states.Add(RandomState.Now(device));
            parts.Add(Features(batch, side));
        }
        return (parts.Count == 0 ? null : scope.Keep(Tensor.Cat([.. parts], 0)), [.. states]);
    }

    private (double Loss, Tensor Probabilities) Segment(
        ISlidePatches slide,
        MapLayout layout,
        Tensor features,
        Tensor order
    )
    {
        using var scope = new TensorScope();
        Tensor loss,
            probabilities;
        // As in the training loop: what only the forward pass needed goes before the backward pass.
        using (var forward = new TensorScope())
        {
            var labels = FeatureMap.Labels(slide.Patches, layout, device);
            var places = order.Unsqueeze(1).Expand(-1, features.Size(1));
            var placed = Tensor.Zeros(features.Shape, features.DType, device);
            placed.ScatterAddInPlace(0, places, features); // row p: the vector of Placed[p]
            Tensor scores;
            using (options.Precision.On(device))
                scores = segmentation.Forward(FeatureMap.Of(placed, layout));
            scores = scores.To(segmentation.Store.DType);
            loss = forward.Keep(segmentation.Loss.Of(scores, labels));
            probabilities = forward.Keep(scores.Detach().Softmax(1).To(DType.Float32));
        }
        loss.Backward();
        var value = loss.Item();
        if (!double.IsFinite(value))
            throw new InvalidOperationException(
                $"{slide.Name}: the loss became {value}; lower end_to_end.extractor_rate and end_to_end.segmentation_rate"
            );
        return (value, scope.Keep(probabilities));
    }

    private double SecondPass(ISlidePatches slide, int side, int[][] read, Retained retained, CancellationToken stop)
    {
        var (off, number, first) = (0.0, 0, retained.First);
        foreach (var batch in slide.Read(read))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            retained.States[number++].Set(device);
            var x = Recompute.Again(() => Features(batch, side));
            // dL'/dx of L' = ∂L/∂x · x (eq. 3) is the retained gradient itself, so that backward starts from it.
            x.Backward(retained.Gradient.Narrow(0, first, batch.Count));
            using var none = new NoGradient();
            var before = retained.Features.Narrow(0, first, batch.Count);
            off += (x.Detach() - before).Square().Sum().Item();
            first += batch.Count;
        }
        return Math.Sqrt(ranks.Sums(off)[0]) / Spread(retained.Features);
    }

    /// <summary>How far vectors lie from their mean; of vectors that hardly differ, what rounding could not reach.</summary>
    private static double Spread(Tensor features)
    {
        using var none = new NoGradient();
        using var scope = new TensorScope();
        var spread = (features - features.Mean([0], keep: true)).Norm().Item();
        return Math.Max(spread, 1e-4 * features.Norm().Item()) + double.Epsilon;
    }

    private Tensor Features(WindowBatch batch, int side)
    {
        using var scope = new TensorScope();
        using var cast = options.Precision.On(device);
        return scope.Keep(extractor.Features(extractor.Images(batch, side)).To(extractor.Store.DType));
    }

    /// <summary>What is held between the passes for all patches, and for each mini-batch.</summary>
    private sealed record Retained(Tensor Features, Tensor Gradient, RandomState[] States)
    {
        /// <summary>Row of this rank's first vector; 0 by default.</summary>
        internal long First { get; init; }
    }
}
