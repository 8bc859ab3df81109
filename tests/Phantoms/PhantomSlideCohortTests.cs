using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms.Tests;

public sealed class PhantomSlideCohortTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Classes_come_in_turn_and_stains_tell_nothing_of_them()
    {
        var slides = PhantomSlideCohort.Describe(
            new PhantomSlideCohortOptions
            {
                Patients = 40,
                Mpp = Mpp.Of(1),
                Tumor = 0.4,
            }
        );
        Assert.Equal(40, slides.Select(s => s.Patient).Distinct().Count());
        var nodes = slides.GroupBy(s => s.Node).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal((24, 4, 8, 4), (nodes["negative"], nodes["macro"], nodes["micro"], nodes["itc"]));
        Assert.All(slides, s => Assert.Equal(s.Node == "negative" ? "normal" : "tumor", s.Label));
        Assert.All(
            slides.Where(s => s.Class is not null),
            s => Assert.Equal(s.Class, s.Options.Lesions.Max(l => l.Class))
        );
        var (with, without) = (
            slides.Where(s => s.Class is not null).Average(s => s.Options.StainLevel),
            slides.Where(s => s.Class is null).Average(s => s.Options.StainLevel)
        );
        Assert.Equal(with, without, 0.06);
        Assert.InRange(slides.SelectMany(s => s.Options.Artifacts).Count(), 30, 80); // a third of 160 on average
        Assert.Equal(40, slides.Select(s => s.Options.Seed).Distinct().Count());
    }

    [Fact]
    public void Slides_of_a_patient_share_the_stain()
    {
        var slides = PhantomSlideCohort.Describe(new PhantomSlideCohortOptions { Patients = 4, SlidesPerPatient = 3 });
        Assert.Equal(12, slides.Count);
        Assert.All(
            slides.GroupBy(s => s.Patient),
            g => Assert.Single(g.Select(s => (s.Options.StainSeed, s.Options.StainLevel)).Distinct())
        );
        Assert.Equal(4, slides.Select(s => s.Options.StainSeed).Distinct().Count());
    }

    [Fact]
    public void Small_slides_get_the_classes_that_fit_and_refuse_others()
    {
        var options = new PhantomSlideCohortOptions();
        Assert.DoesNotContain(LesionClass.Macro, options.ClassesInTurn);
        Assert.Contains(LesionClass.Macro, (options with { Mpp = Mpp.Of(1) }).ClassesInTurn);
        var error = Assert.Throws<ArgumentException>(() =>
            PhantomSlideCohort.Describe(options with { Classes = [LesionClass.Macro] })
        );
        Assert.Contains(
            "4096 pixels at 0.25 µm/px are 1.02 mm wide; one with a lesion of class macro needs 3.78 mm: a side of "
                + "15120 pixels, or coarser pixels",
            error.Message
        );
        Assert.Contains(
            "have no room for any lesion",
            Assert.Throws<ArgumentException>(() => PhantomSlideCohort.Describe(options with { Side = 300 })).Message
        );
        Assert.Contains(
            "Patients is 1",
            Assert.Throws<ArgumentException>(() => PhantomSlideCohort.Describe(options with { Patients = 1 })).Message
        );
    }

    [Theory]
    [InlineData(0.25, 5)]
    [InlineData(0.243, 5)]
    [InlineData(0.5, 4)]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    public void Masks_have_pixels_of_at_most_8_microns(double mpp, int level) =>
        Assert.Equal(level, new PhantomSlideCohortOptions { Mpp = Mpp.Of(mpp) }.MaskLevel);

    [Fact]
    public void Slides_annotations_masks_and_tables_belong_together()
    {
        var options = new PhantomSlideCohortOptions
        {
            Patients = 4,
            Side = 1024,
            Mpp = Mpp.Of(1),
        };
        // Of an earlier cohort in the same folder.
        foreach (var number in Enumerable.Range(1, 4))
        {
            Directory.CreateDirectory(At("masks"));
            File.WriteAllText(At($"masks/P{number:00}-1.png"), "old");
        }
        var painted = PhantomSlideCohort.Write(folder, options);
        var rows = File.ReadAllLines(At("cohort.csv"));
        Assert.Equal("image,label,patient,annotation,mpp,node,artifacts", rows[0]);
        Assert.Equal(5, rows.Length);
        foreach (var (slide, row) in painted.Zip(rows.Skip(1).Select(r => r.Split(','))))
        {
            Assert.Equal($"slides/{slide.Slide.Name}.tif", row[0]);
            Assert.Equal((slide.Slide.Label, slide.Slide.Patient, "1"), (row[1], row[2], row[4]));
            using var open = SlideFile.Open(At(row[0]));
            Assert.Equal((1024L, 1024L), (open.Levels[0].Width, open.Levels[0].Height));
            Assert.Equal(1, open.Resolution.Mpp!.Value.X, 1e-6);
            var mask = At($"masks/{slide.Slide.Name}.png");
            Assert.Equal(row[1] == "tumor", File.Exists(mask));
            Assert.Equal(row[1] == "tumor", row[3].Length > 0 && File.Exists(At(row[3])));
            if (row[1] != "tumor")
                continue;
            using var written = ImageFile.Read(mask, ImageReadOptions.Mask);
            using var truth = slide.Phantom.Truth(options.MaskLevel);
            Assert.True(truth.Pixels.SequenceEqual(written.Pixels), mask);
        }
        var lesions = File.ReadAllLines(At("lesions.csv"));
        Assert.Equal("slide,lesion,class,major_axis_um,area_mm2", lesions[0]);
        Assert.Equal(painted.Sum(s => s.Phantom.Lesions.Count), lesions.Length - 1);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.part", SearchOption.AllDirectories));

        var before = painted.Select(s => File.ReadAllBytes(At($"slides/{s.Slide.Name}.tif"))).ToArray();
        PhantomSlideCohort.Write(folder, options);
        foreach (var (slide, bytes) in painted.Zip(before))
            Assert.True(bytes.SequenceEqual(File.ReadAllBytes(At($"slides/{slide.Slide.Name}.tif"))), slide.Slide.Name);
    }

    [Fact]
    public void A_stopped_cohort_has_no_cohort_file()
    {
        using var stop = new CancellationTokenSource();
        var options = new PhantomSlideCohortOptions
        {
            Patients = 4,
            Side = 1024,
            Mpp = Mpp.Of(1),
        };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            PhantomSlideCohort.Write(
                folder,
                options,
                tiles =>
                {
                    if (tiles > 5)
                        stop.Cancel();
                },
                stop.Token
            )
        );
        Assert.False(File.Exists(At("cohort.csv")));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.part", SearchOption.AllDirectories));
    }

    private string At(string name) => Path.Combine(folder, name);
}
