using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Learning.Features;

/// <summary>Training images, or bags of them, as rows of features, unscaled.</summary>
/// <param name="Rows">[images][features].</param>
/// <param name="Labels">Of each image.</param>
/// <param name="Patients">Of each image.</param>
/// <param name="Classes">Number of classes.</param>
public sealed record PatientRows(double[][] Rows, int[] Labels, string[] Patients, int Classes);

/// <summary>What is chosen among.</summary>
/// <param name="Settings">Those that smooth most first; at least one.</param>
/// <param name="Folds">Groups of patients that are left out in turn, at most as many as there are patients.</param>
/// <param name="Seed">Of the groups.</param>
public sealed record SettingChoice(IReadOnlyList<double> Settings, int Folds, long Seed);

/// <summary>Classifiers of one set of images, setting after setting: the next may begin where the one before ended.</summary>
public interface IFittingPath : IDisposable
{
    /// <summary>Of the images that the classifiers learn from.</summary>
    FeatureScaling Scaling { get; }

    /// <summary>The classifier of a setting.</summary>
    IFeatureClassifier Fit(double setting);
}

/// <summary>
/// Chooses among settings on training patients alone: each is left out once, with all of its images, and the setting of least
/// log loss on them is taken; where two are the same, the one that smooths more.
/// </summary>
public sealed class LeftOutSelection
{
    private LeftOutSelection(double setting, IReadOnlyList<Candidate> candidates) =>
        (Setting, Candidates) = (setting, candidates);

    /// <summary>The chosen one.</summary>
    public double Setting { get; }

    internal IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Scores [images][classes] of each training image by the probe that had not seen its patient; empty where no
    /// patient could be left out.</summary>
    public double[][] LeftOut => Candidates.FirstOrDefault(c => c.Setting == Setting)?.Scores ?? [];

    /// <summary>Chooses.</summary>
    /// <param name="images">Of the training patients.</param>
    /// <param name="choice">What to choose from, and how.</param>
    /// <param name="pathOf">Classifiers that learn from some of the images.</param>
    /// <param name="stop">Asked between classifiers.</param>
    public static LeftOutSelection Of(
        PatientRows images,
        SettingChoice choice,
        Func<int[], IFittingPath> pathOf,
        CancellationToken stop
    )
    {
        var settings = choice.Settings;
        var folds = Folds(images, choice.Folds, choice.Seed);
        if (folds.Count < 2)
            return new LeftOutSelection(settings[settings.Count / 2], []);
        var scores = settings.ToDictionary(s => s, _ => new double[images.Rows.Length][]);
        foreach (var fold in folds)
        {
            int[] rest = [.. Enumerable.Range(0, images.Rows.Length).Except(fold)];
            using var path = pathOf(rest);
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
        return new LeftOutSelection(candidates.MinBy(c => c.LogLoss)!.Setting, candidates);
    }

    /// <summary>What each setting said of left-out patients.</summary>
    public void Write(string path, string temperature) =>
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
    private static List<int[]> Folds(PatientRows images, int most, long seed)
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
