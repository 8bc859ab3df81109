namespace Coverslip.Evaluation.Readers;

/// <summary>Readers, cases with their truth, and what each reader said of each, before and with the machine's view.</summary>
public sealed class ReaderStudy
{
    /// <exception cref="InvalidDataException">No reader or case, or readings that do not fit them.</exception>
    public ReaderStudy(
        IReadOnlyList<string> readers,
        IReadOnlyList<ReaderCase> cases,
        IReadOnlyList<IReadOnlyList<Reading?>> readings
    )
    {
        if (readers.Count == 0 || cases.Count == 0)
            throw new InvalidDataException(
                $"{readers.Count} readers and {cases.Count} cases; a study needs one of each"
            );
        if (readings.Count != readers.Count || readings.Any(r => r.Count != cases.Count))
            throw new InvalidDataException($"readings must be of {readers.Count} readers and {cases.Count} cases each");
        foreach (var reader in readings)
        foreach (var (i, reading) in reader.Index())
        foreach (var verdict in reading is null ? [] : new[] { reading.Before, reading.After })
            Check(cases[i], verdict);
        (Readers, Cases, Readings) = (readers, cases, readings);
    }

    public IReadOnlyList<string> Readers { get; }

    public IReadOnlyList<ReaderCase> Cases { get; }

    /// <summary>[readers][cases]; null where a case was not read to its end.</summary>
    public IReadOnlyList<IReadOnlyList<Reading?>> Readings { get; }

    /// <summary>Whether every reader read every case.</summary>
    public bool IsComplete => Readings.All(r => r.All(x => x is not null));

    private static void Check(ReaderCase of, Verdict verdict)
    {
        if (verdict.Confidence is < 1 or > 5)
            throw new InvalidDataException($"{of.Name}: confidence {verdict.Confidence}; it is 1 to 5");
        if (verdict.Found.Count != of.Lesions)
            throw new InvalidDataException(
                $"{of.Name}: marks of {verdict.Found.Count} lesions, and the case has {of.Lesions}"
            );
    }
}
