using Coverslip.Slides.Images;

namespace Coverslip.Phantoms.Tests;

/// <summary>Painted chests: equal for equal seeds, lesions where their boxes are and nowhere else.</summary>
public sealed class RadiographPhantomTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-chests-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<RadiographLesion> Kinds => [.. Enum.GetValues<RadiographLesion>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_lesion_changes_its_box_and_nothing_far_from_it(RadiographLesion kind)
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var healthy = RadiographPhantom.Paint(new RadiographPhantomOptions { Size = 128 }, seed);
            var ill = RadiographPhantom.Paint(new RadiographPhantomOptions { Size = 128, Lesions = [kind] }, seed);
            using var without = healthy.Image;
            using var with = ill.Image;
            Assert.Empty(healthy.Boxes);
            Assert.InRange(ill.Boxes.Count, 1, 2);
            Assert.All(
                ill.Boxes,
                b => Assert.True(b.X >= 0 && b.Y >= 0 && b.X + b.Width <= 128 && b.Y + b.Height <= 128)
            );
            Assert.All(ill.Boxes, b => Assert.True(b.Width >= 3 && b.Height >= 3));
            double inside = 0;
            for (var i = 0; i < with.Pixels.Length; i++)
            {
                var off = Math.Abs(with.Pixels[i] - without.Pixels[i]);
                if (ill.Boxes.Any(b => Within(b, i % 128, i / 128, 0)))
                    inside = Math.Max(inside, off);
                else if (!ill.Boxes.Any(b => Within(b, i % 128, i / 128, 12)))
                    Assert.True(off <= 1, $"{kind}, seed {seed}: {off} at {i % 128}, {i / 128}");
            }
            Assert.True(inside > 12, $"{kind}, seed {seed}: at most {inside}");
        }
    }

    [Fact]
    public void Seeds_and_sites_decide_the_picture()
    {
        byte[] Of(int seed, int site)
        {
            using var image = RadiographPhantom
                .Paint(new RadiographPhantomOptions { Size = 64, Site = site }, seed)
                .Image;
            return image.Pixels.ToArray();
        }
        Assert.Equal(Of(3, 1), Of(3, 1));
        Assert.NotEqual(Of(3, 1), Of(4, 1));
        Assert.NotEqual(Of(3, 1), Of(3, 2));
    }

    [Fact]
    public void The_cohort_lists_findings_boxes_and_hospitals()
    {
        var options = new RadiographCohortOptions
        {
            Patients = 40,
            Size = 64,
            Seed = 5,
        };
        var path = RadiographCohort.Write(folder, options);
        var rows = File.ReadAllLines(path).Skip(1).Select(l => l.Split(',')).ToArray();
        Assert.Equal("image,labels,patient,site", File.ReadLines(path).First());
        Assert.Equal(40, rows.Select(r => r[2]).Distinct().Count());
        Assert.Equal(3, rows.Select(r => r[3]).Distinct().Count());
        Assert.All(rows.GroupBy(r => r[2]), g => Assert.Single(g.Select(r => (r[1], r[3])).Distinct()));
        Assert.InRange(rows.Count(r => r[1].Length == 0) / (double)rows.Length, 0.2, 0.6);
        Assert.Contains(rows, r => r[1].Contains(';'));
        var boxes = File.ReadAllLines(Path.Combine(folder, "boxes.csv")).Skip(1).Select(l => l.Split(',')).ToArray();
        var labels = rows.ToDictionary(r => r[0], r => r[1].Split(';'));
        Assert.All(boxes, b => Assert.Contains(b[1], labels[b[0]]));
        using var image = ImageFile.Read(Path.Combine(folder, rows[0][0]), ImageReadOptions.AsStored);
        Assert.Equal("64 × 64 gray image of 8 bits", $"{image}");
    }

    [Fact]
    public void Options_out_of_range_are_refused() =>
        Assert.Throws<ArgumentException>(() => RadiographCohort.Describe(new RadiographCohortOptions { Sites = 0 }));

    private static bool Within(LesionBox box, int x, int y, int margin) =>
        x >= box.X - margin && x < box.X + box.Width + margin && y >= box.Y - margin && y < box.Y + box.Height + margin;
}
