using Coverslip.Evaluation.Statistics;
using Coverslip.Files;

namespace Coverslip.Evaluation.Metrics;

/// <summary>Which predictions are judged, and how.</summary>
public sealed record RocOptions
{
    /// <summary>The label of a positive, in any spelling; null (default): by meaning (<see cref="ClassMeaning"/>).</summary>
    public string? Positive { get; init; }

    /// <summary>Slides that are left out.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Bootstrap draws, 0 for no intervals. Default 2000.</summary>
    public int Bootstrap { get; init; } = 2000;

    /// <summary>Seed of the bootstrap. Default 1.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>The areas under the ROC and precision-recall curves of a score per slide.</summary>
public sealed record RocEvaluation
{
    /// <summary>Area under the ROC curve, its interval from the bootstrap over patients.</summary>
    public required Estimate Auc { get; init; }

    /// <summary>The same area with the interval of <see cref="Statistics.DeLong"/>.</summary>
    public required Estimate DeLong { get; init; }

    /// <summary>Average precision (PR AUC), its interval from the bootstrap over patients.</summary>
    public required Estimate AveragePrecision { get; init; }

    public required int Slides { get; init; }

    public required int Positives { get; init; }

    public required int Patients { get; init; }

    /// <summary>The positive label as the truth spells it.</summary>
    public required string Positive { get; init; }

    /// <summary>The labels that count as negative, and how many slides have each.</summary>
    public required IReadOnlyDictionary<string, int> Negatives { get; init; }

    /// <summary>The options it was made with.</summary>
    public required RocOptions Options { get; init; }

    /// <summary>Bootstrap draws replaced because a class was missing from them.</summary>
    public required int Redrawn { get; init; }

    /// <summary>Slides to leave out that neither file names.</summary>
    public required IReadOnlyList<string> UnknownExcluded { get; init; }

    /// <summary>Judges predictions against the truth; both must name the same slides.</summary>
    /// <exception cref="InvalidDataException">
    /// A slide without prediction or truth, one without label, labels of one meaning in two spellings, no positive slide, or
    /// none asked for where the labels do not tell.
    /// </exception>
    public static RocEvaluation Of(SlideScores predictions, SlideLabels truth, RocOptions? options = null)
    {
        options ??= new RocOptions();
        var slides = Judged(predictions, truth, options);
        var positive = truth.PositiveOf(options.Positive, slides);
        bool[] positives = [.. slides.Select(s => s.Label == positive)];
        double[] scores = [.. slides.Select(s => predictions.Of(s.Name)!.Value)];
        var numbers = slides.Select(s => s.Patient).Distinct().Index().ToDictionary(p => p.Item, p => p.Index);
        int[] owner = [.. slides.Select(s => numbers[s.Patient])];
        var ranked = new RankedScores(scores, positives, owner);

        double[]? Figures(int[]? weights)
        {
            var areas = ranked.Areas(weights);
            return double.IsNaN(areas.Auc) ? null : [areas.Auc, areas.AveragePrecision];
        }
        var values = Figures(null);
        var draws =
            values is not null && options.Bootstrap > 0 && numbers.Count > 1
                ? PatientBootstrap.Run(numbers.Count, options.Bootstrap, options.Seed, Figures)
                : null;
        var why = numbers.Count > 1 ? "no bootstrap asked for" : "one patient gives no interval";

        int PatientsOf(params bool[] kinds) =>
            kinds.Min(kind => owner.Where((_, i) => positives[i] == kind).Distinct().Count());

        Estimate ToEstimate(int figure)
        {
            if (values is null)
                return Estimate.Undefined("only one class occurs");
            if (draws is null)
                return new Estimate(values[figure], null, null, why);
            return draws.Estimate(figure, values[figure], figure == 0 ? PatientsOf(true, false) : null);
        }
        return new RocEvaluation
        {
            Auc = ToEstimate(0),
            DeLong = Statistics.DeLong.Auc(scores, positives),
            AveragePrecision = ToEstimate(1),
            Slides = slides.Count,
            Positives = positives.Count(p => p),
            Patients = numbers.Count,
            Positive = positive,
            Negatives = slides.Where(s => s.Label != positive).CountBy(s => s.Label).ToDictionary(),
            Options = options,
            Redrawn = draws?.Redrawn ?? 0,
            UnknownExcluded = SlideName.Unknown(
                options.Exclude,
                [.. truth.As(predictions.Names).Select(s => s.Name), .. predictions.Names]
            ),
        };
    }

    private static List<SlideLabel> Judged(SlideScores predictions, SlideLabels truth, RocOptions options)
    {
        var slides = truth.As(predictions.Names).Where(s => !options.Exclude.Lists(s.Name)).ToList();
        if (slides.Find(s => s.Label.Length == 0) is { } bare)
            throw new InvalidDataException($"{truth.Path}: row {bare.Row}: {bare.Name} has no label");
        string[] missing = [.. slides.Select(s => s.Name).Where(n => predictions.Of(n) is null)];
        if (missing.Length > 0)
            throw new InvalidDataException(
                $"{predictions.Path}: no prediction for {missing.Length} slides of {truth.Path}: "
                    + $"{SlideName.Some(missing)}; predict them, or leave them out with --exclude"
            );
        var known = slides.Select(s => s.Name).ToHashSet(SlideName.Comparer);
        string[] unknown = [.. predictions.Names.Where(n => !known.Contains(n) && !options.Exclude.Lists(n))];
        if (unknown.Length > 0)
            throw new InvalidDataException(
                $"{predictions.Path}: {unknown.Length} slides are not in {truth.Path}: {SlideName.Some(unknown)}; add "
                    + "their truth, or leave them out with --exclude"
            );
        return slides;
    }
}
