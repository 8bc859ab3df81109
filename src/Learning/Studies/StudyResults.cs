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

    /// <summary>Its form of input as tables name it: a form whose masks leave too few images an area is void.</summary>
    public string InputWords =>
        Facts.Masks is not { IsVoid: true } ? Run.Input
        : Run.Input == StudyRun.OwnInput ? $"{Run.Input} (masked: void)"
        : $"{Run.Input} (void)";

    /// <summary>What its parts are and took.</summary>
    public StudyRowFacts Facts { get; init; } = new();

    /// <summary>Of each part the rate that its validation patients chose; null where none was tried, or not all are finished.</summary>
    public IReadOnlyList<double?> Rates { get; init; } = [];

    /// <summary>Patients that the finished parts test, each once.</summary>
    public int Patients { get; init; }

    /// <summary>Figures over all parts together, with intervals, where the method has its own; null otherwise.</summary>
    public RunFigures? Unseen { get; init; }

    /// <summary>The study's figure and its further ones, part by part.</summary>
    public IReadOnlyList<MeasuredFigure> Measured { get; init; } = [];

    /// <summary>
    /// How this model's figures differ from those of the model that all are tested against; null for that model itself.
    /// </summary>
    public StudyComparison? Comparison { get; init; }

    /// <summary>Both rows' figures of the parts that both have.</summary>
    internal (double Own, double Theirs)[] PairsWith(StudyRow other) =>
        [
            .. Figures
                .Zip(other.Figures)
                .Where(f => f.First is not null && f.Second is not null)
                .Select(f => (f.First!.Value, f.Second!.Value)),
        ];
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

    /// <summary>What computed masks leave of the images; null where no model has any.</summary>
    public string? MaskNote { get; init; }

    /// <summary>What the precision of models that say auto is, and why; null where none does.</summary>
    public string? PrecisionNote { get; init; }

    /// <summary>What the chosen model is worth elsewhere; null where the study asks for no such cohort, or is not finished.</summary>
    public StudyExternal? External { get; init; }

    /// <summary>What was mislabeled on purpose, and how much of it was found; null where nothing was.</summary>
    public string? LabelNote { get; init; }

    /// <summary>Whether the study's own split, which was given to it, divides images.</summary>
    public bool ImageWise { get; init; }

    /// <summary>The rows of all groups, image-wise ones behind the others.</summary>
    public IEnumerable<StudyRow> Rows =>
        Groups.SelectMany(g => g.Rows.Concat(g.Rows.Select(r => r.ImageWise).OfType<StudyRow>()));

    /// <summary>A group's heading.</summary>
    public string HeadingOf(string group) => group.Length == 0 ? Study.Title : $"{Study.DividedBy} {group}";
}

/// <summary>Reads what a study's runs left behind.</summary>
public static class StudyResults
{
    /// <summary>The rows in the study's order.</summary>
    /// <param name="study">The study.</param>
    /// <param name="split">Its split.</param>
    /// <param name="folderOf">The run folder of what is trained.</param>
    /// <param name="imagesOf">Test and training images of a part.</param>
    public static IReadOnlyList<StudyRow> Read(
        StudyRecipe study,
        Split split,
        Func<StudyRun, string> folderOf,
        Func<SplitPart, (int Test, int Train)> imagesOf
    )
    {
        StudyRow Row(StudyRun run) => RowOf(study, run, folderOf, split);
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
        static double[] Differences((double Own, double Theirs)[] pairs) => [.. pairs.Select(p => p.Own - p.Theirs)];
        // Baselines are a family of their own: that they are shown costs the study's own models nothing.
        foreach (var group in rows.Index().GroupBy(r => (r.Item.Run.Input, r.Item.Run.IsBaseline)).ToArray())
        {
            var others = group.Where(r => study.AgainstOf(r.Item.Run) is not null).ToArray();
            var tests = others
                .Select(r => Differences(r.Item.PairsWith(AgainstOf(study, rows, r.Item.Run)!)))
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

    private static StudyRow RowOf(StudyRecipe study, StudyRun run, Func<StudyRun, string> folderOf, Split split)
    {
        var parts = split.Parts.Count;
        RunFolder Part(StudyRun trained, int part) =>
            new(TrainingSession.PartFolder(folderOf(trained), part, parts), make: false);
        var tried = Enumerable
            .Range(0, parts)
            .Select(part => run.Trained.Select(t => Part(t, part)).ToArray())
            .ToArray();
        var chosen = tried.Select(StudyRates.Chosen).ToArray();
        RunFolder?[] folders =
        [
            .. tried
                .Zip(chosen, (of, place) => place is { } known ? of[known] : null)
                .Select(f => f is not null && File.Exists(f.Description) ? f : null),
        ];
        MeasuredFigure Measured(StudyFigure figure) =>
            new(figure, [.. folders.Select(f => f is null ? null : figure.Of(f))]);
        var first = Measured(study.Figure);
        RunFolder[] done = [.. folders.OfType<RunFolder>()];
        return new StudyRow(run, first.Parts)
        {
            Measured = [first, .. study.Further.Select(Measured)],
            Unseen = RunFigures.Read(folderOf(run)),
            Facts = StudyRowFacts.Of(done, [.. tried.Where((_, part) => folders[part] is not null).SelectMany(t => t)]),
            Rates = [.. chosen.Select(place => place is { } known ? run.Trained[known].Rate : null)],
            Patients = folders
                .Zip(split.Parts)
                .Where(p => p.First is not null)
                .SelectMany(p => p.Second.Test)
                .Distinct()
                .Count(),
        };
    }
}
