using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Where a slide has tissue, as far as those want to know who look at its parts one by one. It is looked for when it is
/// first asked about, and the slide has to be open then.
/// </summary>
public sealed class SlideTissue
{
    private readonly Lazy<Found> found;

    private SlideTissue(string rule, Func<Found> find) => (Rule, found) = (rule, new Lazy<Found>(find));

    /// <summary>What counts as tissue, in words; another rule makes another result.</summary>
    public string Rule { get; }

    /// <summary>Why there is none; null where there is some.</summary>
    public string? Reason => found.Value.Reason;

    /// <summary>Its outlines in pixels of level 0; those of a mask are traced when first asked for.</summary>
    public PolygonRegion Region => found.Value.Region.Value;

    /// <summary>What <see cref="TissueFinder"/> finds; of the slide only the mask is kept.</summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static SlideTissue Of(Slide slide, TissueOptions options)
    {
        options.Check();
        return new SlideTissue(
            options.Rule,
            () =>
            {
                using var map = TissueFinder.Find(slide, options);
                var mask = new Mask(map.Grid, map.Mask.Width, map.Mask.Height, map.Mask.Pixels.ToArray());
                return new Found(mask.Any, new Lazy<PolygonRegion>(mask.Outlines), map.Reason);
            }
        );
    }

    /// <summary>Outlines in pixels of level 0.</summary>
    /// <param name="region">The outlines.</param>
    /// <param name="rule">Where they come from.</param>
    /// <param name="reason">Why there are none, where that is known.</param>
    public static SlideTissue Of(PolygonRegion region, string rule, string? reason = null) =>
        new(
            rule,
            () =>
                new Found(
                    // Rounding leaves about 1e-12 of a rectangle that only touches the outlines.
                    part => region.ShareOf(new Rectangle(part.At.X, part.At.Y, part.Width, part.Height)) > 1e-9,
                    new Lazy<PolygonRegion>(region),
                    region.IsEmpty ? reason ?? "there are no outlines" : null
                )
        );

    /// <summary>Whether there is any tissue in a rectangle of level 0.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or no known resolution.</exception>
    public bool Any(SlideRectangle part) => found.Value.Any(part);

    private sealed record Found(Predicate<SlideRectangle> Any, Lazy<PolygonRegion> Region, string? Reason);

    private sealed record Mask(MaskGrid Grid, int Width, int Height, byte[] Pixels)
    {
        public bool Any(SlideRectangle part)
        {
            var (left, top) = (part.At.X - Grid.Scanned.At.X, part.At.Y - Grid.Scanned.At.Y);
            var (x0, x1) = Touched(left, part.Width, Grid.Pitch.X, Width);
            var (y0, y1) = Touched(top, part.Height, Grid.Pitch.Y, Height);
            for (var y = y0; y < y1; y++)
            {
                if (x0 < x1 && Pixels.AsSpan((y * Width) + x0, x1 - x0).ContainsAnyExcept((byte)0))
                    return true;
            }
            return false;
        }

        public PolygonRegion Outlines()
        {
            using var image = Image.From(Pixels, Width, Height, channels: 1);
            return PolygonRegion.Of(MaskOutline.Trace(image).Select(Grid.ToSlide));
        }

        /// <summary>The mask's pixels that a stretch of level 0 touches.</summary>
        private static (int From, int To) Touched(long start, long length, double step, int side) =>
            (
                (int)Math.Clamp(Math.Floor(start / step), 0, side),
                (int)Math.Clamp(Math.Ceiling((start + length) / step), 0, side)
            );
    }
}
