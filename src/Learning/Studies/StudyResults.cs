using Coverslip.Evaluation.Splits;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Studies;

/// <summary>One line of a study's table.</summary>
/// <param name="Run">Model and input.</param>
/// <param name="Figures">The study's figure on the test images of each part; null where the part is not finished or has
/// no such figure.</param>
public sealed record StudyRow(StudyRun Run, IReadOnlyList<double?> Figures)
{
    /// <summary>The parts that have a figure.</summary>
    public IReadOnlyList<double> Known => [.. Figures.OfType<double>()];

    public double? Mean => Known.Count == 0 ? null : Known.Average();

    /// <summary>Standard deviation over the parts, with n − 1; null below two parts.</summary>
    public double? Deviation =>
        Known.Count < 2 ? null : Math.Sqrt(Known.Sum(v => Math.Pow(v - Mean!.Value, 2)) / (Known.Count - 1));

    /// <summary>
    /// The same on the parts of the image-wise split, which flatter; null where the study has none. It is not tested.
    /// </summary>
    public StudyRow? ImageWise { get; init; }

    /// <summary>Numbers in weights; null before a part is finished.</summary>
    public long? Parameters { get; init; }

    /// <summary>Seconds of training per epoch, validation included, on average over the parts.</summary>
    public double? SecondsPerEpoch { get; init; }

    /// <summary>Largest resident memory of a part's process in MiB.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>Figures over all parts together, with intervals, where the method has its own; null otherwise.</summary>
    public RunFigures? Unseen { get; init; }

    /// <summary>The study's figure and its further ones, part by part.</summary>
    public IReadOnlyList<MeasuredFigure> Measured { get; init; } = [];

    /// <summary>
    /// How this model's figures differ from those of the model that all are tested against; null for that model itself.
    /// </summary>
    public StudyComparison? Comparison { get; init; }
}

/// <summary>
/// Two-sided p-values of paired tests over the parts that both models finished, each also after Holm's correction over
/// the models of an input.
/// </summary>
/// <param name="Difference">Mean difference, this model minus the other.</param>
/// <param name="T">Paired t-test.</param>
/// <param name="CorrectedT">The same after Nadeau &amp; Bengio (2003), for parts that share patients.</param>
/// <param name="Wilcoxon">Wilcoxon's signed-rank test.</param>
public sealed record StudyComparison(double? Difference, PValue T, PValue CorrectedT, PValue Wilcoxon);

/// <summary>A p-value and what Holm's correction makes of it; null where the test says nothing.</summary>
public readonly record struct PValue(double? Value, double? Holm);

/// <summary>What a study found.</summary>
/// <param name="Study">The study.</param>
/// <param name="Groups">The rows of each group; one group without a name where all images are studied together.</param>
public sealed record StudyOutcome(StudyRecipe Study, IReadOnlyList<(string Name, IReadOnlyList<StudyRow> Rows)> Groups)
{
    /// <summary>What pre-trained means in it; null where nothing was.</summary>
    public string? PretrainedOn { get; init; }

    /// <summary>Whether the study's own split, which was given to it, divides images.</summary>
    public bool ImageWise { get; init; }

    /// <summary>The rows of all groups, image-wise ones behind the others.</summary>
    public IEnumerable<StudyRow> Rows =>
        Groups.SelectMany(g => g.Rows.Concat(g.Rows.Select(r => r.ImageWise).OfType<StudyRow>()));

    /// <summary>A group's heading.</summary>
    public string HeadingOf(string group) => group.Length == 0 ? Study.Title : $"{Study.By} {group}";
}

/// <summary>Reads what a study's runs left behind.</summary>
public static class StudyResults
{
    /// <summary>The rows in the study's order.</summary>
    /// <param name="study">The study.</param>
    /// <param name="split">Its split.</param>
    /// <param name="folderOf">The run folder of a run.</param>
    /// <param name="imagesOf">Test and training images of a part.</param>
    public static IReadOnlyList<StudyRow> Read(
        StudyRecipe study,
        Split split,
        Func<StudyRun, string> folderOf,
        Func<SplitPart, (int Test, int Train)> imagesOf
    )
    {
        var parts = split.Parts.Count;
        StudyRow Row(StudyRun run) => RowOf(study, run, folderOf(run), parts);
        var rows = study
            .Runs.Select(run =>
                Row(run) with
                {
                    ImageWise = study.ImageWise ? Row(run with { ImageWise = true }) : null,
                }
            )
            .ToArray();
        // A part that has nobody to train or to test on has no figures either.
        var share = split
            .Parts.Select(imagesOf)
            .Where(n => n is { Test: > 0, Train: > 0 })
            .Select(n => (double)n.Test / n.Train)
            .DefaultIfEmpty(1)
            .Average();
        foreach (var group in rows.Index().GroupBy(r => r.Item.Run.Input).ToArray())
        {
            var others = group.Where(r => study.AgainstOf(r.Item.Run) is not null).ToArray();
            var tests = others
                .Select(r => Differences(r.Item, AgainstOf(study, rows, r.Item.Run)!))
                .Select(d =>
                    (
                        Difference: d.Length == 0 ? null : (double?)d.Average(),
                        T: PairedTests.TTest(d),
                        Corrected: PairedTests.CorrectedTTest(d, share),
                        Wilcoxon: PairedTests.Wilcoxon(d)
                    )
                )
                .ToArray();
            double?[] Holm(Func<(double? Difference, double? T, double? Corrected, double? Wilcoxon), double?> of) =>
                PairedTests.Holm([.. tests.Select(of)]);
            var (t, corrected, wilcoxon) = (Holm(x => x.T), Holm(x => x.Corrected), Holm(x => x.Wilcoxon));
            foreach (var (i, (index, row)) in others.Index())
                rows[index] = row with
                {
                    Comparison = new StudyComparison(
                        tests[i].Difference,
                        new PValue(tests[i].T, t[i]),
                        new PValue(tests[i].Corrected, corrected[i]),
                        new PValue(tests[i].Wilcoxon, wilcoxon[i])
                    ),
                };
        }
        return rows;
    }

    /// <summary>
    /// The row that a run is tested against; null for none. A model that the study has in one form only (an ablation) is
    /// tested against the other's only form.
    /// </summary>
    internal static StudyRow? AgainstOf(StudyRecipe study, IReadOnlyList<StudyRow> rows, StudyRun run) =>
        study.AgainstOf(run) is not { } model
            ? null
            : rows.FirstOrDefault(r => r.Run.Model == model && r.Run.Input == run.Input)
                ?? rows.First(r => r.Run.Model == model);

    private static double[] Differences(StudyRow mine, StudyRow theirs) =>
        [
            .. mine
                .Figures.Zip(theirs.Figures)
                .Where(f => f.First is not null && f.Second is not null)
                .Select(f => f.First!.Value - f.Second!.Value),
        ];

    private static StudyRow RowOf(StudyRecipe study, StudyRun run, string folder, int parts)
    {
        var folders = Enumerable
            .Range(0, parts)
            .Select(p => new RunFolder(TrainingSession.PartFolder(folder, p, parts), make: false))
            .ToArray();
        var done = folders
            .Where(f => File.Exists(f.Description))
            .Select(f => RunDescription.Read(f.Description))
            .ToArray();
        MeasuredFigure Measured(StudyFigure figure) =>
            new(figure, [.. folders.Select(f => File.Exists(f.Description) ? figure.Of(f) : null)]);
        var first = Measured(study.Figure);
        return new StudyRow(run, first.Parts)
        {
            Measured = [first, .. study.Further.Select(Measured)],
            Unseen = RunFigures.Read(folder),
            Parameters = done.FirstOrDefault()?.Parameters,
            SecondsPerEpoch = done.Length == 0 ? null : done.Average(d => d.TrainingSeconds / Math.Max(d.Epochs, 1)),
            PeakMemory = done.Length == 0 ? null : done.Max(d => d.PeakMemory),
        };
    }
}
