using System.Diagnostics;
using System.Text;
using Coverslip.Files;
using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.Classical;

/// <summary>
/// A classical classifier as a model. Scaling and classifier are fitted to training images alone; of several settings
/// validation images choose one, and what chose is left in <c>selection.csv</c>.
/// </summary>
internal sealed class ClassicalModel(ClassicalRecipe recipe, int classes)
    : IFitsImages,
        IPredictsImages,
        IDescribesImages
{
    private readonly FeatureStore features = new(recipe.Features);
    private string set = "";
    private FeatureScaling? scaling;
    private IClassicalClassifier? classifier;

    public long Parameters => 0;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var candidates = recipe
            .Features.Sets.SelectMany(s => recipe.Settings.Select(settings => new Candidate(s, settings)))
            .ToArray();
        Check(task, candidates.Length);
        var clock = Stopwatch.StartNew();
        Candidate? best = null;
        try
        {
            foreach (var candidate in candidates)
            {
                stop.ThrowIfCancellationRequested();
                Train(candidate, task, progress, stop);
                if (best is null || candidate.Beats(best, recipe.SelectBy))
                    best = candidate;
            }
            (set, scaling, classifier) = (best!.Set, best.Scaling, best.Classifier);
        }
        finally
        {
            foreach (var other in candidates.Where(c => c.Classifier != classifier))
                other.Classifier?.Dispose();
        }
        WriteSelection(Path.Combine(run.Path, ChosenSettings.FileName), candidates, best);
        using (new TensorScope())
            SafeTensors.Write(run.Best, State());
        progress.Chosen($"{set} {best.Settings.Text}".TrimEnd());
        return new FitOutcome(1, 0, clock.Elapsed.TotalSeconds, null);
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [("features", Tensor.From(Encoding.UTF8.GetBytes(set))), .. scaling!.State(), .. classifier!.State()];

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        classifier?.Dispose();
        try
        {
            set = Encoding.UTF8.GetString(state["features"].ToArray<byte>());
            scaling = FeatureScaling.From(state);
            classifier = recipe.Classifier switch
            {
                ClassifierKind.NearestNeighbor => NearestNeighbor.From(state, classes),
                ClassifierKind.Qda => QuadraticDiscriminant.From(state, classes),
                ClassifierKind.RandomForest => RandomForest.From(state, classes),
                _ => SupportVectorMachine.From(state, classes),
            };
        }
        catch (KeyNotFoundException error)
        {
            throw new InvalidDataException(
                $"the stored model is no {Words.Kebab(recipe.Classifier.ToString())} of this recipe: {error.Message}",
                error
            );
        }
    }

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default)
    {
        var rows = features.Of(task, set, stop);
        return classifier!.Probabilities([.. rows.Select(scaling!.Apply)]);
    }

    public IReadOnlyList<float[]>? Features(PredictionTask task, CancellationToken stop = default) =>
        [
            .. features
                .Of(task, set, stop)
                .Select(row => (float[])[.. scaling!.Apply(row).Select(value => (float)value)]),
        ];

    public void Dispose() => classifier?.Dispose();

    private void Check(FitTask task, int candidates)
    {
        if (task.Training.DistinctBy(p => p.Label).Count() < 2)
            throw new InvalidOperationException(
                "the training patients' images are of one class; a classifier needs two: draw another split"
            );
        if (task.Validation.Count == 0 && candidates > 1)
            throw new InvalidOperationException(
                $"there are no validation patients to choose among {candidates} settings; give features.sets and each "
                    + "setting of the classifier one value, or a split with validation patients"
            );
    }

    private void Train(Candidate candidate, FitTask task, ITrainingProgress progress, CancellationToken stop)
    {
        var images = task.Training.Count + task.Validation.Count;
        double[][] Described(IReadOnlyList<Patch> some, int before) =>
            features.Of(
                new PredictionTask(task.Set, some, Progress: done => progress.Described(before + done, images)),
                candidate.Set,
                stop
            );
        var raw = Described(task.Training, 0);
        candidate.Scaling = FeatureScaling.Fit(raw);
        var labels = task.Training.Select(p => p.Label).ToArray();
        var data = new LabeledFeatures([.. raw.Select(candidate.Scaling.Apply)], labels, classes);
        candidate.Classifier = candidate.Settings.Train(data, task.Seed);
        if (task.Validation.Count == 0)
            return;
        var validated = Described(task.Validation, task.Training.Count).Select(candidate.Scaling.Apply).ToArray();
        candidate.Judged = Judge(task.Validation, candidate.Classifier.Probabilities(validated));
    }

    /// <summary>A probability of 0 counts as 1e-6, so that one sure error does not drown all else.</summary>
    private static Judged Judge(IReadOnlyList<Patch> images, IReadOnlyList<double[]> probabilities)
    {
        var mean = new MeanLoss();
        foreach (var (image, p) in images.Zip(probabilities))
        {
            var loss = -Math.Log(Math.Max(p[image.Label], 1e-6));
            mean.Add(new StepLoss(new LossParts(loss, loss, 0), 1));
        }
        return Judged.Of(mean, [.. images.Select(p => p.Label)], probabilities);
    }

    private static void WriteSelection(string path, Candidate[] candidates, Candidate best)
    {
        string[] Fields(Candidate candidate)
        {
            double?[] figures = [candidate.Judged?.Accuracy, candidate.Judged?.Auc, candidate.Judged?.Loss.Total];
            var finite = figures.Select(f => f is { } value && double.IsFinite(value) ? f : null);
            return
            [
                candidate.Set,
                candidate.Settings.Text,
                .. finite.Select(CsvTable.Text),
                candidate == best ? "yes" : "no",
            ];
        }
        CsvTable.Write(
            path,
            ["features", "settings", "accuracy", "auc", "log_loss", "chosen"],
            candidates.Select(Fields)
        );
    }

    private sealed class Candidate(string set, IClassifierSettings settings)
    {
        internal string Set => set;

        internal IClassifierSettings Settings => settings;

        internal FeatureScaling? Scaling { get; set; }

        internal IClassicalClassifier? Classifier { get; set; }

        /// <summary>What validation said; null without validation images.</summary>
        internal Judged? Judged { get; set; }

        /// <summary>By the figure; where it is the same by the smaller loss, and then the earlier one stays.</summary>
        internal bool Beats(Candidate other, BestBy by)
        {
            var (mine, theirs) = (Judged!.Figure(by), other.Judged!.Figure(by));
            return mine > theirs || mine == theirs && Judged.Loss.Total < other.Judged.Loss.Total;
        }
    }
}
