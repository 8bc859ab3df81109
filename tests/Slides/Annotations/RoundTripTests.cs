using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tests.Geometry;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>Read, written and read again: nothing changes, down to the last digit.</summary>
public sealed class RoundTripTests : IDisposable
{
    private static readonly string[] Names =
    [
        "",
        "Annotation 3",
        "a <b> & \"c\" 'd'",
        "Karzinom – größer",
        "line\nbreak",
    ];
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-round-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(AnnotationFormat.Asap)]
    [InlineData(AnnotationFormat.GeoJson)]
    [InlineData(AnnotationFormat.Aperio)]
    public void Random_sets_stay_as_they_are(AnnotationFormat format)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var drawn = Drawn(new Random(seed), format);
            var path = Path.Combine(folder, "a");
            Assert.Empty(AnnotationFile.Write(path, drawn, format));
            var read = AnnotationFile.Read(path);
            Assert.Equal(format, read.Format);
            AssertSameDrawing(drawn, read);
            Assert.Empty(AnnotationFile.Write(path, read, format));
            Assert.Equal(SetText.Of(read), SetText.Of(AnnotationFile.Read(path)));
        }
    }

    [Theory]
    [InlineData(
        """
            <Annotations MicronsPerPixel="0.2520"><Annotation Id="7" Name="T" ReadOnly="0" NameReadOnly="0" LineColorReadOnly="0" Incremental="0" Type="4" LineColor="255" Visible="1" Selected="1" MarkupImagePath="" MacroName=""><Attributes><Attribute Name="Description" Id="0" Value="x"/></Attributes><Regions><RegionAttributeHeaders><AttributeHeader Id="9999" Name="Region" ColumnWidth="-1"/></RegionAttributeHeaders><Region Id="5" Type="0" Zoom="0.047" Selected="0" ImageLocation="" ImageFocus="-1" Length="40.1" Area="100" LengthMicrons="10.1" AreaMicrons="6.3" Text="here" NegativeROA="0" InputRegionId="0" Analyze="1" DisplayId="5"><Attributes/><Vertices><Vertex X="1.25" Y="2" Z="0"/><Vertex X="11.1" Y="2" Z="0"/><Vertex X="11" Y="12.3" Z="0"/></Vertices></Region></Regions><Plots/></Annotation><Annotation Id="8" Name="T"><Regions/></Annotation></Annotations>
            """
    )]
    [InlineData(
        """
            {"type":"FeatureCollection","crs":{"x":[1,2.50]},"features":[{"type":"Feature","id":"16608ab1","geometry":{"type":"MultiPolygon","coordinates":[[[[0.1,0.2],[4,0],[4,4.333333333333333],[0.1,0.2]]]],"plane":{"c":-1,"z":0,"t":0}},"properties":{"objectType":"detection","name":"n","color":[1,2,3],"classification":{"name":"A","color":[9,8,7],"parent":"B"},"metadata":{"key":"value"},"measurements":{"a":0.1,"b":"NaN"},"nucleusGeometry":{"type":"Point","coordinates":[1,1]}}}]}
            """
    )]
    [InlineData(
        """
            <ASAP_Annotations version="1"><Annotations><Annotation Name="a" Type="Dot" PartOfGroup="g" Color="#64fe2e" Extra="e"><Coordinates><Coordinate Order="0" X="62541.0996" Y="0.0625"/></Coordinates></Annotation></Annotations><AnnotationGroups><Group Name="g" PartOfGroup="h" Color="#64fe2e"><Attributes><Attribute Name="n" Value="v"/></Attributes></Group><Group Name="h" PartOfGroup="None"/></AnnotationGroups></ASAP_Annotations>
            """
    )]
    public void Fields_that_nobody_reads_are_kept(string text)
    {
        var path = Path.Combine(folder, "a");
        File.WriteAllText(path, text);
        var read = AnnotationFile.Read(path);
        Assert.Empty(AnnotationFile.Write(path, read, read.Format));
        Assert.Equal(SetText.Of(read), SetText.Of(AnnotationFile.Read(path)));
        var written = File.ReadAllText(path);
        foreach (
            var word in text.Split('"', ' ', ',', ':', '[', ']', '{', '}', '=', '<', '>', '/').Where(w => w.Length > 3)
        )
            Assert.Contains(word, written);
    }

    private static void AssertSameDrawing(AnnotationSet drawn, AnnotationSet read)
    {
        Assert.Equal(drawn.Annotations.Count, read.Annotations.Count);
        // Aperio's file goes layer by layer.
        var order = drawn.Format == AnnotationFormat.Aperio ? drawn.Annotations.OrderBy(a => a.Class) : null;
        foreach (var (a, b) in (order ?? drawn.Annotations.AsEnumerable()).Zip(read.Annotations))
        {
            Assert.Equal((a.Name, a.Class, a.Kind), (b.Name, b.Class, b.Kind));
            Assert.Equal(a.Polygons, b.Polygons);
            if (drawn.Format == AnnotationFormat.Asap)
                Assert.Equal(a.Color, b.Color);
            if (drawn.Format == AnnotationFormat.GeoJson)
            {
                Assert.Equal((a.Color, a.ClassColor, a.IsLocked), (b.Color, b.ClassColor, b.IsLocked));
                Assert.Equal(a.Measurements, b.Measurements);
            }
        }
    }

    private static AnnotationSet Drawn(Random random, AnnotationFormat format) =>
        new()
        {
            Format = format,
            Annotations = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => One(random, format))],
            Groups =
                format == AnnotationFormat.GeoJson
                    ? []
                    : [.. new[] { "a", "b & c" }.Select(n => new AnnotationGroup(n) { Color = Color(random) })],
        };

    private static Annotation One(Random random, AnnotationFormat format)
    {
        var isGeoJson = format == AnnotationFormat.GeoJson;
        var at = new Vertex(random.NextDouble() * 1e5, random.NextDouble() * 1e5);
        var parts = isGeoJson ? random.Next(1, 3) : 1;
        return new Annotation
        {
            Name = Names[random.Next(isGeoJson ? Names.Length : 4)],
            Kind = isGeoJson || random.Next(2) == 0 ? AnnotationKind.Polygon : AnnotationKind.Rectangle,
            Class = random.Next(2) == 0 ? "a" : "b & c",
            Color = format == AnnotationFormat.Aperio ? null : Color(random),
            ClassColor = isGeoJson ? Color(random) : null,
            IsLocked = isGeoJson ? random.Next(2) == 0 : null,
            Measurements = isGeoJson
                ? [.. Enumerable.Range(0, random.Next(4)).Select(i => new Measurement($"m{i}", Number(random)))]
                : [],
            Polygons =
            [
                .. Enumerable
                    .Range(0, parts)
                    .Select(i => new RingPolygon(
                        Rings.Star(random, at with { X = at.X + (i * 1e4) }, 100, 400),
                        isGeoJson && random.Next(2) == 0 ? [Rings.Star(random, at, 1, 30)] : []
                    )),
            ],
        };
    }

    private static RgbColor Color(Random random) => RgbColor.FromRgb(random.Next(1 << 24));

    private static double Number(Random random) =>
        random.Next(6) switch
        {
            0 => double.NaN,
            1 => double.PositiveInfinity,
            2 => random.Next(),
            _ => random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),
        };
}
