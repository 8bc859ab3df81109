using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Recipes;
using Coverslip.Slides.Formats;

namespace Coverslip.Learning.SlidePatches;

/// <summary>
/// Slides of tumor that training and validation are told are normal all over, as of metastases that nobody saw: Liu et al.
/// 2017, sec. 4, found two such slides in CAMELYON16. The other way round there is nothing to tell: a normal slide has no
/// outlines that could be called tumor. Test slides keep their labels.
/// </summary>
public sealed record MislabelOptions
{
    /// <summary>How many, as a share of all slides; 0 by default.</summary>
    public double Share { get; init; }

    /// <summary>How many, as a number; 0 by default.</summary>
    public int Slides { get; init; }

    /// <summary>Which: more of one seed hold all of fewer; 1 by default.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Reads the section <c>mislabel</c>.</summary>
    /// <exception cref="RecipeException">A value outside its range, or both ways to say how many.</exception>
    public static MislabelOptions Read(RecipeNode node)
    {
        const string source = "Liu et al. 2017, sec. 4";
        var read = new MislabelOptions
        {
            Share = node.Number(
                "share",
                0,
                (0, 0.5),
                "Share of the cohort's slides that are tumor and are taught as normal all over, to measure what wrong labels cost; test slides keep their labels",
                source
            ),
            Slides = node.Int("slides", 0, (0, 1_000_000), "The same as a number of slides", source),
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Which slides: a larger number of one seed holds a smaller one's"
            ),
        };
        return read is { Share: > 0, Slides: > 0 }
            ? throw node.Wrong(
                "slides",
                $"{read.Slides}",
                $"share is {ValueText.Of((IFormattable)read.Share)} already; keep one of them"
            )
            : read;
    }

    /// <summary>The slides that are mislabeled; none by default.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="positive">Index of the class that is tumor.</param>
    /// <exception cref="InvalidDataException">So many that no slide of tumor would be left.</exception>
    public IReadOnlyList<CohortRow> Draw(Cohort cohort, int positive)
    {
        var slides = cohort.Rows.Where(r => SlideFile.IsSlide(cohort.ImagePath(r))).ToArray();
        var count = Slides > 0 ? Slides : (int)Math.Round(Share * slides.Length, MidpointRounding.AwayFromZero);
        if (count == 0)
            return [];
        var tumor = slides
            .Where(r => r.Label == cohort.Classes[positive])
            .OrderBy(r => r.Image, StringComparer.Ordinal)
            .ToArray();
        if (count >= tumor.Length)
            throw new InvalidDataException(
                $"mislabel asks for {count} slides of {cohort.Classes[positive]} to be taught as normal, and {cohort.Path} has {tumor.Length}; at most "
                    + $"{Math.Max(0, tumor.Length - 1)} can be, so that one is left (mislabel.slides, mislabel.share)"
            );
        new SeededRandom(Seed).Shuffle(tumor.AsSpan());
        return [.. tumor.Take(count)];
    }
}
