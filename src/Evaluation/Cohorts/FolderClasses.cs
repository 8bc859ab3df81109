namespace Coverslip.Evaluation.Cohorts;

/// <summary>Folders that a reader would take for classes, and are none.</summary>
internal static class FolderClasses
{
    private const int ManyClasses = 10;

    private static readonly HashSet<string> Sides = new(StringComparer.OrdinalIgnoreCase)
    {
        "train",
        "training",
        "test",
        "testing",
        "val",
        "valid",
        "validation",
        "dev",
        "holdout",
    };

    /// <summary>Refuses sides of a split as classes, and patients as classes.</summary>
    /// <param name="folder">The folder, for the message.</param>
    /// <param name="places">Of each image the folders below it and its name.</param>
    /// <param name="how">How they are read.</param>
    /// <exception cref="InvalidDataException">The folders are no classes.</exception>
    public static void Check(string folder, IEnumerable<string[]> places, FolderReading how)
    {
        var levels = places.ToList();
        var first = levels.Select(p => p[0]).ToHashSet(StringComparer.Ordinal);
        if (first.All(Sides.Contains))
            throw new InvalidDataException(
                $"{folder}: its folders are {string.Join(", ", first.Order(StringComparer.Ordinal))}, sides of a split and no classes. Nobody "
                    + "knows whether it keeps patients apart: move the images of all of them into folders by class, and let 'split' or "
                    + $"'train' divide them by patient; or give one of the folders, such as {Path.Combine(folder, first.First())}"
            );
        if (how.PatientFirst || how.PatientPattern is not null || levels.Any(p => p.Length < 3))
            return;
        var second = levels.Select(p => p[1]).ToHashSet(StringComparer.Ordinal);
        // Patients of several classes stand in several folders; classes that have a folder in most patients are too many for chance.
        if (first.Count > ManyClasses && second.Count < first.Count / 2)
            throw new InvalidDataException(
                $"{folder}: {first.Count} folders with {second.Count} names below them ({string.Join(", ", second.Order(StringComparer.Ordinal).Take(3))} …) "
                    + "look like patients with classes in them, not classes with patients; read them by 'coverslip cohort' with --layout patients"
            );
    }
}
