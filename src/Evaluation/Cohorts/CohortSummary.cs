namespace Coverslip.Evaluation.Cohorts;

/// <summary>A cohort in figures.</summary>
/// <param name="Images">Rows of the file.</param>
/// <param name="Patients">Different patients.</param>
/// <param name="Classes">Per class or finding: its name, its images, the patients that have any of it.</param>
/// <param name="PatientsWithSeveralClasses">
/// Patients with images of more than one class, usual where patches and not patients are labeled.
/// </param>
/// <param name="SmallestPatient">Images of the patient who has fewest.</param>
/// <param name="LargestPatient">Images of the patient who has most.</param>
public sealed record CohortSummary(
    int Images,
    int Patients,
    IReadOnlyList<ClassCount> Classes,
    int PatientsWithSeveralClasses,
    int SmallestPatient,
    int LargestPatient
)
{
    /// <summary>Images that show no finding; null in a cohort of one class to an image.</summary>
    public int? Healthy { get; init; }
}

/// <summary>How often a class occurs.</summary>
public sealed record ClassCount(string Class, int Images, int Patients);
