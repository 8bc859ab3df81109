using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Methods.Curriculum;
using Coverslip.Phantoms;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>Where patches of the first step are cut, and what they are said to show.</summary>
public sealed class PatchPlanTests
{
    private const int Stored = 200;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Patches_lie_inside_and_show_what_they_cover(int seed)
    {
        var random = new Random(seed);
        var boxes = Enumerable.Range(0, 3).Select(i => Box(random, $"{i}.png", i % 2 == 0 ? "a" : "b")).ToArray();
        var images = Enumerable.Range(0, 6).Select(i => Image(i, i < 3 ? [i % 2 == 0 ? "a" : "b"] : [])).ToArray();
        var scale = 0.5 + random.NextDouble();
        var recipe = Recipe($"patches: {{side: 30, per_lesion: 3, scale: {scale:0.00}}}");
        var patches = new PatchPlan(recipe, boxes.ToLookup(b => b.Image), seed, _ => null).Of(images);
        var (width, height) = PatchPlan.WholeSize(recipe);
        Assert.NotEmpty(patches);
        foreach (var patch in patches)
        {
            Assert.InRange(patch.Left, 0, width - 30);
            Assert.InRange(patch.Top, 0, height - 30);
            var area = new BoxArea(patch.Left, patch.Top, 30, 30);
            var lesions = boxes
                .Where(b => b.Image == patch.Source.Row.Image)
                .Select(b => Scaled(b.Area, (double)width / Stored));
            var share = lesions.Select(l => l.Shared(area) / Math.Min(l.Area, 900)).DefaultIfEmpty(0).Max();
            if (patch.Findings.Count > 0)
                Assert.True(share >= 0.25 - 1e-9);
            else
                Assert.Equal(0, share);
        }
        var healthy = patches.Count(p => p.Findings.Count == 0);
        Assert.InRange(healthy, (patches.Length - healthy) * 0.8, patches.Length - healthy);
        Assert.Equal(patches.Length, patches.Select(p => (p.Source.Row.Image, p.Number)).Distinct().Count());
    }

    [Fact]
    public void Images_whose_findings_are_not_all_boxed_give_no_healthy_patches()
    {
        var boxes = new[] { new FindingBox(2, "0.png", "a", new BoxArea(10, 10, 20, 20)) };
        Patch[] images = [Image(0, ["a", "b"]), Image(1, ["b"])];
        var patches = new PatchPlan(Recipe("patches: {side: 30}"), boxes.ToLookup(b => b.Image), 1, _ => null).Of(
            images
        );
        Assert.Equal(4, patches.Length);
        Assert.All(patches, p => Assert.Equal(["a"], p.Findings));
    }

    [Fact]
    public void An_outline_counts_by_its_own_area()
    {
        // A triangle fills half of its box: its right-angled corner is at the upper left.
        (double, double)[] triangle = [(0, 0), (40, 0), (0, 40)];
        var box = new FindingBox(2, "0.png", "a", new BoxArea(0, 0, 40, 40)) { Outline = triangle };
        var lesion = PlacedLesion.Of(box, 1, 1);
        Assert.Equal(800, lesion.Size, 1e-9);
        Assert.Equal(400, lesion.Shared(new BoxArea(0, 0, 20, 20)), 1e-9);
        Assert.Equal(0, lesion.Shared(new BoxArea(30, 30, 10, 10)), 1e-9);
        Assert.Equal(200, lesion.Shared(new BoxArea(20, 0, 40, 40)), 1e-9);
        Assert.Equal(3200, PlacedLesion.Of(box, 2, 2).Size, 1e-9);
    }

    [Fact]
    public void Healthy_patches_lie_in_the_lungs_where_these_are_found()
    {
        using var picture = RadiographPhantom.Paint(new RadiographPhantomOptions { Size = Stored }, 4).Image;
        var lungs = LungField.Of(picture)!;
        var boxes = new[] { new FindingBox(2, "0.png", "a", new BoxArea(60, 60, 20, 20)) }.ToLookup(b => b.Image);
        Patch[] images = [Image(0, ["a"]), .. Enumerable.Range(1, 8).Select(i => Image(i, []))];
        PlannedPatch[] Healthy(string more) =>
            [
                .. new PatchPlan(
                    Recipe($"patches: {{side: 30, per_lesion: 40{more}}}"),
                    boxes,
                    1,
                    image => image.Row.Number % 2 == 0 ? lungs : null
                )
                    .Of(images)
                    .Where(p => p.Findings.Count == 0),
            ];
        bool IsInside(PlannedPatch p)
        {
            var (x, y) = ((p.Left + 15) * LungField.Side / Stored, (p.Top + 15) * LungField.Side / Stored);
            return lungs.Inside[(y * LungField.Side) + x];
        }
        var planned = Healthy("");
        Assert.All(planned, p => Assert.Equal(p.Source.Row.Number % 2 == 0, p.InLungs));
        var (found, lost) = (planned.Where(p => p.InLungs == true), planned.Where(p => p.InLungs == false));
        // A place's middle is rounded to a pixel, which may be the next cell's.
        Assert.True(found.Count(IsInside) > 0.9 * found.Count());
        Assert.True(lost.Count(IsInside) < 0.6 * lost.Count());
        var anywhere = Healthy(", healthy_inside: anywhere");
        Assert.All(anywhere, p => Assert.Null(p.InLungs));
        Assert.True(anywhere.Count(IsInside) < 0.6 * anywhere.Length);
    }

    private static BoxArea Scaled(BoxArea box, double by) =>
        new(box.X * by, box.Y * by, box.Width * by, box.Height * by);

    private static FindingBox Box(Random random, string image, string label)
    {
        var (w, h) = (random.Next(5, 80), random.Next(5, 80));
        return new(2, image, label, new BoxArea(random.Next(0, Stored - w), random.Next(0, Stored - h), w, h));
    }

    private static Patch Image(int number, string[] findings) =>
        new(new CohortRow(number + 2, $"{number}.png", "", $"p{number}") { Findings = findings }, -1, false)
        {
            Source = new SourceImage(1, 1) { Size = (Stored, Stored) },
        };

    private static CurriculumRecipe Recipe(string patches) =>
        (CurriculumRecipe)
            Known.Methods.Parse(
                $$"""
                method: curriculum
                findings: [a, b]
                network: {name: mobilenet-v2}
                input: {height: 200, width: 200}
                {{FormattableString.Invariant($"{patches}")}}
                """,
                "plan.yaml"
            );
}
