using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Detection;

/// <summary>How detections are judged.</summary>
public sealed record FrocOptions
{
    /// <summary>Which false positives count. Default those of all slides.</summary>
    public FrocSlides Counted { get; init; } = FrocSlides.All;

    /// <summary>Bootstrap draws, 0 for no intervals. Default 2000.</summary>
    public int Bootstrap { get; init; } = 2000;

    /// <summary>Seed of the bootstrap. Default 1.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>The FROC score of detections with its interval over patients.</summary>
public sealed record FrocEvaluation
{
    /// <summary>The mean of <see cref="Sensitivities"/>.</summary>
    public required Estimate Score { get; init; }

    /// <summary>The score of as many detections at random places, and where 95 % of such draws lie.</summary>
    public required Estimate Chance { get; init; }

    /// <summary>The mean sensitivity of such draws at each of <see cref="Froc.Rates"/>; empty where there is no score.</summary>
    public required IReadOnlyList<double> ChanceSensitivities { get; init; }

    /// <summary>The sensitivity at each of <see cref="Froc.Rates"/>.</summary>
    public required IReadOnlyList<Estimate> Sensitivities { get; init; }

    /// <summary>The curve, from the lowest threshold to (0, 0); see <see cref="Froc.Curve"/>.</summary>
    public required IReadOnlyList<FrocPoint> Curve { get; init; }

    /// <summary>Slides judged.</summary>
    public required IReadOnlyList<FrocSlide> Slides { get; init; }

    /// <summary>Patients judged.</summary>
    public required int Patients { get; init; }

    /// <summary>The options it was made with.</summary>
    public required FrocOptions Options { get; init; }

    /// <summary>Bootstrap draws replaced because they had no lesion, or no slide to count false positives on.</summary>
    public required int Redrawn { get; init; }

    /// <summary>Lesions to be found, isolated tumor cells left out.</summary>
    public int Lesions => Slides.Sum(s => s.Lesions.Count - s.Isolated);

    /// <summary>Judges slides.</summary>
    /// <exception cref="ArgumentException">See <see cref="Froc"/>.</exception>
    /// <exception cref="InvalidDataException">Lesions in so few of many patients that no draw has one.</exception>
    public static FrocEvaluation Of(IReadOnlyList<FrocSlide> slides, FrocOptions? options = null)
    {
        options ??= new FrocOptions();
        var froc = new Froc(slides, options.Counted);
        var values = WithMean(froc.Sensitivities());
        var draws =
            values is not null && options.Bootstrap > 0 && froc.Patients > 1
                ? PatientBootstrap.Run(
                    froc.Patients,
                    options.Bootstrap,
                    options.Seed,
                    weights => WithMean(froc.Sensitivities(weights))
                )
                : null;
        var why = froc.Patients > 1 ? "no bootstrap asked for" : "one patient gives no interval";
        var figures = Enumerable.Range(0, Froc.Rates.Count + 1).Select(ToEstimate).ToArray();
        var chance = FrocChance.Of(slides, options);
        return new FrocEvaluation
        {
            Score = figures[^1],
            Chance = chance.Score,
            ChanceSensitivities = chance.Sensitivities,
            Curve = froc.Curve(),
            Sensitivities = figures[..^1],
            Slides = slides,
            Patients = froc.Patients,
            Options = options,
            Redrawn = draws?.Redrawn ?? 0,
        };

        Estimate ToEstimate(int figure)
        {
            if (values is null)
                return Estimate.Undefined("no lesion larger than isolated tumor cells, or no slide that counts");
            if (draws is null)
                return new Estimate(values[figure], null, null, why);
            return draws.Estimate(figure, values[figure], froc.PatientsWithLesions);
        }
    }

    private static double[]? WithMean(double[]? sensitivities) =>
        sensitivities is null ? null : [.. sensitivities, sensitivities.Average()];
}
