using System.Diagnostics;
using System.Globalization;
using System.Text;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.RunReports;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Probe;

/// <summary>
/// An encoder left as it is, and a probe fitted to its features. What is stored is the probe, and which encoder it belongs
/// to; with another one it is refused.
/// </summary>
internal sealed class ProbeModel(ProbeRecipe recipe, int classes, Device device)
    : IFitsImages,
        IPredictsImages,
        IPredictsWindows
{
    private readonly EncodedImages images = new(recipe, device);
    private FeatureScaling? scaling;
    private IProbe? probe;
    private double temperature = 1;

    public long Parameters => probe is null ? 0 : probe.State().Where(s => s.Value.DType == DType.Float64).Sum(s => s.Value.Count);

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        if (task.Training.DistinctBy(p => p.Label).Count() < 2)
            throw new InvalidOperationException(
                "the training patients' images are of one class; a probe needs two: draw another split"
            );
        var all = task.Training.Count + task.Validation.Count;
        double[][] Encoded(IReadOnlyList<Patch> some, int before) =>
            images.Of(new PredictionTask(task.Set, some, Progress: done => progress.Described(before + done, all)), stop);
        var training = ImagesOf(task.Training, Encoded(task.Training, 0));
        var validation = ImagesOf(task.Validation, Encoded(task.Validation, task.Training.Count));
        var byValidation = validation.Labels.Distinct().Count() > 1;
        var selection = ProbeSelection.Of(training, recipe.Probe, task.Seed, leftOut: !byValidation, stop);
        var path = ProbePath.Of(training, [.. Enumerable.Range(0, training.Rows.Length)], recipe.Probe, task.Seed);
        (scaling, probe) = (path.Scaling, path.Fit(selection.Setting));
        if (recipe.Probe.Calibrated)
            temperature =
                byValidation ? Temperature.Fit(probe.Scores([.. validation.Rows.Select(scaling.Apply)]), validation.Labels)
                : selection.LeftOut.Length > 0 ? Temperature.Fit(selection.LeftOut, training.Labels)
                : 1;
        var said = temperature.ToString("0.###", CultureInfo.InvariantCulture);
        selection.Write(Path.Combine(run.Path, ChosenSettings.FileName), said);
        using (new TensorScope())
            SafeTensors.Write(run.Best, State());
        progress.Chosen(
            string.Create(CultureInfo.InvariantCulture, $"setting {selection.Setting}, temperature {said} ({(byValidation ? "validation" : "left-out")} patients)")
        );
        return new FitOutcome(1, 0, clock.Elapsed.TotalSeconds, null);
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            ("encoder", Tensor.From(Encoding.UTF8.GetBytes(images.Identity))),
            ("temperature", Tensor.From([temperature])),
            .. scaling!.State(),
            .. probe!.State(),
        ];

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        try
        {
            var known = Encoding.UTF8.GetString(state["encoder"].ToArray<byte>());
            if (known != images.Identity)
                throw new InvalidDataException(
                    $"the probe was fitted to features of '{known}', the encoder here gives those of '{images.Identity}'; name the former's file (features.encoder), or train again"
                );
            scaling = FeatureScaling.From(state);
            temperature = state["temperature"].ToArray<double>()[0];
            probe = recipe.Probe.Kind switch
            {
                ProbeKind.Logistic => LogisticRegression.From(state, classes),
                ProbeKind.Neighbors => NearestNeighbors.From(state, classes),
                ProbeKind.Prototypes => ClassPrototypes.From(state),
                _ => HiddenLayer.From(state, classes),
            };
        }
        catch (KeyNotFoundException error)
        {
            throw new InvalidDataException($"the stored model is no probe of this recipe: {error.Message}", error);
        }
    }

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default) =>
        ProbabilitiesOf(images.Of(task, stop));

    public IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations) =>
        ProbabilitiesOf(images.Of(windows.Pixels, windows.Count));

    public void Dispose() => images.Dispose();

    private double[][] ProbabilitiesOf(double[][] rows) =>
        [
            .. probe!.Scores([.. rows.Select(scaling!.Apply)]).Select(scores => Temperature.Softmax(scores, temperature)),
        ];

    private ProbeImages ImagesOf(IReadOnlyList<Patch> some, double[][] rows) =>
        new(rows, [.. some.Select(p => p.Label)], [.. some.Select(p => p.Row.Patient)], classes);
}
