namespace Coverslip.Evaluation.Cohorts;

/// <summary>Where folders of images say class and patient: by default <c>class/patient/image</c>.</summary>
public sealed record FolderReading
{
    /// <summary>
    /// A regular expression on the path below the folder, with forward slashes; the patient is its group <c>patient</c>, or its
    /// first group. Null: the second folder level.
    /// </summary>
    public string? PatientPattern { get; init; }

    /// <summary>Whether patients come first: <c>patient/class/image</c>; false by default.</summary>
    public bool PatientFirst { get; init; }

    /// <summary>Whether no patient has two images, which nobody but their owner knows; false by default.</summary>
    public bool ImageIsPatient { get; init; }
}
