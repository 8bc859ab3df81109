using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>Images that a study is run on as a whole, with the folder of what comes out.</summary>
/// <param name="Name">The value of the study's column; empty where all images are studied together.</param>
/// <param name="Cohort">The images.</param>
/// <param name="Folder">Where everything goes.</param>
internal sealed record StudyGroup(string Name, Cohort Cohort, StudyFolder Folder);

/// <summary>Takes from a cohort what a study asks for: a sample of the images, or the groups of a column.</summary>
internal static class StudyCohorts
{
    /// <summary>
    /// A sample: patients in random order give one image each, drawn at random, again and again until there are enough,
    /// so that every patient stays and none dominates. The cohort itself where it is no larger.
    /// </summary>
    /// <param name="cohort">All images.</param>
    /// <param name="images">How many are wanted; 0: all.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="folder">Where the sample's cohort file is written.</param>
    internal static Cohort Sampled(Cohort cohort, int images, long seed, string folder)
    {
        if (images == 0 || images >= cohort.Rows.Count)
            return cohort;
        var random = new SeededRandom(seed);
        CohortRow[][] patients =
        [
            .. cohort
                .Rows.GroupBy(r => r.Patient)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.OrderBy(r => r.Image, StringComparer.Ordinal).ToArray()),
        ];
        random.Shuffle(patients.AsSpan());
        foreach (var own in patients)
            random.Shuffle(own.AsSpan());
        var chosen = Enumerable
            .Range(0, patients.Max(p => p.Length))
            .SelectMany(turn => patients.Where(p => p.Length > turn).Select(p => p[turn]))
            .Take(images)
            .Select(r => r.Number)
            .ToHashSet();
        return Part(cohort, r => chosen.Contains(r.Number), folder);
    }

    /// <summary>The groups in the order of their values, numbers by size; one without a name where nothing is grouped.</summary>
    /// <exception cref="RecipeException">An image has no value in the column.</exception>
    internal static IReadOnlyList<StudyGroup> Groups(Cohort cohort, StudyRecipe study, StudyFolder folder)
    {
        if (study.TrainPatients.Count > 0)
            return [.. study.TrainPatients.Select(n => $"{n}").Select(n => new StudyGroup(n, cohort, folder.Group(n)))];
        var column = cohort.FurtherIndex(study.By);
        var known = column >= 0 || (study.By == "group" && cohort.Rows.Any(r => r.Group is not null));
        if (study.By.Length > 0 && !known)
            Console.Error.WriteLine($"{cohort.Path} has no column '{study.By}': all images are studied together");
        if (!known)
            return [new StudyGroup("", cohort, folder)];
        string Of(CohortRow row) => column < 0 ? row.Group ?? "" : row.Further[column];
        if (cohort.Rows.FirstOrDefault(r => Of(r).Length == 0) is { } empty)
            throw new RecipeException(
                $"by is '{study.By}'; row {empty.Number} ({empty.Image}) of {cohort.Path} has none"
            );
        var names = SafeName.Distinct(cohort.Rows.Select(Of).Distinct(), $"by: {study.By} of {cohort.Path}");
        return
        [
            .. names
                .Keys.OrderBy(value => value.Length)
                .ThenBy(value => value, StringComparer.Ordinal)
                .Select(value => (Value: value, Folder: folder.Group(names[value])))
                .Select(g => new StudyGroup(g.Value, Part(cohort, r => Of(r) == g.Value, g.Folder.Path), g.Folder)),
        ];
    }

    /// <summary>
    /// The split of a group: the same patients on the same sides as in the whole cohort; drawn for the group alone where
    /// that leaves it nobody to train or to test on, as in samples in which few patients have images of every group.
    /// </summary>
    internal static Split PartOf(StudyRecipe study, StudyGroup group, Split whole)
    {
        if (study.TrainPatients.Count > 0)
            return FewerPatients.Of(
                whole,
                int.Parse(group.Name, CultureInfo.InvariantCulture),
                group.Cohort.PatientImages,
                study.Split.ValidationShare
            );
        var split = whole.Within(group.Cohort);
        if (split.Parts.All(p => p.Train.Count > 0 && p.Test.Count > 0))
            return split;
        Console.Error.WriteLine(
            $"{study.By} {group.Name}: the cohort's split leaves a side without images here; one is drawn for this group alone"
        );
        return study.Split.Draw(group.Cohort, study.Seed);
    }

    /// <summary>
    /// The study's split, drawn on the whole cohort or given, then kept; groups get the same division of patients.
    /// </summary>
    internal static Split SplitOf(string? file, StudyRecipe study, Cohort cohort, StudyFolder folder)
    {
        using var claim = folder.Await("split", default);
        var given = file is null ? null : Split.Load(file, cohort);
        if (!File.Exists(folder.Split))
            (given ?? study.Split.Draw(cohort, study.Seed)).Save(folder.Split);
        var split = Split.Load(folder.Split, cohort);
        return given is null || given.SameParts(split)
            ? split
            : throw new IOException(
                $"{folder.Path} was begun with another split than {file} (its copy is {folder.Split}); go on without --split, or choose another --out"
            );
    }

    /// <summary>A further column's field for a cohort file in another folder: annotations are files.</summary>
    private static string Moved(Cohort cohort, int column, string field) =>
        column == cohort.FurtherIndex(CohortSlides.AnnotationColumn) && field.Length > 0
            ? Path.GetFullPath(Path.Combine(cohort.Folder, field))
            : field;

    private static Cohort Part(Cohort cohort, Func<CohortRow, bool> chosen, string folder)
    {
        var file = Path.Combine(folder, "cohort.csv");
        Directory.CreateDirectory(folder);
        CohortFile.Write(
            file,
            [
                .. cohort
                    .Rows.Where(chosen)
                    .Select(r =>
                        r with
                        {
                            Image = cohort.ImagePath(r),
                            Mask = cohort.MaskPath(r),
                            Further = [.. r.Further.Select((field, i) => Moved(cohort, i, field))],
                        }
                    ),
            ],
            cohort.FurtherColumns
        );
        return Cohort.Load(file);
    }
}
