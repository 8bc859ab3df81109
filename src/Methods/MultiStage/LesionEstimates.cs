using Coverslip.Evaluation.Statistics;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Of test slides' lesions of each size the share that is found: <c>lesions_found_itc</c>, <c>_micro</c>, <c>_macro</c> by
/// patches called at a half, and <c>lesions_found_itc_at_8</c> and so on by patches called from where 8 normal ones a slide
/// are, on average over the test slides, which costs every model the same. 95 % intervals by drawing patients, the
/// probability from which patches are called left as it is.
/// </summary>
internal static class LesionEstimates
{
    private const int Draws = 1000;
    private const int FalsePatches = 8;
    private static readonly LesionSize[] Sizes = Enum.GetValues<LesionSize>();

    /// <summary>At a half first, each from the smallest size on.</summary>
    internal static readonly string[] Keys =
    [
        .. Sizes.Select(s => $"lesions_found_{Word(s)}"),
        .. Sizes.Select(s => $"lesions_found_{Word(s)}_at_{FalsePatches}"),
    ];

    /// <summary>How many lesions of each size there are, the smallest first.</summary>
    internal static readonly string[] CountKeys = [.. Sizes.Select(size => $"lesions_{Word(size)}")];

    /// <summary>The count of the lesions that a figure is a share of, by its place among <see cref="Keys"/>.</summary>
    internal static string CountOf(int figure) => CountKeys[figure % Sizes.Length];

    internal static IEnumerable<(string Key, Estimate Figure)> Of(IReadOnlyList<PredictedSlide> slides)
    {
        var above = AboveAtMost(FalsePatches, slides);
        Estimate[] figures =
        [
            .. Sizes.Select(size => Of(slides, size, lesion => lesion.Found)),
            .. Sizes.Select(size => Of(slides, size, lesion => lesion.Probability > above)),
        ];
        return Keys.Zip(figures);
    }

    internal static IEnumerable<(string Key, int Count)> Counts(IReadOnlyList<PredictedSlide> slides) =>
        Sizes.Select((size, i) => (CountKeys[i], slides.Sum(s => s.Lesions.Count(l => l.Size == size))));

    /// <summary>The least probability above which at most so many normal patches a slide are; 0 where there are no more.</summary>
    private static double AboveAtMost(int perSlide, IReadOnlyList<PredictedSlide> slides)
    {
        var normal = slides.SelectMany(s => s.Patches).Where(p => p.Patch.Label == 0).Select(p => p.Probability);
        return normal.OrderDescending().Skip(perSlide * slides.Count).FirstOrDefault();
    }

    private static Estimate Of(IReadOnlyList<PredictedSlide> slides, LesionSize size, Func<JudgedLesion, bool> found)
    {
        // Patients without such a lesion say nothing of it.
        (int All, int Found)[] patients =
        [
            .. slides
                .GroupBy(s => s.Patient, s => s.Lesions.Where(l => l.Size == size))
                .Select(g => g.SelectMany(l => l).ToArray())
                .Where(own => own.Length > 0)
                .Select(own => (own.Length, own.Count(found))),
        ];
        if (patients.Length == 0)
            return Estimate.Undefined($"no test slide has an outlined lesion of this size ({Word(size)})");
        var value = Share(_ => 1);
        return patients.Length == 1
            ? new Estimate(value, null, null, "one patient")
            : PatientBootstrap
                .Run(patients.Length, Draws, seed: 1, weights => [Share(i => weights[i])])
                .Estimate(0, value, patients.Length);

        double Share(Func<int, int> weight) =>
            patients.Select((p, i) => (double)p.Found * weight(i)).Sum()
            / patients.Select((p, i) => (double)p.All * weight(i)).Sum();
    }

    private static string Word(LesionSize size) => $"{size}".ToLowerInvariant();
}
