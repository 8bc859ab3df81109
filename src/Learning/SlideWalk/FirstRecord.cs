using System.Globalization;
using System.Text.Json.Nodes;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What records and tables say of a network that saw all windows first.</summary>
internal static class FirstRecord
{
    internal const string GlassKey = "windows_without_tissue";
    internal const string FirstKey = "windows_by_first";
    internal const string LargeKey = "windows_by_large";
    private const string ThresholdKey = "first_threshold";

    /// <summary>Into the record of a slide.</summary>
    internal static void Add(JsonObject record, FirstNetwork first, WindowShares shares)
    {
        (record[ThresholdKey], record["first_threshold_from"]) = (first.Threshold, first.From);
        Add(record, shares);
    }

    /// <summary>Who answered how many windows of a slide.</summary>
    internal static void Add(JsonObject json, WindowShares shares) =>
        (json[GlassKey], json[FirstKey], json[LargeKey]) = (shares.Glass, shares.First, shares.Large);

    /// <summary>Of a finished slide's record.</summary>
    /// <exception cref="InvalidDataException">It does not say.</exception>
    internal static WindowShares Read(JsonObject record)
    {
        int Count(string key) =>
            record[key]?.GetValue<int>()
            ?? throw new InvalidDataException(
                $"the record of a finished slide has no '{key}'; remove it to predict the slide again"
            );
        return new WindowShares(Count(GlassKey), Count(FirstKey), Count(LargeKey));
    }

    /// <summary>Over all slides of a call, in the table and in words.</summary>
    internal static string? Add(JsonObject totals, FirstNetwork first, WalkedSlides walked)
    {
        totals["first_threshold_from"] = first.From;
        if (first.Chosen is { } chosen)
            totals["first_threshold_chosen_by"] = chosen.Text;
        WindowShares[] slides =
        [
            .. walked.Outcomes.OfType<HeatmapOutcome>().Select(o => o.Windows).OfType<WindowShares>(),
        ];
        if (slides.Length == 0)
            return null;
        var all = new WindowShares(slides.Sum(s => s.Glass), slides.Sum(s => s.First), slides.Sum(s => s.Large));
        Add(totals, all);
        return In(all);
    }

    /// <summary>"the large network saw 120 of 2,000 windows (6.0 %)".</summary>
    internal static string In(WindowShares shares)
    {
        var all = shares.First + shares.Large;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the large network saw {shares.Large:N0} of {all:N0} windows ({100.0 * shares.Large / Math.Max(1, all):0.0} %)"
        );
    }
}
