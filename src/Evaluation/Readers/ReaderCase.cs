namespace Coverslip.Evaluation.Readers;

/// <summary>A case that readers judge, with its truth.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Patient">Whose it is; cases of one patient are drawn together.</param>
/// <param name="Truth">Its class.</param>
/// <param name="Positive">Whether that class is the one looked for.</param>
/// <param name="Lesions">How many lesions there are to find; 0 where none is known.</param>
public sealed record ReaderCase(string Name, string Patient, string Truth, bool Positive, int Lesions = 0);

/// <summary>What a reader says of a case.</summary>
/// <param name="Class">The class that was named.</param>
/// <param name="Positive">Whether it is the one looked for.</param>
/// <param name="Confidence">1 (a guess) to 5 (sure).</param>
public sealed record Verdict(string Class, bool Positive, int Confidence)
{
    /// <summary>
    /// Class and confidence on one scale, −5 (surely not) to 5 (surely positive): what a ROC curve is drawn from.
    /// </summary>
    public int Rating => Positive ? Confidence : -Confidence;

    /// <summary>The highest rating of a mark on each lesion, null where none is; as many as the case has lesions.</summary>
    public IReadOnlyList<double?> Found { get; init; } = [];

    /// <summary>The highest rating of a mark outside every lesion; null without such a mark.</summary>
    public double? FalseMark { get; init; }

    /// <summary>How long it took; null where that is not known.</summary>
    public double? Seconds { get; init; }

    /// <summary>Of these, how long the reader was at it, pauses left out; null where that is not known.</summary>
    public double? ActiveSeconds { get; init; }
}

/// <summary>The two verdicts of a reader on a case: before the machine's view was shown, and with it.</summary>
public sealed record Reading(Verdict Before, Verdict After);
