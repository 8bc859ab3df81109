using Coverslip.Evaluation.Detection;
using Coverslip.Learning.Reports;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Learning.RunReports;

/// <summary>What a model left of slides, as pictures of a page that stays small enough to send.</summary>
public static class ReportedSlides
{
    /// <summary>A slide takes up to 0.5 MB of the page.</summary>
    public const int Most = 24;

    /// <summary>Rings at more places than this would hide the slide.</summary>
    private const int MostPlaces = 100;

    /// <summary>A slide with the map and the detections that lie in a folder; without a map where none does.</summary>
    /// <param name="slide">The slide's file.</param>
    /// <param name="name">What the page calls it.</param>
    /// <param name="files">What a model left of it.</param>
    public static MappedSlide Of(string slide, string name, SlideFiles files)
    {
        var map = HeatmapRecord.Find(files) is { } record ? HeatmapRecord.Read(files, record) : null;
        var found = map is not null && File.Exists(files.Detections) ? Detections.Read(files.Detections) : null;
        MarkedPlace[] places =
        [
            .. Enumerable
                .Range(0, found?.Count ?? 0)
                .Select(i => new MarkedPlace(found!.X[i], found.Y[i], found.Probabilities[i]))
                .OrderByDescending(p => p.Probability)
                .Take(MostPlaces),
        ];
        (string File, string Seen)[] further =
        [
            (map is null ? files.Overlay : "", $"heatmap over {name}"),
            (files.Tiles, $"patches of {name} of most and of least weight"),
        ];
        return new MappedSlide(slide, name)
        {
            Map = map,
            Places = places,
            Further = [.. further.Where(f => File.Exists(f.File)).Select(f => new Picture(f.File, f.Seen))],
            Caption =
                found?.Count > MostPlaces
                    ? [new Words($"rings at the {MostPlaces} most probable of {found.Count} detections")]
                    : [],
        };
    }

    /// <summary>Legend and slides, and below them which ones the page leaves out.</summary>
    /// <param name="shown">At most <see cref="Most"/>.</param>
    /// <param name="leftOut">Names of the others.</param>
    /// <param name="where">Where what was found on the others lies.</param>
    public static IEnumerable<ReportBlock> Blocks(
        IReadOnlyList<MappedSlide> shown,
        IReadOnlyList<string> leftOut,
        string where
    )
    {
        if (shown.Any(s => s.Map is not null))
            yield return ColorScale.OfMaps(
                "heatmap; no color: no tissue",
                [
                    .. shown.Any(s => s.Truth is not null) ? [LegendMark.Truth] : Array.Empty<LegendMark>(),
                    .. shown.Any(s => s.Places.Count > 0) ? [LegendMark.Detection] : Array.Empty<LegendMark>(),
                    LegendMark.ScaleBar,
                ]
            );
        yield return new MappedSlides(shown);
        if (leftOut.Count == 0)
            yield break;
        yield return new Folded(
            $"{FigureText.Count(leftOut.Count, "slide")} left out of {shown.Count + leftOut.Count}",
            [new Note($"What was found on them lies in {where}."), new Paragraph(string.Join(", ", leftOut))]
        );
    }
}
