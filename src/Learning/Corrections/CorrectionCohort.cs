using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.Corrections;

/// <summary>
/// The slides that were drawn on and those kept aside as a cohort with its split, which <c>coverslip train</c> takes for any method
/// that trains on outlined slides. A slide on which the positive class was drawn is labeled so; its column <c>exhaustive</c> says
/// no, since what was not drawn is not known. The patients kept aside test.
/// </summary>
internal sealed class CorrectionCohort(Cohort cohort, CorrectionFolder folder, CorrectionSettings settings)
{
    /// <summary>Of the patients drawn on that validate: the first with which every class has one that does.</summary>
    private static readonly double[] ValidationShares = [0.25, 0.34, 0.5];

    /// <summary>Says <c>train</c> or <c>test</c>, as <c>split.column</c> of a recipe takes it.</summary>
    private const string SideColumn = "side";

    private static readonly string[] Columns =
    [
        "image",
        "label",
        "patient",
        CohortSlides.AnnotationColumn,
        CohortSlides.ExhaustiveColumn,
        SideColumn,
    ];

    /// <summary>Writes both.</summary>
    /// <param name="drawn">Slides with regions, and whether the positive class is among them.</param>
    /// <param name="aside">Slides kept aside.</param>
    /// <returns>What was left out and why, in words; and why there is no split, where there is none.</returns>
    internal IReadOnlyList<string> Write(
        IReadOnlyList<(CorrectionSlide Slide, bool Positive)> drawn,
        IReadOnlyList<CorrectionSlide> aside
    )
    {
        var notes = new List<string>();
        var rows = new List<string[]>();
        foreach (var (slide, positive) in drawn)
        {
            if (!positive && slide.Row.Label == settings.Positive)
                notes.Add(
                    $"{slide.Name} is left out of {Path.GetFileName(folder.Cohort)}: it is labeled {slide.Row.Label}, and none is drawn on it"
                );
            else
                rows.Add(Row(slide, positive ? settings.Positive : slide.Row.Label, Own(slide), positive ? "no" : ""));
        }
        foreach (var slide in aside)
            if (slide.Row.Label != settings.Positive || Truth(slide).Length > 0)
                rows.Add(
                    Row(slide, slide.Row.Label, Truth(slide), CohortSlides.IsExhaustive(cohort, slide.Row) ? "" : "no")
                );
        CsvTable.Write(folder.Cohort, [.. Columns, .. HasMpp ? ["mpp"] : Array.Empty<string>()], rows);
        if (WriteSplit() is { } why)
            notes.Add(why);
        return notes;
    }

    private bool HasMpp => cohort.HasFurther("mpp");

    private string[] Row(CorrectionSlide slide, string label, string annotation, string exhaustive) =>
        [
            Relative(cohort.ImagePath(slide.Row)),
            label,
            slide.Row.Patient,
            annotation,
            exhaustive,
            slide.Aside ? "test" : "train",
            .. HasMpp ? [cohort.Further(slide.Row, "mpp") ?? ""] : Array.Empty<string>(),
        ];

    private string Own(CorrectionSlide slide) => Relative(folder.AnnotationsOf(slide.Name));

    private string Truth(CorrectionSlide slide) =>
        CohortSlides.AnnotationOf(cohort, slide.Row) is { } file ? Relative(file) : "";

    private string Relative(string path) =>
        Path.GetRelativePath(Path.GetFullPath(folder.Path), Path.GetFullPath(path)).Replace('\\', '/');

    /// <summary>Why there is none, or what it lacks; null where it is whole.</summary>
    private string? WriteSplit()
    {
        File.Delete(folder.Split);
        var made = Cohort.Load(folder.Cohort);
        var own = made.PatientImages.Count(p => !settings.Aside.Contains(p.Patient));
        if (own < 2 || own == made.PatientImages.Count)
            return $"no split is written: regions are on slides of {own} patients, and training with validation needs two";
        SplitPart[] drawn = [.. ValidationShares.Select(share => ColumnSplits.Draw(made, SideColumn, share, seed: 1))];
        var part = drawn.FirstOrDefault(p => OneSided(made, p).Count == 0) ?? drawn[0];
        new Split(SplitKind.Random, made.Hash, 1, [part]).Save(folder.Split);
        // Normal tissue is drawn on slides with tumor, too.
        return OneSided(made, part).Contains(settings.Positive)
            ? $"no patient of class {settings.Positive} validates, since it is on slides of one patient alone; methods that validate by windows refuse that: draw {settings.Positive} on another patient's slide"
            : null;
    }

    /// <summary>Classes that train and do not validate, or the other way round.</summary>
    private static HashSet<string> OneSided(Cohort made, SplitPart part)
    {
        HashSet<string> Of(IReadOnlyList<string> patients) =>
            [.. made.Rows.Where(r => patients.Contains(r.Patient)).Select(r => r.Label)];
        var classes = Of(part.Train);
        classes.SymmetricExceptWith(Of(part.Validation));
        return classes;
    }
}
