using Coverslip.Evaluation.Statistics;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Of test slides' lesions of each size the share that is found (<see cref="FoundLesions"/>): <c>lesions_found_itc</c>,
/// <c>_micro</c>, <c>_macro</c>, with 95 % intervals by drawing patients. Patches called by chance find lesions too: beside
/// them stands what they cost, the tumor points.
/// </summary>
internal static class LesionEstimates
{
    private const int Draws = 1000;
    private static readonly LesionSize[] Sizes = Enum.GetValues<LesionSize>();

    /// <summary>In the order of their size.</summary>
    internal static readonly string[] Keys = [.. Sizes.Select(s => $"lesions_found_{Word(s)}")];

    internal static IEnumerable<(string Key, Estimate Figure)> Of(IReadOnlyList<PredictedSlide> slides) =>
        Sizes.Select((size, i) => (Keys[i], Of(slides, size)));

    internal static IEnumerable<(string Key, int Count)> Counts(IReadOnlyList<PredictedSlide> slides) =>
        Sizes.Select(size => ($"lesions_{Word(size)}", slides.Sum(s => s.Lesions.Count(l => l.Size == size))));

    private static Estimate Of(IReadOnlyList<PredictedSlide> slides, LesionSize size)
    {
        // Patients without such a lesion say nothing of it.
        (int All, int Found)[] patients =
        [
            .. slides
                .GroupBy(s => s.Patient, s => s.Lesions.Where(l => l.Size == size))
                .Select(g => g.SelectMany(l => l).ToArray())
                .Where(own => own.Length > 0)
                .Select(own => (own.Length, own.Count(l => l.Found))),
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
