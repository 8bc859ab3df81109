using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tests.Geometry;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>Another format covers the same area, or says that it does not.</summary>
public sealed class ConversionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-convert-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(AnnotationFormat.Asap)]
    [InlineData(AnnotationFormat.Aperio)]
    public void Holes_become_cut_outs_and_cut_outs_holes_again(AnnotationFormat format)
    {
        var random = new Random(7);
        for (var i = 0; i < 10; i++)
        {
            var set = Set(
                AnnotationFormat.GeoJson,
                Drawn("tumor", Star(random, 0), [Rings.Star(random, new(0, 0), 5, 20)]),
                Drawn("tumor", Star(random, 1000), []),
                Drawn("stroma", Star(random, 2000), [Rings.Star(random, new(2000, 0), 5, 20)])
            );
            Assert.DoesNotContain(Write(set, format), loss => loss.Contains("square pixels"));
            var other = AnnotationFile.Read(Path.Combine(folder, "a"));
            Assert.Equal(5, other.Annotations.Count);
            Write(other, AnnotationFormat.GeoJson);
            var back = AnnotationFile.Read(Path.Combine(folder, "a"));
            Assert.Equal(set.Annotations.Select(a => a.Class), back.Annotations.Select(a => a.Class));
            Assert.Equal(set.Annotations.SelectMany(a => a.Polygons), back.Annotations.SelectMany(a => a.Polygons));
        }
    }

    [Fact]
    public void A_cut_out_over_the_border_is_clipped_and_said()
    {
        var set = Set(
            AnnotationFormat.Asap,
            Drawn("_0", Rings.Box(0, 0, 10, 10), []),
            Drawn("_2", Rings.Box(5, 5, 10, 10), []) with
            {
                CutFrom = ["_0", "_1"],
            },
            Drawn("_2", Rings.Box(50, 50, 1, 1), []) with
            {
                CutFrom = ["_0", "_1"],
            }
        );
        var losses = Write(set, AnnotationFormat.GeoJson);
        Assert.Contains(losses, loss => loss.Contains("is clipped to"));
        Assert.Contains(losses, loss => loss.Contains("cuts nothing"));
        var found = AnnotationFile.Read(Path.Combine(folder, "a"));
        Assert.Equal(75, found.Region("_0").Area, 1e-9);
        Assert.Equal(["_0"], found.Annotations.Select(a => a.Class));
    }

    [Fact]
    public void An_island_in_a_hole_is_lost_to_cut_outs_and_that_is_said()
    {
        var set = Set(
            AnnotationFormat.GeoJson,
            Drawn("t", Rings.Box(0, 0, 30, 30), [Rings.Box(5, 5, 20, 20)]),
            Drawn("t", Rings.Box(10, 10, 2, 3), [])
        );
        var losses = Write(set, AnnotationFormat.Asap);
        Assert.Contains("class 't' covers 506 square pixels, and 500 in the new file", losses);
        Assert.Equal(500, AnnotationFile.Read(Path.Combine(folder, "a")).Region("t").Area, 1e-9);
    }

    [Fact]
    public void What_a_format_does_not_hold_is_named()
    {
        var set = Set(
            AnnotationFormat.GeoJson,
            Drawn("t", Rings.Box(0, 0, 3, 3), []) with
            {
                Color = new RgbColor(1, 2, 3),
                IsLocked = true,
                ObjectType = "detection",
                Measurements = [new Measurement("m", 1)],
                Further = new Dictionary<string, string> { ["properties.metadata"] = "{}" },
            }
        );
        var losses = Write(set, AnnotationFormat.Aperio);
        foreach (var word in new[] { "metadata", "measurements", "object types", "locked", "colors" })
            Assert.Contains(losses, loss => loss.Contains(word));
    }

    [Fact]
    public void A_name_that_xml_cannot_hold_is_refused()
    {
        var set = Set(AnnotationFormat.GeoJson, Drawn("t", Rings.Box(0, 0, 3, 3), []) with { Name = "a\u0001" });
        Assert.Contains(
            "XML cannot hold",
            Assert.Throws<AnnotationException>(() => Write(set, AnnotationFormat.Asap)).Message
        );
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Bounds_move_every_point()
    {
        var set = Set(AnnotationFormat.GeoJson, Drawn("t", Rings.Box(1, 2, 10, 10), [Rings.Box(3, 4, 2, 2)]));
        var moved = set.Moved(100, 200);
        Assert.Equal(Rings.Box(101, 202, 10, 10), moved.Annotations[0].Polygons[0].Outer);
        Assert.Equal(Rings.Box(103, 204, 2, 2), moved.Annotations[0].Polygons[0].Holes[0]);
        Assert.Equal(SetText.Of(set), SetText.Of(moved.Moved(-100, -200)));
    }

    private IReadOnlyList<string> Write(AnnotationSet set, AnnotationFormat format) =>
        AnnotationFile.Write(Path.Combine(folder, "a"), set, format);

    private static Ring Star(Random random, double x) => Rings.Star(random, new Vertex(x, 0), 100, 300);

    private static Annotation Drawn(string name, Ring outer, Ring[] holes) =>
        new() { Class = name, Polygons = [new RingPolygon(outer, holes)] };

    private static AnnotationSet Set(AnnotationFormat format, params Annotation[] annotations) =>
        new() { Format = format, Annotations = annotations };
}
