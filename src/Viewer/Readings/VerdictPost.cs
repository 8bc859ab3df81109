using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coverslip.Viewer.Readings;

/// <summary>A mark on the slide.</summary>
/// <param name="X">Pixels from the left at level 0.</param>
/// <param name="Y">Pixels from the top at level 0.</param>
/// <param name="Confidence">1 (a guess) to 5 (sure) that there is a lesion.</param>
public sealed record Mark(double X, double Y, int Confidence);

/// <summary>A verdict as the page sends it, and as it is kept.</summary>
/// <param name="Class">What the reader calls the case.</param>
/// <param name="Confidence">1 (a guess) to 5 (sure).</param>
/// <param name="Marks">Where lesions are.</param>
/// <param name="Comment">Free text.</param>
public sealed record VerdictPost(string Class, int Confidence, IReadOnlyList<Mark>? Marks, string? Comment)
{
    /// <summary>
    /// Seconds for which the reader was at the page, which is seen and where somebody moved within the last minute, as the page
    /// counts them; null where it does not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ActiveSeconds { get; init; }

    /// <summary>Whether nobody said so: a verdict of a simulated study.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Simulated { get; init; }

    private const int MostMarks = 1000;
    private const int LongestComment = 4000;
    private const double Furthest = 1e7;

    internal static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>A verdict of a row.</summary>
    public static VerdictPost Of(ActionRow row) => JsonSerializer.Deserialize<VerdictPost>(row.Payload, Web)!;

    internal string ToJson() => JsonSerializer.Serialize(this, Web);

    /// <exception cref="ArgumentException">Something that no page sends.</exception>
    internal void Check(ReadingStudy study)
    {
        if (!study.Classes.Contains(Class))
            throw new ArgumentException($"'{Class}' is no class of this study: {string.Join(", ", study.Classes)}");
        if (Confidence is < 1 or > 5)
            throw new ArgumentException($"the confidence is {Confidence}; it is 1 to 5");
        if (Marks?.Count > MostMarks)
            throw new ArgumentException($"{Marks.Count} marks; {MostMarks} at most");
        foreach (var (i, mark) in (Marks ?? []).Index())
            if (mark is null)
                throw new ArgumentException($"mark {i + 1} is none; each has x, y and confidence");
            else if (mark is not { X: >= 0 and < Furthest, Y: >= 0 and < Furthest, Confidence: >= 1 and <= 5 })
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"mark {i + 1} is at {mark.X}, {mark.Y} with confidence {mark.Confidence}; a mark lies on the slide, and its confidence is 1 to 5"
                    )
                );
        if (Simulated)
            throw new ArgumentException("a reader's verdict is not simulated");
        if (ActiveSeconds is < 0 or > Furthest)
            throw new ArgumentException($"{ActiveSeconds} seconds are no time that a reader takes");
        if (Comment?.Length > LongestComment)
            throw new ArgumentException($"the comment has {Comment.Length} letters; {LongestComment} at most");
    }
}
