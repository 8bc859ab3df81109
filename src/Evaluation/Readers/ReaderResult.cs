using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Readers;

/// <summary>A figure before the machine's view, with it, and what it gained.</summary>
public sealed record FigureChange(Estimate Before, Estimate After, Estimate Gain);

/// <summary>What a reader did, or all of them on average.</summary>
/// <param name="Reader">Null for all.</param>
/// <param name="Cases">How many were read to their end; of all readers together.</param>
/// <param name="Figures">
/// Of a reader with intervals over patients, of all the mean over readers with intervals over readers and patients.
/// </param>
public sealed record ReaderResult(string? Reader, int Cases, IReadOnlyDictionary<ReaderFigure, FigureChange> Figures)
{
    /// <summary>Verdicts that were wrong before, and right with the machine's view.</summary>
    public required int Helped { get; init; }

    /// <summary>Verdicts that were right before, and wrong with the machine's view.</summary>
    public required int Harmed { get; init; }

    /// <summary>The share of cases helped less the share harmed.</summary>
    public Estimate NetHelped => Figures[ReaderFigure.Accuracy].Gain;
}
