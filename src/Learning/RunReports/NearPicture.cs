using System.Globalization;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>A training image beside an image that is like it to the model.</summary>
public static class NearPicture
{
    /// <summary>What distances between images are.</summary>
    public const string Meaning =
        "Nearest training cases are those whose features before the last layer point the same way: distance is 1 − cosine, 0 for "
        + "alike, 1 for nothing in common. They show what the model compares an image with, not that it is right.";

    /// <summary>The picture with class, patient and distance.</summary>
    public static CaptionedPicture Of(NearCase near) =>
        new(
            [new Picture(near.Case.Image, $"training image {Path.GetFileName(near.Case.Image)}")],
            [
                new Words(near.Case.Label),
                new Words($"patient {near.Case.Patient}"),
                new Words(string.Create(CultureInfo.InvariantCulture, $"distance {near.Distance:0.000}")),
            ]
        );
}
