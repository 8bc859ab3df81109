using Coverslip.Files;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.Corrections;

/// <summary>What came of the regions drawn so far.</summary>
/// <param name="Regions">How many were drawn.</param>
/// <param name="Aside">Figures on patients kept aside.</param>
public sealed record SimulatedStep(int Regions, AsideFigures Aside);

/// <summary>
/// Draws as somebody would who knows the truth, which is in the cohort's column annotation: one region of each class that is seen
/// at once, then one at each place that it is led to. A region is what of a disk around the place is of the class at its middle.
/// </summary>
/// <param name="correction">Of two classes, nothing drawn yet; features of all its slides are computed.</param>
/// <param name="seed">Of what is drawn first, and of places at random.</param>
public sealed class SimulatedAnnotator(Correction correction, int seed)
{
    /// <summary>Microns from the middle of a region to its edge.</summary>
    public const double Radius = 150;

    private readonly SeededRandom random = new(seed, 18);
    private readonly Dictionary<CorrectionSlide, SlideAnnotations?> truths = [];

    /// <summary>Draws regions and judges after each.</summary>
    /// <param name="count">Regions, three at least.</param>
    /// <param name="proposed">Whether places are those that the correction proposes; else any of the tissue, at random.</param>
    /// <param name="stop">Asked between regions.</param>
    public IEnumerable<SimulatedStep> Draw(int count, bool proposed, CancellationToken stop = default)
    {
        DrawAt(AnyPlace(tumor: true));
        DrawAt(AnyPlace(tumor: false));
        for (var regions = 2; ; regions++)
        {
            stop.ThrowIfCancellationRequested();
            correction.Teach();
            yield return new SimulatedStep(regions, correction.JudgeAside(stop));
            if (regions == count)
                yield break;
            DrawAt(proposed ? Proposed() : AnyPlace(tumor: null));
        }
    }

    private (CorrectionSlide Slide, Vertex At) Proposed()
    {
        var next = correction.Next(1)[0];
        return (correction.Slide(next.Slide), next.At);
    }

    /// <summary>The middle of a window of tissue, drawn among those of all slides: with tumor in its middle, without, or any.</summary>
    private (CorrectionSlide Slide, Vertex At) AnyPlace(bool? tumor)
    {
        (CorrectionSlide Slide, Vertex At)[] all =
        [
            .. correction
                .Slides.Where(s => !s.Aside)
                .SelectMany(s => s.Features.Patches.Wanted.Select(key => (s, Middle(s, key))))
                .Where(p => tumor is null || IsTumor(p.s, p.Item2) == tumor),
        ];
        return all.Length > 0
            ? all[random.Below(all.Length)]
            : throw new InvalidDataException(
                $"no slide that may be drawn on has annotated {(tumor == true ? "tumor" : "tissue without tumor")}; a simulated annotator knows the truth from the column {CohortSlides.AnnotationColumn}"
            );
    }

    private static Vertex Middle(CorrectionSlide slide, long key)
    {
        var (column, row) = slide.Features.Patches.Cell(key);
        var (x, y) = slide.Features.Patches.Grid.Place(column, row);
        return new Vertex(x, y);
    }

    private void DrawAt((CorrectionSlide Slide, Vertex At) place)
    {
        var (slide, at) = place;
        var (disk, tumor) = (Disk(slide, at), IsTumor(slide, at));
        var truth = TruthOf(slide)?.Tumor ?? PolygonRegion.Of([]);
        var outside = disk.Without(truth);
        var drawn = correction.RegionsOf(slide);
        correction.Draw(
            slide,
            drawn with
            {
                Annotations =
                [
                    .. drawn.Annotations,
                    new Annotation
                    {
                        Class = correction.Settings.Classes[
                            tumor ? correction.Settings.PositivePlace : 1 - correction.Settings.PositivePlace
                        ],
                        Polygons = (tumor ? disk.Without(outside) : outside).Polygons,
                    },
                ],
            }
        );
    }

    private bool IsTumor(CorrectionSlide slide, Vertex at) =>
        TruthOf(slide)?.Tumor.ShareOf(new Rectangle(at.X - 1, at.Y - 1, 2, 2)) >= 0.5;

    private SlideAnnotations? TruthOf(CorrectionSlide slide)
    {
        if (!truths.TryGetValue(slide, out var truth))
            truths[slide] = truth = SlideOutlines.Of(
                correction.Cohort,
                slide.Row,
                slide.Slide,
                slide.Row.Label == correction.Settings.Positive,
                correction.Settings.Outlines
            );
        return truth;
    }

    private static PolygonRegion Disk(CorrectionSlide slide, Vertex at)
    {
        const int corners = 24;
        var mpp = slide.Slide.FinestMpp;
        return PolygonRegion.Of([
            new RingPolygon(
                new Ring([
                    .. Enumerable
                        .Range(0, corners)
                        .Select(i => Math.SinCos(2 * Math.PI * i / corners))
                        .Select(turn => new Vertex(
                            at.X + (Radius / mpp.X * turn.Cos),
                            at.Y + (Radius / mpp.Y * turn.Sin)
                        )),
                ])
            ),
        ]);
    }
}
