namespace Coverslip.Evaluation.Cohorts;

/// <summary>One image of a cohort.</summary>
/// <param name="Number">The row in the CSV file as an editor counts lines; the header is row 1.</param>
/// <param name="Image">Path as written in the file, with forward slashes, relative to the file's folder.</param>
/// <param name="Label">The class of the image.</param>
/// <param name="Patient">Whose image it is. Patients, not images, are divided between the parts of a split.</param>
public sealed record CohortRow(int Number, string Image, string Label, string Patient)
{
    /// <summary>
    /// What the image shows, of a cohort in which an image may show several things or nothing, in ordinal order; null in
    /// a cohort of one class to an image. <see cref="Label"/> is then the same as text.
    /// </summary>
    public IReadOnlyList<string>? Findings { get; init; }

    /// <summary>Path of the mask, relative as <see cref="Image"/>; null where there is none.</summary>
    public string? Mask { get; init; }

    /// <summary>A free grouping such as the hospital or the scanner; null where there is none.</summary>
    public string? Group { get; init; }

    /// <summary>Whether the image is of a class, or shows a finding.</summary>
    public bool Shows(string name) => Findings?.Contains(name) ?? Label == name;

    /// <summary>The further columns, in the order of <see cref="Cohort.FurtherColumns"/>.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];
}

/// <summary>How many images of each class a patient has.</summary>
/// <param name="Patient">The patient.</param>
/// <param name="PerClass">Images per class, in the order of <see cref="Cohort.Classes"/>. In a cohort of findings an image
/// counts for each that it shows; images that show none are counted after the last.</param>
public sealed record PatientImages(string Patient, IReadOnlyList<int> PerClass)
{
    /// <summary>All images of the patient.</summary>
    public int Total { get; init; } = PerClass.Sum();

    /// <summary>The class most of the images have; on a tie the first of them.</summary>
    public int MainClass => PerClass.Index().MaxBy(c => c.Item).Index;

    /// <summary>Images per class of several patients together.</summary>
    public static int[] Sum(IEnumerable<PatientImages> patients, int classes)
    {
        var sum = new int[classes];
        foreach (var patient in patients)
            for (var c = 0; c < classes; c++)
                sum[c] += patient.PerClass[c];
        return sum;
    }
}
