using System.Globalization;
using Coverslip.Evaluation.Cohorts;

namespace Coverslip.App.Commands;

/// <summary>
/// What a folder of BreakHis holds beside what was published. A part of the collection is no error; differences are told.
/// </summary>
internal static class BreakHisTable
{
    /// <param name="names">Names of the images.</param>
    /// <param name="only">The one magnification that was asked for; null for all.</param>
    internal static void Print(IReadOnlyList<BreakHisName> names, string? only)
    {
        var counts = BreakHisCounts.Of(names, only);
        Write($"BreakHis  images here, of those published (Spanhol et al. 2016)");
        foreach (var magnification in counts.GroupBy(c => c.Magnification))
            Write($"  {magnification.Key + "×", -6}{string.Join("   ", magnification.Select(Text))}");
        var slides = names.DistinctBy(n => (n.Subtype, n.Slide)).ToList();
        Write($"  slides  {slides.Count} of {BreakHisCounts.Slides}");
        foreach (var twice in slides.GroupBy(n => n.Slide).Where(g => g.Count() > 1))
            Write(
                $"  slide {twice.Key} stands under {string.Join(" and ", twice.Select(n => n.Subtype).Order())}; it is one patient"
            );
        var differing = counts.Where(c => c.Images != c.Published).ToList();
        if (differing.Count == 0)
            Write($"  every count is the published one");
        else
            Write($"  {differing.Count} counts differ: {names.Count:N0} images, not {counts.Sum(c => c.Published):N0}");
        foreach (var more in differing.Where(c => c.Images > c.Published))
            Write($"warning: {more.Magnification}× {more.Label}: {more.Images - more.Published} more than published");
    }

    private static string Text(BreakHisCount count) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{count.Label} {count.Images:N0} of {count.Published:N0}{(count.Images == count.Published ? "" : " (differs)")}"
        );

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
