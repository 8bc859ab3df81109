using Coverslip.Learning.Runs;

namespace Coverslip.Learning.SlideWalk;

/// <summary>The parts that may judge a slide, by their numbers from 1.</summary>
/// <param name="Run">Of the run.</param>
/// <param name="First">Of a smaller run that looks first; null where there is none, or nobody knows.</param>
public sealed record JudgingParts(IReadOnlyList<int> Run, IReadOnlyList<int>? First);

/// <summary>
/// What a run has seen of slides when it was trained. A slide of its cohort is predicted by the parts that did not train on
/// its patient, where there are some.
/// </summary>
/// <param name="seen">Of each file.</param>
/// <param name="all">How many parts the run has.</param>
/// <param name="open">How some parts predict.</param>
public sealed class SeenSlides(
    IReadOnlyDictionary<string, SeenImage> seen,
    int all,
    Func<JudgingParts, ISlidePrediction> open
)
{
    private readonly Dictionary<string, ISlidePrediction> opened = new(StringComparer.Ordinal);

    /// <summary>The same of a smaller run that looks first, and how many parts it has; null (default): nobody says.</summary>
    public (IReadOnlyDictionary<string, SeenImage> Seen, int All)? First { get; init; }

    /// <summary>See <see cref="SeenImage.TrainedOn"/>: of the run, or of the first one where that alone was trained on a slide.</summary>
    internal string TrainedOn(string path)
    {
        var (own, other) = (seen[path].TrainedOn, First?.Seen[path].TrainedOn ?? "");
        var first = SeenImage.Note(own) is null && (own.Length == 0 || SeenImage.Note(other) is not null);
        return first ? other : own;
    }

    /// <summary>How a slide is predicted by some parts; null where all of them do.</summary>
    internal ISlidePrediction? PredictionOf(string path)
    {
        var parts = new JudgingParts(seen[path].Parts, First?.Seen[path].Parts);
        if (parts.Run.Count == all && (parts.First is null || parts.First.Count == First!.Value.All))
            return null;
        var key = $"{string.Join(',', parts.Run)}/{string.Join(',', parts.First ?? [])}";
        return opened.TryGetValue(key, out var known) ? known : opened[key] = open(parts);
    }
}
