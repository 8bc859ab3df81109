using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>What of a file counts as what, and what is refused.</summary>
public sealed class SlideAnnotationsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-classes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Nothing_counts_that_is_not_named_and_ignored_area_is_taken_out()
    {
        // Side by side, 10 × 10 each, but for what is ignored, which lies over halves of the first two.
        var file = Write(
            ("Tumor", 0, 10),
            ("normal", 10, 10),
            ("Stroma", 20, 10),
            ("Region*", 30, 10),
            ("Tissue", 40, 10),
            (null, 50, 10),
            ("Ignore*", 5, 10)
        );
        var drawn = SlideAnnotations.Read(file, new AnnotationClasses());
        Assert.Equal((50.0, 50.0, 100.0), (drawn.Tumor.Area, drawn.Normal.Area, drawn.Ignored.Area));
        Assert.Equal(
            [
                "tumor 100",
                "normal 100",
                "not used 100",
                "not used 100",
                "not used 100",
                "not used 100",
                "taken out 100",
            ],
            drawn.Classes.Select(c => $"{c.Use.InWords()} {c.Area}")
        );
        var named = new AnnotationClasses { Tumor = ["stroma", "unclassified"], Normal = ["TISSUE"] };
        drawn = SlideAnnotations.Read(file, named);
        Assert.Equal((200.0, 100.0), (drawn.Tumor.Area, drawn.Normal.Area));
        Assert.Equal(100, SlideAnnotations.Read(file, named with { Tumor = ["Ignore*"] }).Tumor.Area);
    }

    [Fact]
    public void Groups_of_camelyon_keep_their_meaning()
    {
        var file = Path.Combine(folder, "c.xml");
        AnnotationFile.Write(
            file,
            new AnnotationSet
            {
                Format = AnnotationFormat.Asap,
                Annotations =
                [
                    Square("_0", 0, 10),
                    Square("_1", 10, 10),
                    Square("Tumor", 20, 10),
                    Square(null, 30, 10),
                    Square("_2", 0, 5),
                    Square("Exclusion", 20, 5),
                ],
            },
            AnnotationFormat.Asap
        );
        var drawn = SlideAnnotations.Read(file, new AnnotationClasses());
        Assert.Equal(300 - 50 - 50, drawn.Tumor.Area);
        Assert.Equal(["_0", "_1", "Tumor"], drawn.Classes.Where(c => c.Use == ClassUse.Tumor).Select(c => c.Name));
        Assert.Equal(("", ClassUse.NotUsed), (drawn.Classes[^1].Name, drawn.Classes[^1].Use));
    }

    [Fact]
    public void An_outline_beyond_the_slide_and_a_file_without_tumor_are_refused()
    {
        var drawn = SlideAnnotations.Read(Write(("Stroma", 0, 10), ("Tumor", 100, 10)), new AnnotationClasses());
        Assert.Same(drawn, drawn.Within(111, 10, "s.tif"));
        var beyond = Assert.Throws<AnnotationException>(() => drawn.Within(100, 10, "s.tif"));
        Assert.Contains(
            "an outline lies at (100, 0) to (110, 10), outside of s.tif, which has 100 × 10",
            beyond.Message
        );
        beyond = Assert.Throws<AnnotationException>(() => drawn.Within(105, 10, "s.tif"));
        Assert.Contains("its tumor lies at", beyond.Message);

        drawn = SlideAnnotations.Read(Write(("Stroma", 0, 10), (null, 20, 10)), new AnnotationClasses());
        Assert.Contains(
            "annotates no tumor; its classes: 'Stroma' (1), unclassified (1); name those that are tumor (--tumor-classes, in a recipe patches.tumor_classes)",
            Assert.Throws<AnnotationException>(drawn.NeedTumor).Message
        );
        Assert.Contains(
            "without an outline of an area",
            Assert.Throws<AnnotationException>(() => SlideAnnotations.Read(Write(), new AnnotationClasses())).Message
        );
    }

    [Theory]
    [InlineData(110, 10, 100, null)]
    [InlineData(
        107,
        10,
        70,
        "1 of 2 outlines end up to 3 pixels outside of s.tif, which has 107 × 10 pixels; what lies there is clipped"
    )]
    [InlineData(106, 8, 48, "2 of 2 outlines end up to 4 pixels outside")]
    public void What_ends_a_few_pixels_outside_of_the_slide_is_clipped_and_said(
        long width,
        long height,
        double area,
        string? told
    )
    {
        var drawn = SlideAnnotations
            .Read(Write(("Stroma", 0, 10), ("Tumor", 100, 10)), new AnnotationClasses())
            .Within(width, height, "s.tif");
        Assert.Equal(area, drawn.Tumor.Area, 1e-9);
        Assert.Equal(drawn.Tumor.Area, drawn.Classes.Single(c => c.Name == "Tumor").Area, 1e-9);
        if (told is null)
            Assert.Empty(drawn.Notes);
        else
            Assert.Contains(told, Assert.Single(drawn.Notes));
    }

    [Fact]
    public void Places_as_shares_of_the_slides_sides_are_refused()
    {
        var file = Path.Combine(folder, "shares.geojson");
        File.WriteAllText(
            file,
            """{"type": "Feature", "properties": {"classification": {"name": "Tumor"}}, "geometry": {"type": "Polygon", "coordinates": [[[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75], [0.25, 0.25]]]}}"""
        );
        var drawn = SlideAnnotations.Read(file, new AnnotationClasses());
        Assert.Contains(
            "its tumor covers 0.25 of the 1024 × 512 pixels of s.tif; places count pixels of level 0, and these may be shares",
            Assert.Throws<AnnotationException>(() => drawn.Within(1024, 512, "s.tif")).Message
        );
    }

    [Fact]
    public void Outlines_that_are_all_cut_out_leave_no_tumor_and_that_is_said()
    {
        var file = Path.Combine(folder, "negative.xml");
        File.WriteAllText(
            file,
            """
            <Annotations><Annotation Name="Tumor"><Regions><Region Type="Polygon" NegativeROA="1"><Vertices>
            <V X="0" Y="0"/><V X="9" Y="0"/><V X="9" Y="9"/></Vertices></Region></Regions></Annotation></Annotations>
            """
        );
        var drawn = SlideAnnotations.Read(file, new AnnotationClasses());
        Assert.Contains(
            "every outline of it is cut out of something, and nothing is left",
            Assert.Throws<AnnotationException>(drawn.NeedTumor).Message
        );
    }

    [Fact]
    public void A_class_that_no_file_has_is_refused_with_the_nearest_and_all_that_is_found_is_told()
    {
        var survey = new AnnotationSurvey { OfNoSlide = ["x/t.xml"] };
        survey.Add(
            "a.tif",
            SlideAnnotations.Read(Write(("Tumor", 0, 10), ("Stroma", 20, 10)), new AnnotationClasses())
        );
        survey.Add("b.tif", null);
        var error = Assert.Throws<AnnotationException>(() =>
            survey.Check(new AnnotationClasses { Tumor = ["Tumour"] }, "xml")
        );
        Assert.Contains("no class 'Tumour', is 'Tumor' meant? there are 'Stroma', 'Tumor'", error.Message);
        survey.Check(new AnnotationClasses { Tumor = ["tumor"], Normal = ["Stroma"] }, "xml");
        Assert.Equal(
            [
                "class 'Stroma': not used; 1 outlines on 1 slides, 100 px²",
                "class 'Tumor': tumor; 1 outlines on 1 slides, 100 px²",
                "note: without annotations and taken as normal all over: 1: b.tif",
                "note: annotations that belong to none of the slides: 1: t.xml",
            ],
            survey.Lines()
        );
        var table = Path.Combine(folder, "t.csv");
        survey.Write(table);
        Assert.Equal(
            [
                "slide,annotation,class,outlines,area_px2,use",
                $"a.tif,{folder}/a.geojson,Tumor,1,100,tumor",
                $"a.tif,{folder}/a.geojson,Stroma,1,100,not used",
                "b.tif,,,,,normal all over",
                ",x/t.xml,,,,of no slide",
            ],
            File.ReadAllLines(table)
        );
    }

    private string Write(params (string? Class, double Left, double Width)[] squares)
    {
        var file = Path.Combine(folder, "a.geojson");
        AnnotationFile.Write(
            file,
            new AnnotationSet
            {
                Format = AnnotationFormat.GeoJson,
                Annotations = [.. squares.Select(s => Square(s.Class, s.Left, s.Width))],
            },
            AnnotationFormat.GeoJson
        );
        return file;
    }

    private static Annotation Square(string? name, double left, double width) =>
        new()
        {
            Class = name,
            Polygons =
            [
                new RingPolygon(new Ring([new(left, 0), new(left + width, 0), new(left + width, 10), new(left, 10)])),
            ],
        };
}
