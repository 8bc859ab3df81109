using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Inputs;

namespace Coverslip.Methods.Curriculum;

/// <summary>A patch that is to be cut.</summary>
/// <param name="Source">The image.</param>
/// <param name="Number">Of the patches of that image.</param>
/// <param name="Left">Place in the image at the size of the second step times the patches' scale, in pixels.</param>
/// <param name="Top">As <paramref name="Left"/>.</param>
/// <param name="Findings">What it shows; nothing in a healthy one.</param>
internal sealed record PlannedPatch(Patch Source, int Number, int Left, int Top, IReadOnlyList<string> Findings)
{
    /// <summary>Whether it was taken from inside the lungs; null (default) where that was not asked.</summary>
    public bool? InLungs { get; init; }
}

/// <summary>
/// Where patches are cut: around every lesion, and as many healthy ones as the recipe says, from images without a finding
/// and from those all of whose findings have a box, far from every box. Depends on the seed and the images alone.
/// </summary>
/// <param name="recipe">How many, and where.</param>
/// <param name="boxes">Boxes by image.</param>
/// <param name="seed">Of the places.</param>
/// <param name="lungsOf">The lungs of an image, null where they are not found; called on several threads at once.</param>
internal sealed class PatchPlan(
    CurriculumRecipe recipe,
    ILookup<string, FindingBox> boxes,
    long seed,
    Func<Patch, LungField?> lungsOf
)
{
    private const int Tries = 20; // places tried for one healthy patch
    private readonly LesionPatchOptions options = recipe.Patches;
    private readonly (int Width, int Height) whole = WholeSize(recipe);

    /// <summary>Size of the image that patches are cut from.</summary>
    internal static (int Width, int Height) WholeSize(CurriculumRecipe recipe) =>
        (
            (int)Math.Round(recipe.Input.Width * recipe.Patches.Scale),
            (int)Math.Round(recipe.Input.Height * recipe.Patches.Scale)
        );

    /// <summary>The patches of some images, by image.</summary>
    internal PlannedPatch[] Of(IReadOnlyList<Patch> images)
    {
        var lesions = images.ToDictionary(i => i, LesionsOf);
        var around = images.SelectMany(i => Around(i, lesions[i])).ToList();
        var healthy = images.Where(i => WholeKnown(i, lesions[i])).ToArray();
        var wanted = (int)Math.Round(around.Count * options.Healthy / (1 - options.Healthy));
        var random = new SeededRandom(seed, 1);
        random.Shuffle(healthy.AsSpan());
        int[] shares = [.. healthy.Select((_, i) => wanted / healthy.Length + (i < wanted % healthy.Length ? 1 : 0))];
        var inLungs = options.HealthyInside == HealthyPlace.Lungs;
        var lungs = new LungField?[healthy.Length];
        if (inLungs)
            Parallel.For(0, lungs.Length, i => lungs[i] = shares[i] > 0 ? lungsOf(healthy[i]) : null);
        foreach (var (i, image) in healthy.Index())
        {
            var first = around.Count(p => p.Source == image);
            around.AddRange(
                Healthy(image, lesions[image], lungs[i], shares[i])
                    .Select((p, n) => p with { Number = first + n, InLungs = inLungs ? lungs[i] is not null : null })
            );
        }
        return [.. around.OrderBy(p => p.Source.Row.Number).ThenBy(p => p.Number)];
    }

    /// <summary>Boxes and outlines of an image at the size that patches are cut from.</summary>
    private PlacedLesion[] LesionsOf(Patch image)
    {
        var (x, y) = ((double)whole.Width / image.Source.Size.Width, (double)whole.Height / image.Source.Size.Height);
        return [.. boxes[image.Row.Image].Select(b => PlacedLesion.Of(b, x, y))];
    }

    /// <summary>Whether it is known where the image shows nothing.</summary>
    private static bool WholeKnown(Patch image, PlacedLesion[] lesions) =>
        image.Row.Findings!.All(f => lesions.Any(l => l.Label == f));

    private IEnumerable<PlannedPatch> Around(Patch image, PlacedLesion[] lesions)
    {
        var random = new SeededRandom(seed + 7, image.Row.Number);
        var number = 0;
        var patches = new List<PlannedPatch>();
        foreach (var box in lesions)
        {
            for (var n = 0; n < options.PerLesion; n++)
            {
                var left = Place(box.Area.X, box.Area.Width, whole.Width, random);
                var top = Place(box.Area.Y, box.Area.Height, whole.Height, random);
                var shown = Shown(lesions, left, top);
                // At an image's edge a patch may be pushed off its lesion.
                if (shown.Count > 0)
                    patches.Add(new PlannedPatch(image, number++, left, top, shown));
            }
        }
        return patches;
    }

    /// <summary>Where a patch begins whose center lies near a lesion's, or anywhere over one that is larger.</summary>
    private int Place(double start, double length, int side, SeededRandom random)
    {
        double Around(SeededRandom r) => 2 * r.Unit() - 1;
        var center =
            start
            + length / 2
            + Math.Max(0, (length - options.Side) / 2) * Around(random)
            + options.Jitter * options.Side * Around(random);
        return Before(center, side);
    }

    private List<string> Shown(PlacedLesion[] lesions, int left, int top)
    {
        var patch = new BoxArea(left, top, options.Side, options.Side);
        return
        [
            .. lesions
                .Where(l => l.Shared(patch) >= options.Coverage * Math.Min(l.Size, patch.Area))
                .Select(l => l.Label)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private IEnumerable<PlannedPatch> Healthy(Patch image, PlacedLesion[] lesions, LungField? lungs, int count)
    {
        var random = new SeededRandom(seed + 8, image.Row.Number);
        for (var n = 0; n < count; n++)
        {
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                var (left, top) = lungs is null
                    ? (random.Below(whole.Width - options.Side + 1), random.Below(whole.Height - options.Side + 1))
                    : Centered(lungs.Place(random));
                if (lesions.Any(l => l.Area.Shared(new BoxArea(left, top, options.Side, options.Side)) > 0))
                    continue;
                yield return new PlannedPatch(image, 0, left, top, []);
                break;
            }
        }
    }

    /// <summary>Around a place, or as near to it as the image's edges let it.</summary>
    private (int Left, int Top) Centered((double X, double Y) middle) =>
        (Before(middle.X * whole.Width, whole.Width), Before(middle.Y * whole.Height, whole.Height));

    private int Before(double center, int side) =>
        (int)Math.Clamp(Math.Round(center - options.Side / 2.0), 0, side - options.Side);
}
