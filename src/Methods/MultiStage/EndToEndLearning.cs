using System.Diagnostics;
using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Methods.MultiStage;

/// <summary>What end-to-end learning works on.</summary>
/// <param name="Extractor">Without its last layer, with separate learning's weights.</param>
/// <param name="Segmentation">With separate learning's weights.</param>
/// <param name="Slides">The training slides of an epoch, the same in number and order each time; pixels may differ.</param>
/// <param name="Side">Pixels to a side of a patch.</param>
/// <param name="Maps">How patches are laid out.</param>
public sealed record EndToEndTask(
    FeatureExtractor Extractor,
    SegmentationModel Segmentation,
    Func<int, IReadOnlyList<ISlidePatches>> Slides,
    int Side,
    FeatureMapOptions Maps
);

/// <summary>
/// End-to-end learning (Takahama et al. 2019, sec. 3.2.2): both models together, a step of Adam per slide. After every epoch
/// <c>metrics.csv</c> and <c>state.safetensors</c> are written, from which a stopped run goes on to the same numbers.
/// </summary>
public sealed class EndToEndLearning(EndToEndTask task, EndToEndOptions options, string folder, long seed)
{
    private const string Header = "epoch,seconds,loss,extractor_moved,segmentation_moved,slides,without_label,drift";
    private readonly List<string> metrics = [Header];

    private string Metrics => Path.Combine(folder, "metrics.csv");

    private string State => Path.Combine(folder, "state.safetensors");

    /// <summary>Trains until the epochs are done; what was learned is left in both models and in the folder.</summary>
    /// <param name="slide">Told after each slide: epoch, slides done, slides in all, and its loss.</param>
    /// <param name="epoch">Told after each epoch.</param>
    /// <param name="stop">Asked between mini-batches.</param>
    /// <exception cref="InvalidOperationException">No slide has a labeled patch; see also
    /// <see cref="RetainedGradients.Compute"/>.</exception>
    public WeightsMoved Run(
        Action<int, int, int, double>? slide = null,
        Action<EndToEndEpoch>? epoch = null,
        CancellationToken stop = default
    )
    {
        Directory.CreateDirectory(folder);
        var (extractor, segmentation) = (task.Extractor.Store, task.Segmentation.Store);
        using WeightMovement ofExtractor = new(extractor),
            ofSegmentation = new(segmentation);
        using Adam extracting = new(extractor, options.ExtractorRate),
            segmenting = new(segmentation, options.SegmentationRate);
        var step = new RetainedGradients(task.Extractor, task.Segmentation, options.Gradients);
        var (next, seconds) = Restore(extracting, segmenting);
        var moved = new WeightsMoved(ofExtractor.Moved(extractor), ofSegmentation.Moved(segmentation));
        for (var number = next; number < options.Epochs; number++)
        {
            var clock = Stopwatch.StartNew();
            var slides = task.Slides(number);
            int[] order = [.. Enumerable.Range(0, slides.Count)];
            var random = new SeededRandom(seed, number);
            random.Shuffle(order.AsSpan());
            var (sum, taught, drift) = (0.0, 0, 0.0);
            foreach (var (done, which) in order.Index())
            {
                stop.ThrowIfCancellationRequested();
                var layout = MapLayout.Of(slides[which].Patches, task.Maps);
                if (layout.Placed.All(p => slides[which].Patches[p].Label == GridPatch.NoLabel))
                    continue;
                using var scope = new TensorScope();
                var outcome = step.Compute(slides[which], task.Side, layout, Batches(layout, (number, which)), stop);
                extracting.Step();
                segmenting.Step();
                (sum, taught, drift) = (sum + outcome.Loss, taught + 1, Math.Max(drift, outcome.Drift));
                slide?.Invoke(number, done + 1, slides.Count, outcome.Loss);
            }
            if (taught == 0)
                throw new InvalidOperationException(
                    $"none of the {slides.Count} training slides has a labeled patch on its maps; look at the annotations and the label rule"
                );
            moved = new WeightsMoved(ofExtractor.Moved(extractor), ofSegmentation.Moved(segmentation));
            seconds += clock.Elapsed.TotalSeconds;
            var row = new EndToEndEpoch(number, seconds, sum / taught, moved, taught, slides.Count - taught, drift);
            Write(row, extracting, segmenting);
            epoch?.Invoke(row);
        }
        return moved;
    }

    /// <summary>With batch statistics mini-batches are drawn from the whole slide, by seed, epoch and slide.</summary>
    private IReadOnlyList<int[]> Batches(MapLayout layout, (int Epoch, int Slide) at)
    {
        if (options.Gradients.Statistics == EndToEndStatistics.Running)
            return layout.MiniBatches(options.Gradients.MiniBatch);
        int[] order = [.. Enumerable.Range(0, layout.Placed.Count)];
        var random = new SeededRandom(seed + 1 + at.Slide, at.Epoch);
        random.Shuffle(order.AsSpan());
        return layout.MiniBatches(options.Gradients.MiniBatch, order);
    }

    private (int Epoch, double Seconds) Restore(Adam extracting, Adam segmenting)
    {
        if (!File.Exists(State))
        {
            TorchRuntime.Seed(seed);
            return (0, 0);
        }
        using var scope = new TensorScope();
        var saved = SafeTensors.Read(State, task.Extractor.Store.Device);
        var text = SafeTensors.ReadMetadata(State);
        var steps = long.Parse(text["steps"], CultureInfo.InvariantCulture);
        task.Extractor.Store.Load(RunFolder.Under(saved, "extractor/"));
        task.Segmentation.Store.Load(RunFolder.Under(saved, "segmentation/"));
        extracting.Restore(RunFolder.Under(saved, "extracting/"), steps);
        segmenting.Restore(RunFolder.Under(saved, "segmenting/"), steps);
        TorchRuntime.SetRandomState(saved["random"].ToArray<byte>());
        var epoch = int.Parse(text["epoch"], CultureInfo.InvariantCulture);
        metrics.Clear();
        metrics.AddRange(File.ReadLines(Metrics).Take(1 + epoch));
        return (epoch, double.Parse(text["seconds"], CultureInfo.InvariantCulture));
    }

    private void Write(EndToEndEpoch row, Adam extracting, Adam segmenting)
    {
        metrics.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Epoch},{row.Seconds:R},{row.Loss:R},{row.Moved.Extractor:R},{row.Moved.Segmentation:R},{row.Slides},{row.WithoutLabel},{row.Drift:R}"
            )
        );
        WholeFile.Write(Metrics, string.Join('\n', metrics) + "\n");
        using var scope = new TensorScope();
        SafeTensors.Write(
            State,
            [
                .. task.Extractor.Store.All.Select(p => ("extractor/" + p.Path, p.Value)),
                .. task.Segmentation.Store.All.Select(p => ("segmentation/" + p.Path, p.Value)),
                .. extracting.State().Select(s => ("extracting/" + s.Name, s.Value)),
                .. segmenting.State().Select(s => ("segmenting/" + s.Name, s.Value)),
                ("random", Tensor.From(TorchRuntime.RandomState())),
            ],
            new Dictionary<string, string>
            {
                ["epoch"] = (row.Epoch + 1).ToString(CultureInfo.InvariantCulture),
                ["seconds"] = row.Seconds.ToString("R", CultureInfo.InvariantCulture),
                ["steps"] = extracting.Steps.ToString(CultureInfo.InvariantCulture),
            }
        );
    }
}
