using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Slides.Formats;

namespace Coverslip.Methods.Bags;

/// <summary>What the rows of a cohort are.</summary>
internal enum RowKind
{
    /// <summary>Image files, or patches of slides.</summary>
    Image,

    /// <summary>Whole slides.</summary>
    Slide,

    /// <summary>Files of slides' features.</summary>
    Features,
}

/// <summary>Files that bags are made of.</summary>
internal static class BagFiles
{
    private static readonly string[] Endings = [".h5", ".npz"];

    /// <summary>Whether a file holds features of a slide, by its name.</summary>
    internal static bool IsFeatures(string path) =>
        Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="InvalidDataException">Rows of several kinds.</exception>
    internal static RowKind KindOf(Cohort cohort)
    {
        var kinds = cohort.Rows.Select(r => (Row: r, Kind: KindOf(cohort, r))).DistinctBy(r => r.Kind).ToArray();
        return kinds is [var single]
            ? single.Kind
            : throw new InvalidDataException(
                $"{cohort.Path} mixes {string.Join(" and ", kinds.Select(k => $"{Name(k.Kind)}, such as {k.Row.Image}"))}; bags are made of one kind: make a cohort of each"
            );
    }

    /// <summary>A slide's file in a folder of features.</summary>
    /// <exception cref="FileNotFoundException">It has none.</exception>
    internal static string InFolder(string folder, CohortRow row)
    {
        var name = Path.GetFileNameWithoutExtension(row.Image);
        return Endings.Select(e => Path.Combine(folder, name + e)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"{folder} has no features of {row.Image} ({name}.h5 or {name}.npz); 'coverslip features ENCODER SLIDE --out {folder}' makes them"
            );
    }

    /// <summary>The files of a folder of features, or the one that is named; none of what is not there.</summary>
    internal static IReadOnlyList<string> In(string place) =>
        File.Exists(place) ? [Path.GetFullPath(place)]
        : Directory.Exists(place)
            ?
            [
                .. Directory
                    .EnumerateFiles(place)
                    .Where(IsFeatures)
                    .Select(Path.GetFullPath)
                    .Order(StringComparer.Ordinal),
            ]
        : [];

    /// <summary>Refuses bags that hold one image each.</summary>
    /// <exception cref="InvalidDataException">They do.</exception>
    internal static void CheckSeveral(BagsRecipe recipe, Cohort cohort)
    {
        if (Bag.Groups(cohort, cohort.Rows, recipe.Bags.Of).All(g => g.Count() == 1))
            throw new InvalidDataException(
                recipe.Bags.Of == BagOf.Slide
                    ? $"{cohort.Path} names image files, of which each would be a bag of its own; set bags.of: patient to put a patient's images together, or train method: probe on single images"
                    : $"{cohort.Path} has one image to each patient, and a bag is several; train method: probe on single images"
            );
    }

    private static RowKind KindOf(Cohort cohort, CohortRow row) =>
        IsFeatures(row.Image) ? RowKind.Features
        : SlidePlace.Of(row.Image) is null && SlideFile.IsSlide(cohort.ImagePath(row)) ? RowKind.Slide
        : RowKind.Image;

    private static string Name(RowKind kind) =>
        kind switch
        {
            RowKind.Slide => "whole slides",
            RowKind.Features => "files of features",
            _ => "images",
        };
}
