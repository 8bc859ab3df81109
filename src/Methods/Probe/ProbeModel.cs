using System.Diagnostics;
using System.Globalization;
using System.Text;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.StoredFeatures;
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
        IPredictsWindows,
        IDescribesImages,
        ICallsSets
{
    private readonly EncodedImages images = new(recipe.Features, recipe.Input, device);
    private FeatureScaling? scaling;
    private IFeatureClassifier? probe;
    private double temperature = 1;
    private CrossedSets? sets;

    /// <summary>What was said of the validation images it learned from, while they were left out.</summary>
    private readonly Dictionary<Patch, double[]> leftOut = new(ReferenceEqualityComparer.Instance);

    public long Parameters =>
        probe is null ? 0 : probe.State().Where(s => s.Value.DType == DType.Float64).Sum(s => s.Value.Count);

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        if (task.Training.DistinctBy(p => p.Label).Count() < 2)
            throw new InvalidOperationException(
                "the training patients' images are of one class; a probe needs two: draw another split"
            );
        images.UseStored(task.Set.Cohort);
        Patch[] known = [.. task.Training, .. recipe.Probe.Validation ? task.Validation : []];
        var encoded = images.Of(
            new PredictionTask(task.Set, known, Progress: done => progress.Described(done, known.Length)),
            stop
        );
        var learned = new PatientRows(
            encoded,
            [.. known.Select(p => p.Label)],
            [.. known.Select(p => p.Row.Patient)],
            classes
        );
        using var fitting = new ProbeFitting(learned, recipe.Probe, task.Seed);
        var selection = LeftOutSelection.Of(
            learned,
            new SettingChoice(recipe.Probe.Settings, recipe.Probe.Folds, task.Seed)
            {
                Keep = recipe.Decision.Conformal > 0,
            },
            fitting.Fit,
            stop
        );
        (scaling, var fitted) = fitting.Fit(null, [selection.Setting]);
        probe = fitted[0];
        if (recipe.Probe.Calibrated && selection.LeftOut.Length > 0)
            temperature = Temperature.Fit(selection.LeftOut, learned.Labels, learned.Patients.Distinct().Count());
        foreach (var (image, scores) in known.Zip(selection.LeftOut).Skip(task.Training.Count))
            leftOut[image] = Temperature.Softmax(scores, temperature);
        if (recipe.Decision.Conformal > 0 && selection.Classifiers.Count > 0)
            sets = CrossedSets.Of(learned, selection.Classifiers, recipe.Decision.Conformal);
        var said = temperature.ToString("0.###", CultureInfo.InvariantCulture);
        selection.Write(Path.Combine(run.Path, ChosenSettings.FileName), said);
        using (new TensorScope())
            SafeTensors.Write(run.Best, State());
        progress.Chosen(
            string.Create(CultureInfo.InvariantCulture, $"setting {selection.Setting}, temperature {said}")
        );
        return new FitOutcome(1, 0, clock.Elapsed.TotalSeconds, null);
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            ("encoder", Tensor.From(Encoding.UTF8.GetBytes(images.Identity))),
            ("temperature", Tensor.From([temperature])),
            .. scaling!.State(),
            .. probe!.State(),
            .. sets?.State() ?? [],
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
            probe = ProbeOf(state);
            sets = CrossedSets.From(state, ProbeOf);
        }
        catch (KeyNotFoundException error)
        {
            throw new InvalidDataException($"the stored model is no probe of this recipe: {error.Message}", error);
        }
    }

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default) =>
        [
            .. ProbabilitiesOf(images.Of(task, stop))
                .Zip(task.Images, (said, image) => leftOut.GetValueOrDefault(image, said)),
        ];

    public IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations)
    {
        double[][][] seen = [.. images.Of(windows, orientations).Select(ProbabilitiesOf)];
        return
        [
            .. Enumerable
                .Range(0, windows.Count)
                .Select(w => Enumerable.Range(0, classes).Select(c => seen.Average(o => o[w][c])).ToArray()),
        ];
    }

    /// <summary>
    /// The encoder's features as they are: their directions tell tissue from other tissue, as docs/doubt.md measured. None
    /// without an encoder.
    /// </summary>
    public IReadOnlyList<float[]>? Features(PredictionTask task, CancellationToken stop = default) =>
        images.Encodes ? [.. images.Of(task, stop).Select(row => Array.ConvertAll(row, v => (float)v))] : null;

    public ConformalThreshold? Promise => sets?.Promise;

    public IReadOnlyList<bool[]> Sets(PredictionTask task, CancellationToken stop = default) =>
        sets!.Of(images.Of(task, stop));

    public void Dispose() => images.Dispose();

    private IFeatureClassifier ProbeOf(IReadOnlyDictionary<string, Tensor> state) =>
        recipe.Probe.Kind switch
        {
            ProbeKind.Logistic => LogisticRegression.From(state, classes),
            ProbeKind.Neighbors => NearestNeighbors.From(state, classes),
            ProbeKind.Prototypes => ClassPrototypes.From(state),
            _ => HiddenLayer.From(state, classes),
        };

    private double[][] ProbabilitiesOf(double[][] rows) =>
        [.. probe!.Scores([.. rows.Select(scaling!.Apply)]).Select(scores => Temperature.Softmax(scores, temperature))];
}
