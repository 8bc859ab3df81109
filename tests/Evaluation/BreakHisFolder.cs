using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Tests;

/// <summary>
/// A small BreakHis, laid out as distributed: one image of each magnification of eight slides. The files are no pictures.
/// </summary>
internal sealed class BreakHisFolder : IDisposable
{
    public static readonly (string Class, string Type, string Subtype, string Slide)[] Slides =
    [
        ("benign", "adenosis", "A", "22549AB"),
        ("benign", "adenosis", "A", "22549CD"),
        ("benign", "fibroadenoma", "F", "9133"),
        ("benign", "phyllodes_tumor", "PT", "29315EF"),
        ("malignant", "ductal_carcinoma", "DC", "17901"),
        ("malignant", "ductal_carcinoma", "DC", "13412"),
        ("malignant", "lobular_carcinoma", "LC", "13412"),
        ("malignant", "mucinous_carcinoma", "MC", "10147"),
    ];

    private readonly TemporaryFolder folder = new();

    public BreakHisFolder()
    {
        foreach (var slide in Slides)
        foreach (var magnification in BreakHisCounts.Magnifications)
            folder.Write(Where(slide, magnification), $"{slide} at {magnification}");
    }

    public string Path => folder.Path;

    public void Dispose() => folder.Dispose();

    /// <summary>The cohort file's cohort, images checked.</summary>
    public Cohort Cohort(bool keepLetters, string? magnification = null)
    {
        var found = FolderLayout.BreakHis(Path, Path, keepLetters, magnification);
        var table = System.IO.Path.Combine(Path, "cohort.csv");
        CohortFile.Write(table, found.Rows, found.FurtherColumns);
        return Evaluation.Cohorts.Cohort.Load(table);
    }

    /// <summary>A fold file of all images; those of the slides for which <paramref name="tests"/> holds test.</summary>
    public string Fold(int number, Predicate<int> tests)
    {
        var lines =
            from slide in Slides.Index()
            from magnification in BreakHisCounts.Magnifications
            let name = System.IO.Path.GetFileName(Where(slide.Item, magnification))
            select $"{name}|{magnification}|{number}|{(tests(slide.Index) ? "test" : "train")}";
        return folder.Write($"dsfold{number}.txt", string.Join('\n', lines) + "\n");
    }

    private static string Where((string Class, string Type, string Subtype, string Slide) slide, string magnification)
    {
        var letter = slide.Class == "benign" ? "B" : "M";
        var at =
            $"BreaKHis_v1/histology_slides/breast/{slide.Class}/SOB/{slide.Type}/SOB_{letter}_{slide.Subtype}_14-{slide.Slide}";
        return $"{at}/{magnification}X/SOB_{letter}_{slide.Subtype}-14-{slide.Slide}-{magnification}-001.png";
    }
}
