using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Learning.Features;

/// <summary>Training images, or bags of them, as rows of features, unscaled.</summary>
/// <param name="Rows">[images][features].</param>
/// <param name="Labels">Of each image.</param>
/// <param name="Patients">Of each image.</param>
/// <param name="Classes">Number of classes.</param>
public sealed record PatientRows(double[][] Rows, int[] Labels, string[] Patients, int Classes)
{
    /// <summary>Those at some places.</summary>
    public PatientRows Some(IReadOnlyList<int> which) =>
        new(
            [.. which.Select(i => Rows[i])],
            [.. which.Select(i => Labels[i])],
            [.. which.Select(i => Patients[i])],
            Classes
        );

    /// <summary>The same brought to mean 0 and deviation 1, with the scaling that does it.</summary>
    /// <param name="balanced">Whether each class weighs the same.</param>
    public (FeatureScaling Scaling, WeightedFeatures Task) Scaled(bool balanced)
    {
        var scaling = FeatureScaling.Fit(Rows);
        double[][] scaled = [.. Rows.AsParallel().AsOrdered().Select(scaling.Apply)];
        return (scaling, WeightedFeatures.Of(scaled, Labels, Classes, balanced));
    }
}

/// <summary>What is chosen among.</summary>
/// <param name="Settings">Those that smooth most first; at least one.</param>
/// <param name="Folds">Groups of patients that are left out in turn, at most as many as there are patients.</param>
/// <param name="Seed">Of the groups.</param>
public sealed record SettingChoice(IReadOnlyList<double> Settings, int Folds, long Seed)
{
    /// <summary>Whether the classifiers that had left patients out are kept; by default not.</summary>
    public bool Keep { get; init; }
}

/// <summary>Classifiers of the same images, one to each setting.</summary>
/// <param name="Scaling">Of the images that they learned from.</param>
/// <param name="Classifiers">In the order of the settings.</param>
public sealed record FittedSettings(FeatureScaling Scaling, IReadOnlyList<IFeatureClassifier> Classifiers);

/// <summary>A classifier that had not seen some images' patients.</summary>
/// <param name="Images">Their places.</param>
/// <param name="Scaling">Of the images that it learned from.</param>
/// <param name="Classifier">What it is.</param>
public sealed record LeftOutClassifier(int[] Images, FeatureScaling Scaling, IFeatureClassifier Classifier);

/// <summary>
/// Chooses among settings on training patients alone: each is left out once, with all of its images, and the setting of least
/// log loss on them is taken; where two are the same, the one that smooths more.
/// </summary>
public sealed class LeftOutSelection
{
    private LeftOutSelection(double setting, IReadOnlyList<Candidate> candidates) =>
        (Setting, Candidates) = (setting, candidates);

    private Candidate? Chosen => Candidates.FirstOrDefault(c => c.Setting == Setting);

    /// <summary>The chosen one.</summary>
    public double Setting { get; }

    internal IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Scores [images][classes] of each training image by the probe that had not seen its patient; empty where no
    /// patient could be left out.</summary>
    public double[][] LeftOut => Chosen?.Scores ?? [];

    /// <summary>The classifiers that said so, where they were kept.</summary>
    public IReadOnlyList<LeftOutClassifier> Classifiers => Chosen?.Classifiers ?? [];

    /// <summary>Chooses.</summary>
    /// <param name="images">Of the training patients.</param>
    /// <param name="choice">What to choose from, and how.</param>
    /// <param name="fit">Classifiers that learn from images at some places, one to each setting.</param>
    /// <param name="stop">Asked between folds.</param>
    public static LeftOutSelection Of(
        PatientRows images,
        SettingChoice choice,
        Func<IReadOnlyList<int>, IReadOnlyList<double>, FittedSettings> fit,
        CancellationToken stop
    )
    {
        var settings = choice.Settings;
        var folds = Folds(images, choice.Folds, choice.Seed);
        if (folds.Count < 2)
            return new LeftOutSelection(settings[settings.Count / 2], []);
        var scores = settings.ToDictionary(s => s, _ => new double[images.Rows.Length][]);
        var kept = settings.ToDictionary(s => s, _ => new List<LeftOutClassifier>());
        foreach (var fold in folds)
        {
            stop.ThrowIfCancellationRequested();
            int[] rest = [.. Enumerable.Range(0, images.Rows.Length).Except(fold)];
            var (scaling, fitted) = fit(rest, settings);
            double[][] held = [.. fold.Select(i => scaling.Apply(images.Rows[i]))];
            foreach (var (setting, classifier) in settings.Zip(fitted))
            {
                if (choice.Keep)
                    kept[setting].Add(new LeftOutClassifier(fold, scaling, classifier));
                foreach (var (place, said) in classifier.Scores(held).Index())
                    scores[setting][fold[place]] = said;
            }
        }
        Candidate[] candidates =
        [
            .. settings.Select(s => new Candidate(
                s,
                scores[s],
                Temperature.LogLoss(scores[s], images.Labels),
                images.Labels
            )
            {
                Classifiers = kept[s],
            }),
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
        internal required IReadOnlyList<LeftOutClassifier> Classifiers { get; init; }

        internal double? Auc =>
            Scores[0].Length == 2 && Labels.Distinct().Count() == 2
                ? RankedScores.Auc([.. Scores.Select(s => s[1] - s[0])], [.. Labels.Select(l => l == 1)])
                : null;

        internal double Accuracy =>
            Scores.Zip(Labels).Count(s => Array.IndexOf(s.First, s.First.Max()) == s.Second) / (double)Labels.Length;
    }
}
