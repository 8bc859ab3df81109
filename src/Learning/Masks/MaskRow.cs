namespace Coverslip.Learning.Masks;

/// <summary>One image's line in <c>masks.csv</c>.</summary>
/// <param name="Image">As the cohort or the command line names it.</param>
/// <param name="Labels">Labels left.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="ShareValid">Valid pixels as a share of the image.</param>
/// <param name="Seconds">Wall-clock time for the image.</param>
public sealed record MaskRow(string Image, int Labels, int Steps, double ShareValid, double Seconds)
{
    /// <summary>What removed the areas that are not valid, with figures.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Every label's area with its figures and verdict, as <c>areas.csv</c> has them.</summary>
    public IReadOnlyList<Area> Areas { get; init; } = [];

    /// <summary>
    /// Hashes of what the mask was made of: the picture's file, the segmentation's options, the rules. Empty where it is not
    /// known.
    /// </summary>
    internal (string Picture, string Segmentation, string Rules) MadeOf { get; init; } = ("", "", "");
}
