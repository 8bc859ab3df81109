using System.Text.RegularExpressions;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>
/// A file name of the BreakHis collection, such as <c>SOB_M_DC-14-2523-400-002.png</c>: procedure, tumor class,
/// subtype, year, slide id, magnification, number (Spanhol et al. 2016, "A dataset for breast cancer histopathological
/// image classification", and the collection's page).
/// </summary>
/// <param name="Label"><c>benign</c> (B) or <c>malignant</c> (M).</param>
/// <param name="Subtype">The tumor's type: A, F, PT, TA, DC, LC, MC or PC.</param>
/// <param name="Year">Two digits.</param>
/// <param name="Slide">The slide id, with its trailing letters: <c>22549AB</c>.</param>
/// <param name="Magnification">40, 100, 200 or 400.</param>
/// <param name="Number">Number of the image within slide and magnification.</param>
public sealed partial record BreakHisName(
    string Label,
    string Subtype,
    string Year,
    string Slide,
    string Magnification,
    string Number
)
{
    /// <summary>
    /// The slide id without trailing letters. Whether 22549AB and 22549CD are one person is not published; taking them
    /// as one cannot put a person on both sides of a split, taking them as two can.
    /// </summary>
    public string CautiousPatient => Slide.TrimEnd([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]);

    /// <summary>Parses a file name with or without extension; null if it is none of BreakHis.</summary>
    public static BreakHisName? Parse(string fileName)
    {
        var match = Pattern().Match(Path.GetFileNameWithoutExtension(fileName));
        if (!match.Success)
            return null;
        string Part(int group) => match.Groups[group].Value;
        return new BreakHisName(Part(1) == "B" ? "benign" : "malignant", Part(2), Part(3), Part(4), Part(5), Part(6));
    }

    [GeneratedRegex(@"^SOB_([BM])_([A-Z]+)-(\d+)-(\d+[A-Z]*)-(\d+)-(\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
