using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// The patches of the first step as a cohort of their own in the run folder, cut once: what the network learns from can be
/// looked at, and a resumed run learns from the same.
/// </summary>
internal static class LesionPatches
{
    /// <summary>The folder of the first step within a run folder.</summary>
    internal const string Folder = "patches";

    private const string SideColumn = "side",
        Lungs = "lungs";
    private const string InsideColumn = "inside";
    private static readonly string[] Columns = [SideColumn, "source", "left", "top", InsideColumn];

    /// <summary>The patches of a part's training and validation patients, cut where they are not there yet.</summary>
    /// <exception cref="InvalidDataException">Boxes that do not fit the cohort or its images; rows are named.</exception>
    /// <exception cref="RecipeException">There is no boxes file, or no training patient has a box.</exception>
    internal static FitTask Of(CurriculumRecipe recipe, FitTask task, string folder)
    {
        var csv = Path.Combine(folder, "cohort.csv");
        if (!File.Exists(csv))
            Write(recipe, task.Set.Cohort, Planned(recipe, task), csv);
        var names = recipe.Findings.Names;
        var cohort = Cohort.Load(csv, CohortChecks.Table).WithFindings(names, []);
        var set = new PatchSet(cohort, recipe.OnPatches().Input, null, new PatchReading { Classes = names });
        Patch[] On(string side) => [.. set.Patches.Where(p => cohort.Further(p.Row, SideColumn) == side)];
        return new FitTask(set, On("train"), On("validation"), task.Seed);
    }

    /// <summary>
    /// A line on images that gave healthy patches and whose lungs were not found, so that these lie anywhere; null where there
    /// are none, or none were cut.
    /// </summary>
    /// <param name="folder">Where patches were cut.</param>
    internal static string? LungNote(string folder)
    {
        var csv = Path.Combine(folder, "cohort.csv");
        if (!File.Exists(csv))
            return null;
        var table = CsvTable.Read(csv);
        if (table.IndexOf(InsideColumn) is not (>= 0 and var inside))
            return null;
        var source = table.Require("source");
        var healthy = table
            .Rows.Where(r => r.Fields[inside].Length > 0)
            .ToLookup(r => r.Fields[inside] == Lungs, r => r.Fields[source]);
        var (found, lost) = (healthy[true].Distinct().Count(), healthy[false].Distinct().Count());
        return lost == 0
            ? null
            : $"in {lost} of {found + lost} images that gave healthy patches no plausible pair of lungs was found, and theirs lie anywhere (column {InsideColumn} of patches/cohort.csv)";
    }

    /// <summary>How many patches would be cut of a part's training patients.</summary>
    /// <inheritdoc cref="Of"/>
    internal static int CountOf(CurriculumRecipe recipe, FitTask task) => Planned(recipe, task)[0].Patches.Length;

    /// <summary>The boxes of a cohort's images.</summary>
    /// <exception cref="RecipeException">There is no boxes file.</exception>
    /// <exception cref="InvalidDataException">Boxes that do not fit the cohort; rows are named.</exception>
    internal static IReadOnlyList<FindingBox> ReadBoxes(CurriculumRecipe recipe, Cohort cohort)
    {
        var file = FileOf(recipe, cohort);
        return File.Exists(file)
            ? BoxesFile.Read(file, cohort)
            : throw new RecipeException(
                $"patches.boxes is '{recipe.Patches.Boxes}'; there is no {file}. Lay a boxes file (image,label,x,y,width,height) beside the cohort, "
                    + "or set patches.epochs: 0 to train on whole images alone"
            );
    }

    private static string FileOf(CurriculumRecipe recipe, Cohort cohort) =>
        Path.Combine(cohort.Folder, recipe.Patches.Boxes);

    private static (string Side, PlannedPatch[] Patches)[] Planned(CurriculumRecipe recipe, FitTask task)
    {
        var cohort = task.Set.Cohort;
        var (file, boxes) = (FileOf(recipe, cohort), ReadBoxes(recipe, cohort));
        var sizes = task.Set.Patches.ToDictionary(p => p.Row.Image, p => p.Source.Size, StringComparer.Ordinal);
        BoxesFile.CheckWithin(file, boxes, image => sizes.TryGetValue(image, out var size) ? size : null);
        LungField? LungsOf(Patch image)
        {
            using var stored = Stored(cohort.ImagePath(image.Row));
            return LungField.Of(stored);
        }
        var plan = new PatchPlan(recipe, boxes.ToLookup(b => b.Image, StringComparer.Ordinal), task.Seed, LungsOf);
        (string Side, PlannedPatch[] Patches)[] sides =
        [
            ("train", plan.Of(task.Training)),
            ("validation", plan.Of(task.Validation)),
        ];
        if (!sides[0].Patches.Any(p => p.Findings.Count > 0))
            throw new RecipeException(
                $"{file} has no box of a training patient, so that there are no patches of lesions; set patches.epochs: 0 to train on whole images alone"
            );
        return sides;
    }

    private static void Write(
        CurriculumRecipe recipe,
        Cohort cohort,
        (string Side, PlannedPatch[] Patches)[] sides,
        string csv
    )
    {
        var folder = Path.GetDirectoryName(csv)!;
        var all = sides.SelectMany(s => s.Patches.Select(p => (s.Side, Patch: p))).ToArray();
        string NameOf(PlannedPatch patch) => $"images/{patch.Source.Row.Number:000000}-{patch.Number:000}.png";
        using var together = FilesTogether.Begin();
        Parallel.ForEach(
            all.GroupBy(p => p.Patch.Source),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            group =>
            {
                using var whole = Whole(cohort.ImagePath(group.Key.Row), recipe);
                foreach (var (_, patch) in group)
                {
                    using var cut = Region(whole, patch.Left, patch.Top, recipe.Patches.Side);
                    ImageFile.Write(Path.Combine(folder, NameOf(patch)), cut);
                }
            }
        );
        FilesTogether.Settle();
        var rows = all.Select(
            (p, i) =>
                new CohortRow(i + 2, NameOf(p.Patch), CohortFile.Join(p.Patch.Findings), p.Patch.Source.Row.Patient)
                {
                    Findings = p.Patch.Findings,
                    Further =
                    [
                        p.Side,
                        p.Patch.Source.Row.Image,
                        $"{p.Patch.Left}",
                        $"{p.Patch.Top}",
                        InsideOf(p.Patch),
                    ],
                }
        );
        CohortFile.Write(csv, [.. rows], Columns);
    }

    private static string InsideOf(PlannedPatch patch) =>
        patch.InLungs switch
        {
            true => Lungs,
            false => "anywhere",
            _ => "",
        };

    /// <summary>The image as the second step sees it, times the patches' scale.</summary>
    private static Image Whole(string path, CurriculumRecipe recipe)
    {
        using var stored = Stored(path);
        var (width, height) = PatchPlan.WholeSize(recipe);
        return Transforms.Resize(stored, width, height, recipe.Input.Interpolation);
    }

    private static Image Stored(string path) =>
        PatchImage.ReadOne(path, new ImageReadOptions { Depth = 8, Channels = 1 });

    private static Image Region(Image whole, int left, int top, int side)
    {
        var cut = new Image(side, side, channels: 1);
        for (var y = 0; y < side; y++)
            whole.Row(top + y).Slice(left, side).CopyTo(cut.WritablePixels[(y * side)..]);
        return cut;
    }
}
