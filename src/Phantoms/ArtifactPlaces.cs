using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>
/// Places artifacts. They keep off the lesions, so that nothing smears or covers an outline; one for which there is no
/// room is left out and named.
/// </summary>
internal sealed class ArtifactPlaces(
    SlidePhantomOptions options,
    TissuePieces tissue,
    IReadOnlyList<PhantomLesion> lesions
)
{
    private const int Tries = 300;
    private readonly double shorter = Math.Min(options.Width, options.Height);

    /// <summary>In the order they were asked for; null where there is no room.</summary>
    public IReadOnlyList<SlideArtifact?> Place() =>
        [.. options.Artifacts.Select((kind, i) => Place(kind, SeededRandom.For(options.Seed, 331, i)))];

    private SlideArtifact? Place(ArtifactKind kind, SeededRandom random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var drawn = Draw(kind, random);
            if (lesions.All(lesion => IsClear(drawn, lesion)))
                return drawn;
        }
        return null;
    }

    private SlideArtifact Draw(ArtifactKind kind, SeededRandom random)
    {
        var start = InTissue(random);
        double Microns(double least, double most, double share) =>
            Math.Min(random.Between(least, most) / options.Mpp.X, share * shorter);
        return kind switch
        {
            ArtifactKind.Pen => new(kind, Curve(start, 0.7, random), Microns(40, 90, 0.015), random.Below(3)),
            ArtifactKind.Fold => new(kind, Curve(start, 0.35, random), Microns(10, 25, 0.01), 0),
            ArtifactKind.Bubble => new(kind, [start], Microns(120, 500, 0.09), 0),
            _ => new(kind, [start], Microns(150, 600, 0.12), 0),
        };
    }

    private Vertex InTissue(SeededRandom random)
    {
        while (true)
        {
            var (x, y) = (random.Unit() * options.Width, random.Unit() * options.Height);
            if (tissue.Depth(x, y) > 20)
                return new Vertex(x, y);
        }
    }

    /// <summary>A bent line through a place, so long as this share of the shorter side.</summary>
    private Vertex[] Curve(Vertex through, double share, SeededRandom random)
    {
        const int parts = 16;
        var (ux, uy) = random.Direction();
        var length = share * shorter * random.Between(0.5, 1);
        var bend = random.Between(-0.35, 0.35);
        var points = new Vertex[parts + 1];
        for (var i = 0; i <= parts; i++)
        {
            var along = ((double)i / parts) - 0.5;
            var aside = bend * (0.25 - (along * along)) * 2;
            points[i] = new Vertex(
                through.X + (length * ((along * ux) - (aside * uy))),
                through.Y + (length * ((along * uy) + (aside * ux)))
            );
        }
        return points;
    }

    private bool IsClear(SlideArtifact artifact, PhantomLesion lesion)
    {
        var ring = lesion.Outline.Outer.Points;
        var (x, y) = (ring.Average(p => p.X), ring.Average(p => p.Y));
        var reach = ring.Max(p => Math.Sqrt(((p.X - x) * (p.X - x)) + ((p.Y - y) * (p.Y - y))));
        var margin = 15 / options.Mpp.X; // beyond what blur mixes
        return artifact.Distance(x, y) * artifact.Radius > (1.2 * artifact.Radius) + reach + margin;
    }
}
