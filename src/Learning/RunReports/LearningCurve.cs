namespace Coverslip.Learning.RunReports;

/// <summary>How a run learned: its validation losses by epoch, and what came before.</summary>
/// <param name="Name">The run folder's name.</param>
/// <param name="Losses">Validation loss after each epoch.</param>
/// <param name="Training">Training loss of each epoch.</param>
/// <param name="Seconds">Time until the end of each epoch, without the first step.</param>
/// <param name="First">Epochs and seconds of a first step on patches; null without one.</param>
public sealed record LearningCurve(
    string Name,
    IReadOnlyList<double> Losses,
    IReadOnlyList<double> Training,
    IReadOnlyList<double> Seconds,
    (int Epochs, double Seconds)? First
)
{
    /// <summary>Validation accuracy after each epoch; null where none was taken.</summary>
    public IReadOnlyList<double>? Accuracy { get; init; }

    /// <summary>Validation AUC after each epoch, NaN where it was not defined; null where it never was.</summary>
    public IReadOnlyList<double>? Auc { get; init; }

    /// <summary>The epoch with the least loss, from 0.</summary>
    public int Best => Losses.Index().MinBy(l => l.Item).Index;

    /// <summary>Epochs until the loss is at most <paramref name="loss"/>; null where it never is.</summary>
    public int? EpochsTo(double loss) =>
        Losses.Index().Where(l => l.Item <= loss).Select(l => (int?)(l.Index + 1)).FirstOrDefault();

    /// <summary>Reads a run folder of one part, or a part.</summary>
    /// <exception cref="FileNotFoundException">It has no metrics.csv.</exception>
    /// <exception cref="InvalidDataException">It was trained without validation patients.</exception>
    public static LearningCurve Read(string folder)
    {
        var file = Path.Combine(folder, "metrics.csv");
        if (!File.Exists(file))
            throw new FileNotFoundException(
                Directory.Exists(Path.Combine(folder, "part-1"))
                    ? $"{folder} is a run of several parts; name one of them, such as {Path.Combine(folder, "part-1")}"
                    : $"{folder} is no run folder: it has no metrics.csv"
            );
        var epochs = EpochTable.Read(file);
        if (epochs["validation_loss"] is not { } losses)
            throw new InvalidDataException($"{file} has no validation losses: the run had no validation patients");
        var patches = Path.Combine(folder, "patches", "metrics.csv");
        (int, double)? first = null;
        if (File.Exists(patches))
        {
            var before = EpochTable.Read(patches);
            first = (before.Count, before["seconds"]![^1]);
        }
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (name.StartsWith("part-", StringComparison.Ordinal))
            name = $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(folder)))} {name}";
        return new LearningCurve(name, losses, epochs["train_loss"]!, epochs["seconds"]!, first)
        {
            Accuracy = epochs["validation_accuracy"],
            Auc = epochs["validation_auc"],
        };
    }
}
