using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Learning.Inputs;

/// <summary>
/// Slides of which some regions are outlined and the rest is not known: the label is that of the regions. A method that takes a file
/// as one image would learn the label of everything on it and nothing of the regions.
/// </summary>
internal static class OutlinedInPart
{
    /// <summary>Says <c>no</c> of such a slide.</summary>
    internal const string Column = "exhaustive";

    /// <summary>Whether all tumor of a slide is outlined, so that what is not is normal; so without the column.</summary>
    /// <exception cref="InvalidDataException">A word that is neither yes nor no.</exception>
    internal static bool IsExhaustive(Cohort cohort, CohortRow row) =>
        !cohort.HasFurther(Column)
        || cohort.Further(row, Column)?.ToLowerInvariant() switch
        {
            null or "" or "yes" or "true" or "1" => true,
            "no" or "false" or "0" => false,
            var other => throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {Column} is '{other}'; expected is yes (all tumor of the slide is outlined) or no"
            ),
        };

    /// <summary>Refuses them where files are taken as images.</summary>
    /// <exception cref="InvalidDataException">With the row and the way out.</exception>
    internal static void Refuse(Cohort cohort)
    {
        if (cohort.Rows.FirstOrDefault(row => !IsExhaustive(cohort, row)) is { } row)
            throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {row.Image} is outlined in part ({Column}: no), and this method takes a file as one image: the regions would teach nothing. Write patches of them, 'coverslip patches SLIDES --cohort {cohort.Path} --annotations FOLDER --rule takahama --mpp 1 --side 96 --out index.csv' with the folder of the annotations, and train on index.csv; or take a method that learns from outlined slides, such as tumor-detection"
            );
    }
}
