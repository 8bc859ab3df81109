using System.Text.Json;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>Lesions of CAMELYON16, as the NCRF project published their outlines.</summary>
public sealed class RealAnnotationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-real-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Their_areas_survive_every_format_and_add_up_over_a_grid()
    {
        var lesions = 0;
        foreach (var path in Directory.GetFiles(Path.Combine(TestData.Folder("camelyon"), "polygons16"), "Tumor*.json"))
        {
            var set = Lesions(path);
            lesions += set.Annotations.Count;
            var region = set.Region("_0");
            Assert.Equal(region.Shape.Area, region.Area, 1e-9 * region.Area);
            var file = Path.Combine(folder, "a");
            foreach (var format in Enum.GetValues<AnnotationFormat>())
            {
                AnnotationFile.Write(file, set, format);
                Assert.Equal(region.Area, AnnotationFile.Read(file).Region("_0").Area, 1e-9 * region.Area);
            }
            Assert.Equal(region.Area, SumOfCells(region, 2048.5), 1e-9 * region.Area);
        }
        Assert.True(lesions > 30, $"{lesions} lesions");
    }

    private static double SumOfCells(PolygonRegion region, double cell)
    {
        var (sum, box) = (0.0, region.Box);
        for (var y = box.Y - 7; y < box.Y + box.Height; y += cell)
        {
            for (var x = box.X - 3; x < box.X + box.Width; x += cell)
                sum += region.AreaIn(new Rectangle(x, y, cell, cell));
        }
        return sum;
    }

    private static AnnotationSet Lesions(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return new AnnotationSet
        {
            Format = AnnotationFormat.Asap,
            Annotations =
            [
                .. json
                    .RootElement.GetProperty("positive")
                    .EnumerateArray()
                    .Select(lesion => new Annotation
                    {
                        Name = lesion.GetProperty("name").GetString()!,
                        Class = "_0",
                        Polygons =
                        [
                            new RingPolygon(
                                new Ring([
                                    .. lesion
                                        .GetProperty("vertices")
                                        .EnumerateArray()
                                        .Select(v => new Vertex(v[0].GetDouble(), v[1].GetDouble())),
                                ])
                            ),
                        ],
                    }),
            ],
        };
    }
}
