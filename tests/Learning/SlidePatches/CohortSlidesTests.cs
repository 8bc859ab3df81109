using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Progress;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.Tests.SlidePatches;

/// <summary>What of a cohort becomes places, and what is refused.</summary>
public sealed class CohortSlidesTests(TinySlides tiny) : IClassFixture<TinySlides>
{
    [Fact]
    public void Places_are_those_of_the_rule_and_a_normal_slide_has_no_tumor()
    {
        using var slides = tiny.Open(tiny.Cohort);
        Assert.Equal(8, slides.Slides.Count());
        foreach (var slide in slides.Slides)
        {
            Assert.Equal(slide.Row.Label == "tumor", slide.Count(1) > 0);
            Assert.True(slide.Count(0) > 100);
            for (var i = 0; i < slide.Count(1); i++)
            {
                // Its center of 16 pixels touches the annotated rectangle.
                var (x, y) = (slide.Place(1, i).X + 8, slide.Place(1, i).Y + 8);
                Assert.True(x + 16 > 300 && x < 420 && y + 16 > 250 && y < 350, $"({x}, {y})");
            }
        }
    }

    [Fact]
    public void Where_not_all_tumor_is_outlined_what_is_not_teaches_nothing_normal()
    {
        using var tiny = new TinySlides();
        var row = tiny.Slide("some", isTumor: true);
        CohortSlides Open(string exhaustive)
        {
            File.WriteAllText(
                tiny.At("one.csv"),
                $"image,label,patient,annotation,exhaustive\ns1.tif,normal,N,,no\nsome.tif,tumor,P,some.xml,{exhaustive}\n"
            );
            return tiny.Open(Cohort.Load(tiny.At("one.csv")));
        }
        using var all = Open("yes");
        using var part = Open("no");
        var (whole, outlined) = (all.Slides.Last(), part.Slides.Last());
        Assert.Equal(row.Image, whole.Name);
        Assert.True(whole.Count(0) > 100);
        Assert.Equal(0, outlined.Count(0));
        Assert.Equal(whole.Count(1), outlined.Count(1));
        Assert.Equal(all.Slides.First().Count(0), part.Slides.First().Count(0)); // a normal slide is normal all over
        var error = Assert.Throws<InvalidDataException>(() => Open("perhaps"));
        Assert.Contains(
            "exhaustive is 'perhaps'; expected is yes (all tumor of the slide is outlined) or no",
            error.Message
        );
    }

    [Fact]
    public void Tumor_that_nobody_outlined_teaches_nothing_where_the_recipe_lets_it_in()
    {
        using var tiny = new TinySlides();
        var bare = tiny.Slide("bare", isTumor: true) with { Further = [""] };
        var cohort = tiny.Write("bare.csv", tiny.Cohort.Rows[1], bare, tiny.Cohort.Rows[0]);
        // Places up to the border, whose centers may lie beyond it.
        var options = TinySlides.Patches() with
        {
            MinTissue = 0,
            TumorWithoutAnnotation = UnknownTumor.NoLabel,
        };
        using var slides = CohortSlides.Open(cohort, options, TinySlides.Input(), side: 32);
        var source = slides.Slides.Single(s => s.Name == bare.Image);
        Assert.Equal((0, 0), (source.Count(0), source.Count(1)));
        Assert.True(source.Areas.TumorUnknown);
        Assert.False(source.Areas.Tissue!.IsEmpty);
        Assert.All(slides.Slides.Where(s => s != source), s => Assert.True(s.Count(0) > 100 && !s.Areas.TumorUnknown));
        var told = new ToldLines();
        slides.Tell(told);
        Assert.Contains(
            "labeled tumor without an outline, 1 slides: they teach nothing and are only predicted: bare.tif",
            told.Lines
        );
    }

    private sealed class ToldLines : IWorkProgress
    {
        internal List<string> Lines { get; } = [];

        IWorkSteps IWorkProgress.Begin(string what, long total, string unit) => SilentProgress.Instance;

        void IWorkProgress.Note(string line) => Lines.Add(line);
    }

    [Fact]
    public void What_counts_as_tissue_is_the_recipes_to_say()
    {
        using var tiny = new TinySlides();
        var cohort = tiny.Write("one.csv", tiny.Slide("a", isTumor: true), tiny.Slide("b", isTumor: false));
        int Places(TissueOptions tissue)
        {
            using var open = CohortSlides.Open(
                cohort,
                new SlidePatchOptions
                {
                    Mpp = 1,
                    Stride = 16,
                    Center = 16,
                    Tissue = tissue,
                },
                new PatchInput(new WindowPixels(32, 32, null), [1], Positive: 1),
                side: 32
            );
            return open.Slides.Sum(s => s.Count(0) + s.Count(1));
        }
        var otsu = Places(new TissueOptions());
        // Glass has a gray of 243, tissue one near 115: 255 less that is above 51 and below 200.
        Assert.Equal(otsu, Places(new TissueOptions { Channel = TissueChannel.Darkness, Threshold = 51 }));
        Assert.Equal(0, Places(new TissueOptions { Channel = TissueChannel.Darkness, Threshold = 200 }));
    }

    [Fact]
    public void An_annotation_that_is_missing_or_elsewhere_is_refused_with_the_slide()
    {
        var row = tiny.Slide("odd", isTumor: true);
        File.Delete(tiny.At("odd.xml"));
        Assert.Contains("odd.xml: there is no such file", Refused<AnnotationException>(row));
        tiny.Annotate("odd.xml", new SlideRectangle(new SlidePoint(5000, 100), 300, 300));
        Assert.Contains("outside of odd.tif, which has 768 × 640 pixels", Refused<AnnotationException>(row));
        Assert.Contains(
            "odd.tif is labeled tumor and has no annotation",
            Refused<InvalidDataException>(row with { Further = [""] })
        );
        tiny.Annotate("odd.xml", TinySlides.Tumor);
        Assert.Contains("odd.tif is labeled normal, and", Refused<InvalidDataException>(row with { Label = "normal" }));
        File.WriteAllText(tiny.At("odd.xml"), File.ReadAllText(tiny.At("odd.xml")).Replace("\"_0\"", "\"Stroma\""));
        Assert.Contains("annotates no tumor; its classes: 'Stroma' (1)", Refused<AnnotationException>(row));
    }

    [Fact]
    public void A_folder_is_searched_for_the_slides_own_file()
    {
        var row = tiny.Slide("own", isTumor: true);
        Directory.CreateDirectory(tiny.At("drawn"));
        File.Move(tiny.At("own.xml"), tiny.At("drawn/OWN.svs.XML"));
        CohortFile.Write(
            tiny.At("folder.csv"),
            [row with { Further = ["drawn"] }, tiny.Cohort.Rows[0]],
            [CohortSlides.AnnotationColumn]
        );
        using var slides = tiny.Open(Cohort.Load(tiny.At("folder.csv")));
        slides.Record(tiny.Folder);
        Assert.Equal(
            $"own.tif,{tiny.At("drawn/OWN.svs.XML")},_0,1,12000,tumor",
            File.ReadAllLines(tiny.At("annotations.csv"))[1]
        );
        Assert.Contains("s1.tif,,,,,normal all over", File.ReadAllText(tiny.At("annotations.csv")));
    }

    [Fact]
    public void A_slide_that_is_coarser_than_the_run_is_refused_with_the_way_out()
    {
        var row = tiny.Slide("coarse", isTumor: true, mpp: 2);
        var error = Refused<UnreadableSlideException>(row);
        Assert.Contains("coarse.tif", error);
        Assert.Contains("1 µm/px asked, its finest level has 2 µm/px", error);
    }

    [Fact]
    public void A_resolution_in_doubt_is_not_trained_on_until_the_cohort_says_it()
    {
        var row = tiny.Slide("doubtful", isTumor: true, mpp: 25_400.0 / 300);
        var error = Refused<InvalidDataException>(row);
        Assert.Contains("doubtful.tif", error);
        Assert.Contains("300 dots per inch", error);
        Assert.Contains("column mpp", error);
        CohortFile.Write(
            tiny.At("said.csv"),
            [row with { Further = [row.Further[0], "1"] }, tiny.Cohort.Rows[0] with { Further = ["", "1"] }],
            [CohortSlides.AnnotationColumn, "mpp"]
        );
        using var slides = tiny.Open(Cohort.Load(tiny.At("said.csv")));
        Assert.All(slides.Slides, slide => Assert.Empty(slide.Slide.Notes));
    }

    [Fact]
    public void Image_files_bring_their_resolution_or_are_refused()
    {
        using (var image = new Image(64, 64))
        {
            image.WritablePixels.Fill(100);
            ImageFile.Write(tiny.At("patch.png"), image);
            image.WritablePixels.Fill(101);
            ImageFile.Write(tiny.At("other.png"), image);
        }
        CohortRow[] rows =
        [
            new CohortRow(0, "patch.png", "tumor", "A") { Further = ["0.5"] },
            new CohortRow(0, "other.png", "normal", "A") { Further = ["0.5"] },
        ];
        CohortFile.Write(tiny.At("patches.csv"), rows, ["mpp"]);
        using var slides = tiny.Open(Cohort.Load(tiny.At("patches.csv")));
        var source = Assert.Single(slides.Sources);
        Assert.Equal((1, 1), (source.Count(0), source.Count(1)));
        var pixels = new byte[32 * 32 * 4];
        // 64 pixels at 0.5 µm are 32 at 1.
        source.Read(1, 0, ImageChange.Oriented(0), new PatchTarget(pixels, 0, 1, 32, 32));
        Assert.All(pixels.Where((_, i) => i % 4 != 3), p => Assert.Equal(100, p));

        CohortFile.Write(tiny.At("bare.csv"), [.. rows.Select(r => r with { Further = [] })], []);
        var bare = Assert.Throws<InvalidDataException>(() => tiny.Open(Cohort.Load(tiny.At("bare.csv"))));
        Assert.Contains("patch.png is an image file and brings no resolution", bare.Message);
        var coarse = Assert.Throws<InvalidDataException>(() =>
            tiny.Open(Cohort.Load(tiny.At("patches.csv")), mpp: 0.25)
        );
        Assert.Contains("coarser than the run's 0.25", coarse.Message);
    }

    private string Refused<T>(CohortRow row)
        where T : Exception
    {
        var cohort = tiny.Write(
            $"{Guid.NewGuid():N}.csv",
            row with
            {
                Patient = "X",
            },
            tiny.Cohort.Rows[row.Label == "normal" ? 1 : 0]
        );
        return Assert.Throws<T>(() => tiny.Open(cohort)).Message;
    }
}
