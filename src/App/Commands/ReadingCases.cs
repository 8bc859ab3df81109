using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary>What readers are given: cases with their truth, and the model that has seen them.</summary>
/// <param name="Cases">As in the cohort.</param>
/// <param name="Model">The model, by a hash.</param>
/// <param name="Classes">What a reader may call a case.</param>
/// <param name="Positive">The class that is looked for.</param>
internal sealed record ReadingCases(
    IReadOnlyList<ReadingCase> Cases,
    string Model,
    IReadOnlyList<string> Classes,
    string Positive
)
{
    /// <summary>Slides, each of one class.</summary>
    internal static ReadingCases OfSlides(Cohort cohort, string predictions, string? positive)
    {
        if (cohort.Rows.FirstOrDefault(r => !SlideFile.IsSlide(cohort.ImagePath(r))) is { } odd)
            throw new InvalidDataException(
                $"{cohort.Path}: row {odd.Number}: {odd.Image} is no slide; give a cohort of patches or radiographs with --images, or leave it out"
            );
        if (cohort.MultiLabel)
            throw new InvalidDataException(
                $"{cohort.Path} has a list of findings to an image (column labels); a reader names one class (column label)"
            );
        CohortSlides.CheckNames(cohort.Rows);
        SeenTable.Warn(SlideSummary.ScoresIn(predictions));
        ReadingCase[] cases = [.. cohort.Rows.Select(row => SlideOf(cohort, row, predictions))];
        CheckDistinct(cohort, cases);
        return new ReadingCases(
            cases,
            ModelOf(predictions, cases),
            cohort.Classes,
            PositiveOf(cohort.Path, cohort.Classes, positive)
        );
    }

    /// <summary>Patches or radiographs, each of one class; of findings one is looked for, which an image shows or does not.</summary>
    /// <param name="cohort">The images.</param>
    /// <param name="predictions">The folder that <c>predict</c> wrote.</param>
    /// <param name="asked">The class that is looked for and the file of its boxes; null where not given.</param>
    internal static ReadingCases OfPictures(Cohort cohort, string predictions, (string? Positive, string? Boxes) asked)
    {
        if (cohort.Rows.FirstOrDefault(r => SlideFile.IsSlide(cohort.ImagePath(r))) is { } odd)
            throw new InvalidDataException(
                $"{cohort.Path}: row {odd.Number}: {odd.Image} is a slide; give slides with --slides, or leave it out"
            );
        if (cohort.MultiLabel && asked.Positive is null)
            throw new InvalidDataException(
                $"{cohort.Path} has a list of findings to an image (column labels), and readers look for one: say which of {string.Join(", ", cohort.Classes)} with --positive"
            );
        var all = cohort.MultiLabel ? cohort.Classes : null;
        if (all?.Contains(asked.Positive!) == false)
            throw new InvalidDataException(NoLabel(cohort.Path, all, asked.Positive!));
        string[] classes = all is null ? [.. cohort.Classes] : [$"no {asked.Positive}", asked.Positive!];
        var positive = PositiveOf(cohort.Path, classes, asked.Positive);
        var boxes = asked.Boxes is { } file ? (BoxesFile.Read(file, cohort), FileContents.ReadWhole(file)) : default;
        var contents = new FileContents();
        ReadingCase[] cases =
        [
            .. cohort.Rows.Select(row => new ReadingCase(
                row.Image,
                cohort.ImagePath(row),
                CaseContents.Of(cohort.ImagePath(row), contents),
                row.Patient,
                all is null ? row.Label
                    : row.Shows(positive) ? positive
                    : classes[0]
            )
            {
                Machine = "",
                // An image that is said to show it, and of which no box tells where, has lesions that are not known.
                Annotation =
                    boxes.Item1?.Any(b => b.Image == row.Image && b.Label == positive) == true ? boxes.Item2 : null,
            }),
        ];
        CheckDistinct(cohort, cases);
        var machine = PictureMachine.Of(predictions, positive, cases);
        if (machine.SeenNote is { } seen)
            Console.Error.WriteLine($"warning: {seen}");
        return new ReadingCases(
            [.. cases.Select(c => c with { Machine = machine.ContentsOf(c) })],
            machine.Model,
            classes,
            positive
        );
    }

    private static ReadingCase SlideOf(Cohort cohort, CohortRow row, string predictions)
    {
        var file = cohort.FilePath(row);
        using (SlideFile.Open(file)) { } // says which is damaged
        _ = MachineView.Read(predictions, file); // says which was not predicted
        return new ReadingCase(row.Image, file, cohort.ContentOf(row), row.Patient, row.Label)
        {
            Machine = MachineView.ContentsOf(predictions, file),
            Annotation = CohortSlides.AnnotationOf(cohort, row) is { } annotation
                ? FileContents.ReadWhole(annotation)
                : null,
        };
    }

    private static void CheckDistinct(Cohort cohort, ReadingCase[] cases)
    {
        if (cases.GroupBy(c => c.Contents).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InvalidDataException(
                $"{cohort.Path}: {string.Join(" and ", twice.Select(c => c.Image))} are the same, to the last byte; keep one"
            );
    }

    private static string ModelOf(string predictions, ReadingCase[] cases)
    {
        var models = cases.Select(c => (c.Image, Model: MachineView.ModelOf(predictions, c.File))).ToList();
        return models.FirstOrDefault(m => m.Model != models[0].Model) is { Model: not null } other
            ? throw new InvalidDataException(
                $"{predictions}: {models[0].Image} and {other.Image} were predicted by different models; predict all with one"
            )
            : models[0].Model;
    }

    private static string PositiveOf(string path, IReadOnlyList<string> classes, string? asked)
    {
        if (classes.Count < 2)
            throw new InvalidDataException(
                $"{path}: every case is labeled {classes[0]}; a reader needs two classes to choose from"
            );
        if (asked is not null && !classes.Contains(asked))
            throw new InvalidDataException(NoLabel(path, classes, asked));
        return asked
            ?? ClassMeaning.PositiveOf(classes)
            ?? throw new InvalidDataException(
                $"{path}: which of {string.Join(", ", classes)} is looked for? say it with --positive"
            );
    }

    private static string NoLabel(string path, IReadOnlyList<string> classes, string asked) =>
        $"--positive {asked} is no label of {path}; it has {string.Join(", ", classes)}";
}
