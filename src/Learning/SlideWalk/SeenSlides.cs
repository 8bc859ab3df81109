using Coverslip.Learning.Runs;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// What a run has seen of slides when it was trained. A slide of its cohort is predicted by the parts that did not train on
/// its patient, where there are some.
/// </summary>
/// <param name="seen">Of each file.</param>
/// <param name="all">How many parts the run has.</param>
/// <param name="open">How some parts predict, by their numbers from 1.</param>
public sealed class SeenSlides(
    IReadOnlyDictionary<string, SeenImage> seen,
    int all,
    Func<IReadOnlyList<int>, ISlidePrediction> open
)
{
    private readonly Dictionary<string, ISlidePrediction> opened = new(StringComparer.Ordinal);

    /// <summary>See <see cref="SeenImage.TrainedOn"/>.</summary>
    internal string TrainedOn(string path) => seen[path].TrainedOn;

    /// <summary>How a slide is predicted by some parts; null where all of them do.</summary>
    internal ISlidePrediction? PredictionOf(string path)
    {
        var parts = seen[path].Parts;
        if (parts.Count == all)
            return null;
        var key = string.Join(',', parts);
        return opened.TryGetValue(key, out var known) ? known : opened[key] = open(parts);
    }
}
