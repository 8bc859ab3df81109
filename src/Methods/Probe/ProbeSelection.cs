using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Methods.Probe;

/// <summary>Training images of a part as a probe sees them, unscaled.</summary>
/// <param name="Rows">[images][features].</param>
/// <param name="Labels">Of each image.</param>
/// <param name="Patients">Of each image.</param>
/// <param name="Classes">Number of classes.</param>
internal sealed record ProbeImages(double[][] Rows, int[] Labels, string[] Patients, int Classes)
{
    internal ProbeImages Some(IReadOnlyList<int> which) =>
        new(
            [.. which.Select(i => Rows[i])],
            [.. which.Select(i => Labels[i])],
            [.. which.Select(i => Patients[i])],
            Classes
        );
}

/// <summary>
/// Chooses among settings on training patients alone: each is left out once, with all of its images, and the setting of least
/// log loss on them is taken; where two are the same, the one that smooths more.
/// </summary>
internal sealed class ProbeSelection
{
    private ProbeSelection(double setting, IReadOnlyList<Candidate> candidates) =>
        (Setting, Candidates) = (setting, candidates);

    private Candidate? Chosen => Candidates.FirstOrDefault(c => c.Setting == Setting);

    /// <summary>The chosen one.</summary>
    internal double Setting { get; }

    internal IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Scores [images][classes] of each training image by the probe that had not seen its patient; empty where no
    /// patient could be left out.</summary>
    internal double[][] LeftOut => Chosen?.Scores ?? [];

    /// <summary>The probes that said so, where they were kept.</summary>
    internal IReadOnlyList<LeftOutProbe> LeftOutProbes => Chosen?.Probes ?? [];

    /// <summary>Chooses.</summary>
    /// <param name="fitting">Of the images of training patients.</param>
    /// <param name="keep">Whether <see cref="LeftOutProbes"/> are kept.</param>
    /// <param name="stop">Stops between folds.</param>
    internal static ProbeSelection Of(ProbeFitting fitting, bool keep, CancellationToken stop)
    {
        var (images, settings) = (fitting.Images, fitting.Options.Settings);
        var folds = Folds(images, fitting.Options.Folds, fitting.Seed);
        if (folds.Count < 2)
            return new ProbeSelection(settings[settings.Count / 2], []);
        var scores = settings.ToDictionary(s => s, _ => new double[images.Rows.Length][]);
        var probes = settings.ToDictionary(s => s, _ => new List<LeftOutProbe>());
        foreach (var fold in folds)
        {
            stop.ThrowIfCancellationRequested();
            int[] rest = [.. Enumerable.Range(0, images.Rows.Length).Except(fold)];
            var (scaling, fitted) = fitting.Fit(rest, settings);
            double[][] held = [.. fold.Select(i => scaling.Apply(images.Rows[i]))];
            foreach (var (setting, probe) in settings.Zip(fitted))
            {
                if (keep)
                    probes[setting].Add(new LeftOutProbe(fold, scaling, probe));
                foreach (var (place, said) in probe.Scores(held).Index())
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
                Probes = probes[s],
            }),
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
        internal required IReadOnlyList<LeftOutProbe> Probes { get; init; }

        internal double? Auc =>
            Scores[0].Length == 2 && Labels.Distinct().Count() == 2
                ? RankedScores.Auc([.. Scores.Select(s => s[1] - s[0])], [.. Labels.Select(l => l == 1)])
                : null;

        internal double Accuracy =>
            Scores.Zip(Labels).Count(s => Array.IndexOf(s.First, s.First.Max()) == s.Second) / (double)Labels.Length;
    }
}
