using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Features;

namespace Coverslip.Methods.Probe;

/// <summary>Training images of a part as a probe sees them, unscaled.</summary>
/// <param name="Rows">[images][features].</param>
/// <param name="Labels">Of each image.</param>
/// <param name="Patients">Of each image.</param>
/// <param name="Classes">Number of classes.</param>
internal sealed record ProbeImages(double[][] Rows, int[] Labels, string[] Patients, int Classes);

/// <summary>
/// Chooses among settings on training patients alone: each is left out once, with all of its images, and the setting of least
/// log loss on them is taken; where two are the same, the one that smooths more.
/// </summary>
internal sealed class ProbeSelection
{
    private ProbeSelection(double setting, IReadOnlyList<Candidate> candidates) =>
        (Setting, Candidates) = (setting, candidates);

    /// <summary>The chosen one.</summary>
    internal double Setting { get; }

    internal IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Scores [images][classes] of each training image by the probe that had not seen its patient; empty where no
    /// patient could be left out.</summary>
    internal double[][] LeftOut => Candidates.FirstOrDefault(c => c.Setting == Setting)?.Scores ?? [];

    /// <summary>Chooses.</summary>
    internal static ProbeSelection Of(ProbeImages images, ProbeOptions options, long seed, CancellationToken stop)
    {
        var settings = options.Settings;
        var folds = Folds(images, options.Folds, seed);
        if (folds.Count < 2)
            return new ProbeSelection(settings[settings.Count / 2], []);
        var scores = settings.ToDictionary(s => s, _ => new double[images.Rows.Length][]);
        foreach (var fold in folds)
        {
            int[] rest = [.. Enumerable.Range(0, images.Rows.Length).Except(fold)];
            using var path = ProbePath.Of(images, rest, options, seed);
            double[][] held = [.. fold.Select(i => path.Scaling.Apply(images.Rows[i]))];
            foreach (var setting in settings)
            {
                stop.ThrowIfCancellationRequested();
                var fitted = path.Fit(setting).Scores(held);
                foreach (var (place, image) in fold.Index())
                    scores[setting][image] = fitted[place];
            }
        }
        Candidate[] candidates =
        [
            .. settings.Select(s => new Candidate(
                s,
                scores[s],
                Temperature.LogLoss(scores[s], images.Labels),
                images.Labels
            )),
        ];
        return new ProbeSelection(candidates.MinBy(c => c.LogLoss)!.Setting, candidates);
    }

    /// <summary>What each setting said of left-out patients.</summary>
    internal void Write(string path, string temperature) =>
        CsvTable.Write(
            path,
            ["setting", "log_loss", "auc", "accuracy", "chosen", "temperature"],
            Candidates.Count == 0
                ?
                [
                    [Text(Setting), "", "", "", "yes", temperature],
                ]
                : Candidates.Select(c =>
                    (string[])
                        [
                            Text(c.Setting),
                            CsvTable.Text(c.LogLoss),
                            CsvTable.Text(c.Auc),
                            CsvTable.Text(c.Accuracy),
                            c.Setting == Setting ? "yes" : "no",
                            c.Setting == Setting ? temperature : "",
                        ]
                )
        );

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>
    /// Folds of images by patient: patients of the same most frequent class are dealt out in turn, so that folds resemble each
    /// other. A fold whose rest lacks a class is not used.
    /// </summary>
    private static List<int[]> Folds(ProbeImages images, int most, long seed)
    {
        var patients = images
            .Patients.Index()
            .GroupBy(p => p.Item, p => p.Index)
            .Select(g => (Images: g.ToArray(), Class: g.CountBy(i => images.Labels[i]).MaxBy(c => c.Value).Key))
            .ToArray();
        var random = new SeededRandom(seed, 7);
        random.Shuffle(patients.AsSpan());
        return
        [
            .. patients
                .OrderBy(p => p.Class)
                .Index()
                .GroupBy(p => p.Index % Math.Min(most, patients.Length), p => p.Item.Images)
                .Select(fold => fold.SelectMany(i => i).Order().ToArray()),
        ];
    }

    /// <summary>A setting, and the scores of left-out images.</summary>
    internal sealed record Candidate(double Setting, double[][] Scores, double LogLoss, int[] Labels)
    {
        internal double? Auc =>
            Scores[0].Length == 2 && Labels.Distinct().Count() == 2
                ? RankedScores.Auc([.. Scores.Select(s => s[1] - s[0])], [.. Labels.Select(l => l == 1)])
                : null;

        internal double Accuracy =>
            Scores.Zip(Labels).Count(s => Array.IndexOf(s.First, s.First.Max()) == s.Second) / (double)Labels.Length;
    }
}

/// <summary>Probes of one set of images, setting after setting: the next begins where the one before ended.</summary>
internal sealed class ProbePath : IDisposable
{
    private readonly ProbeTask task;
    private readonly ProbeOptions options;
    private readonly long seed;
    private LogisticFit? regression;

    private ProbePath(ProbeTask task, FeatureScaling scaling, ProbeOptions options, long seed) =>
        (this.task, Scaling, this.options, this.seed) = (task, scaling, options, seed);

    /// <summary>Of the images that the probes learn from.</summary>
    internal FeatureScaling Scaling { get; }

    internal static ProbePath Of(ProbeImages images, int[] which, ProbeOptions options, long seed)
    {
        double[][] rows = [.. which.Select(i => images.Rows[i])];
        var scaling = FeatureScaling.Fit(rows);
        var task = ProbeTask.Of(
            [.. rows.Select(scaling.Apply)],
            [.. which.Select(i => images.Labels[i])],
            images.Classes,
            options.Balanced
        );
        return new ProbePath(task, scaling, options, seed);
    }

    internal IProbe Fit(double setting) =>
        options.Kind switch
        {
            ProbeKind.Logistic => (regression ??= new LogisticFit(task)).Fit(setting),
            ProbeKind.Neighbors => NearestNeighbors.Fit(task, (int)setting),
            ProbeKind.Prototypes => ClassPrototypes.Fit(task),
            _ => HiddenLayer.Fit(task, setting, options.Hidden, seed),
        };

    public void Dispose() => regression?.Dispose();
}
