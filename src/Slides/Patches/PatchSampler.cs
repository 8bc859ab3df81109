using System.Text;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Patches;

/// <summary>
/// Chooses patches of a slide, on a grid or at random, by exact shares of their area. No pixel is read.
/// </summary>
public sealed class PatchSampler
{
    /// <summary>Places drawn for each patch that is wanted before drawing is given up.</summary>
    private const long MostTries = 200;

    // Sums of clipped areas are exact to about 1e-12 of a patch; what is this near a limit has reached it.
    private const double Rounding = 1e-9;
    private readonly PatchOptions options;
    private readonly PatchAreas areas;
    private readonly SlideRectangle scanned;
    private readonly Vertex pitch;
    private readonly double width;
    private readonly double height;
    private readonly HashSet<SlidePoint> taken = [];
    private readonly List<Patch> patches = [];
    private PatchCounts counts = new(0, 0, 0, 0, 0, 0);

    private PatchSampler(SlideRectangle scanned, Vertex pitch, PatchAreas areas, PatchOptions options)
    {
        (this.scanned, this.pitch, this.areas, this.options) = (scanned, pitch, areas, options);
        (width, height) = (options.Side * pitch.X, options.Side * pitch.Y);
    }

    /// <summary>The patches of a slide.</summary>
    /// <exception cref="UnreadableSlideException">No resolution is known, or it is coarser than asked.</exception>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static PatchSelection Sample(Slide slide, PatchAreas areas, PatchOptions options)
    {
        options.Check();
        var pitch = slide.PitchOf(Mpp.Of(options.Mpp));
        return Sample(slide.Bounds, pitch, areas, options, Path.GetFileNameWithoutExtension(slide.Path));
    }

    /// <summary>As above, for a slide that is known by its scanned part and pixels of level 0 to one of a
    /// patch.</summary>
    internal static PatchSelection Sample(
        SlideRectangle scanned,
        Vertex pitch,
        PatchAreas areas,
        PatchOptions options,
        string name
    )
    {
        if (options.TissueNeeded > 0 && areas.Tissue is null)
            throw new ArgumentException($"{name}: patches of tissue are asked for, and no tissue was looked for");
        var sampler = new PatchSampler(scanned, pitch, areas, options);
        if (options.Random is { } wanted)
            sampler.Draw(wanted, SeededRandom.For(options.Seed, 301, Hash(name)));
        else
            sampler.Lay();
        var counts = sampler.counts with { Kept = sampler.patches.Count };
        return new PatchSelection(sampler.patches, counts) { Reason = sampler.Reason(counts) };
    }

    private void Lay()
    {
        var (columns, rows) = (Places(scanned.Width, pitch.X), Places(scanned.Height, pitch.Y));
        foreach (var y in rows)
        {
            foreach (var x in columns)
                Try(new SlidePoint(scanned.At.X + x, scanned.At.Y + y));
        }
    }

    /// <summary>Starts of a row's patches from the border on, in pixels of level 0.</summary>
    private List<long> Places(long extent, double scale)
    {
        var step = Math.Max(1, options.Side * (1 - options.Overlap)) * scale;
        var side = options.Side * scale;
        var places = new List<long>();
        for (var i = 0L; i * step < extent; i++)
        {
            // Rounded down, so that a patch that ends at the border does not reach beyond it.
            var place = (long)Math.Floor(i * step);
            if (options.Border == PatchBorder.Shift && place + side > extent && side <= extent)
                place = (long)Math.Floor(extent - side);
            places.Add(place);
        }
        return places;
    }

    private void Draw(int wanted, SeededRandom random)
    {
        // Every whole place of which a patch may lie within the scanned part, the last one too, is as likely as any other.
        var isPad = options.Border == PatchBorder.Pad;
        var (left, top) = (scanned.At.X, scanned.At.Y);
        var right = isPad ? left + scanned.Width - 1 : (long)Math.Floor(left + scanned.Width - width + Rounding);
        var bottom = isPad ? top + scanned.Height - 1 : (long)Math.Floor(top + scanned.Height - height + Rounding);
        if (options.TissueNeeded > 0)
        {
            if (areas.Tissue!.IsEmpty)
                return;
            var box = areas.Tissue.Box;
            (left, top) = (Math.Max(left, Up(box.X - width)), Math.Max(top, Up(box.Y - height)));
            (right, bottom) = (Math.Min(right, Up(box.X + box.Width)), Math.Min(bottom, Up(box.Y + box.Height)));
        }
        var tries = (MostTries * wanted) + 10_000;
        while (patches.Count < wanted && counts.Candidates < tries && right >= left && bottom >= top)
        {
            var x = left + random.Below((int)(right - left + 1));
            Try(new SlidePoint(x, top + random.Below((int)(bottom - top + 1))));
        }

        static long Up(double place) => (long)Math.Ceiling(place);
    }

    private void Try(SlidePoint at)
    {
        counts = counts with { Candidates = counts.Candidates + 1 };
        var whole = new Rectangle(at.X, at.Y, width, height);
        var outside = OutsideShare(whole);
        if (outside > Rounding && options.Border != PatchBorder.Pad)
        {
            counts = counts with { Border = counts.Border + 1 };
            return;
        }
        if (!taken.Add(at))
        {
            counts = counts with { Repeated = counts.Repeated + 1 };
            return;
        }
        var tissue = areas.Tissue?.ShareOf(whole) ?? double.NaN;
        if (tissue + Rounding < options.TissueNeeded)
        {
            counts = counts with { Tissue = counts.Tissue + 1 };
            return;
        }
        var patch = Measured(at, whole) with { Tissue = tissue, Outside = outside };
        if (patch.Label.Length > 0 || options.Rule == PatchRule.None || options.KeepUnlabeled)
            patches.Add(patch);
        else
            counts = counts with { Unlabeled = counts.Unlabeled + 1 };
    }

    private Patch Measured(SlidePoint at, Rectangle whole)
    {
        var (tumor, normal, center) = (areas.Tumor.ShareOf(whole), areas.Normal.ShareOf(whole), double.NaN);
        var ignored = 0.0; // share of the center
        if (options.Side >= options.Center)
        {
            var rim = (options.Side - options.Center) / 2.0;
            var (x, y) = (at.X + (rim * pitch.X), at.Y + (rim * pitch.Y));
            var (w, h) = (options.Center * pitch.X, options.Center * pitch.Y);
            center = areas.Tumor.ShareOf(new Rectangle(x, y, w, h));
            ignored = areas.Ignored.ShareOf(new Rectangle(x, y, w, h));
        }
        var label = options.Rule switch
        {
            PatchRule.Liu when center > Rounding => Patch.TumorLabel,
            PatchRule.Liu when ignored <= Rounding => Patch.NormalLabel,
            PatchRule.Takahama when tumor + Rounding >= 0.2 => Patch.TumorLabel,
            PatchRule.Takahama when normal + Rounding >= 0.8 => Patch.NormalLabel,
            _ => "",
        };
        return new Patch(at, label)
        {
            Tissue = 0,
            Tumor = tumor,
            Normal = normal,
            Center = center,
            Outside = 0,
        };
    }

    private double OutsideShare(Rectangle patch)
    {
        var x = Math.Min(patch.X + patch.Width, scanned.At.X + scanned.Width) - Math.Max(patch.X, scanned.At.X);
        var y = Math.Min(patch.Y + patch.Height, scanned.At.Y + scanned.Height) - Math.Max(patch.Y, scanned.At.Y);
        return Math.Clamp(1 - (Math.Max(0, x) * Math.Max(0, y) / patch.Area), 0, 1);
    }

    private string? Reason(PatchCounts all)
    {
        if (options.Random is { } wanted && all.Kept > 0 && all.Kept < wanted)
            return $"{all.Kept} of {wanted} patches after {all.Candidates} draws";
        if (all.Kept > 0)
            return null;
        if (options.TissueNeeded > 0 && areas.Tissue!.IsEmpty)
            return "no patch: the slide has no tissue";
        return all.Candidates == 0 ? "no patch: the scanned part is smaller than a patch" : $"no patch of {all}";
    }

    /// <summary>FNV-1a of the slide's name: its draws do not depend on its place in a list.</summary>
    private static int Hash(string name)
    {
        var hash = 2166136261u;
        foreach (var value in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ value) * 16777619u);
        return unchecked((int)hash);
    }
}
