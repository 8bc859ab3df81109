namespace Coverslip.Learning.Inputs;

/// <summary>Where a classifier's examples come from: image files, or places on slides.</summary>
public interface IExamples
{
    /// <summary>Batches of a training epoch.</summary>
    int Steps { get; }

    /// <summary>Training examples of an epoch.</summary>
    long PerEpoch { get; }

    /// <summary>How often each class comes in training, in any unit; for weights of classes.</summary>
    IReadOnlyList<double> ClassShares { get; }

    /// <summary>The class that is looked for, of two; null, the default, where that is for others to say.</summary>
    int? Positive => null;

    /// <summary>A training epoch; the same epoch is the same batches, whatever was read before.</summary>
    IEnumerable<RawBatch> Epoch(int epoch);

    /// <summary>Classes of the validation examples, in their order; empty where nothing validates.</summary>
    IReadOnlyList<int> ValidationLabels { get; }

    /// <summary>
    /// Share of the training examples that show each finding, where an example may show several; null, the default, with
    /// one class to an example.
    /// </summary>
    IReadOnlyList<double>? FindingShares => null;

    /// <summary>What the validation examples show, in their order; null with one class to an example.</summary>
    IReadOnlyList<IReadOnlyList<bool>>? ValidationFindings => null;

    /// <summary>The validation examples, the same each time.</summary>
    IEnumerable<RawBatch> Validation();
}
