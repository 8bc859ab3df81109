using System.Security.Cryptography;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using static Coverslip.Phantoms.Tests.PaintedPixels;

namespace Coverslip.Phantoms.Tests;

/// <summary>Whole phantom slides: what is painted against what is said of it.</summary>
public sealed class SlidePhantomTests : IDisposable
{
    private static readonly SlidePhantomOptions Small = new()
    {
        Width = 2048,
        Height = 2048,
        Mpp = Mpp.Of(0.5),
        Tissue = 0.5,
        Seed = 5,
        Pieces = 1,
    };
    private static readonly SlidePhantomOptions WithTumor = Small with
    {
        Lesions = [new LesionOrder(LesionClass.Micro, 420), new LesionOrder(LesionClass.Itc)],
    };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Golden: a change of one bit in what is painted, on any machine, changes these.
    [Theory]
    [InlineData(0.25, "45F37DB5EFA76EBD")]
    [InlineData(1.0, "2CB98078AB5AFDAA")]
    public void The_same_seed_paints_the_same_pixels_on_every_machine(double mpp, string expected)
    {
        var options = Small with
        {
            Width = 4096,
            Height = 4096,
            Mpp = Mpp.Of(mpp),
            Lesions = [new LesionOrder(LesionClass.Micro, 300)],
            Artifacts = Enum.GetValues<ArtifactKind>(),
        };
        var painter = SlidePhantom.Plan(options).Painter();
        using var tile = new Image(256, 256);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = 512; at < 3600; at += 256)
        {
            painter.Paint(at, at, tile);
            hash.AppendData(tile.Pixels);
        }
        Assert.Equal(expected, Convert.ToHexString(hash.GetHashAndReset())[..16]);
    }

    // Golden as well: the third scanner's colors are the same on any machine.
    [Fact]
    public void Another_scanner_shows_the_same_glass_in_other_colors()
    {
        var painter = SlidePhantom.Plan(WithTumor).Painter();
        using var usual = new Image(256, 256);
        using var other = new Image(256, 256);
        painter.Paint(768, 768, usual);
        usual.Pixels.CopyTo(other.WritablePixels);
        Scanner.Of(3)!.Scan(other);
        Assert.Null(Scanner.Of(0));
        Assert.Equal("B151E4AA9C2756FE", Convert.ToHexString(SHA256.HashData(other.Pixels))[..16]);
        // A color becomes one color, whatever lies around it, so that what is drawn stays where it is.
        var seen = new Dictionary<(byte, byte, byte), (byte, byte, byte)>();
        var changed = 0;
        for (var i = 0; i < usual.Pixels.Length; i += 3)
        {
            var (from, to) = (Color(usual.Pixels, i), Color(other.Pixels, i));
            Assert.Equal(to, seen.TryGetValue(from, out var before) ? before : seen[from] = to);
            changed += from == to ? 0 : 1;
        }
        Assert.True(changed > 256 * 256 * 9 / 10, $"{changed}");

        static (byte, byte, byte) Color(ReadOnlySpan<byte> pixels, int at) =>
            (pixels[at], pixels[at + 1], pixels[at + 2]);
    }

    [Fact]
    public void Windows_of_any_size_show_the_same_pixels()
    {
        var phantom = SlidePhantom.Plan(WithTumor);
        var painter = phantom.Tissue();
        var box = Box(phantom.Lesions[0].Outline.Outer);
        var (left, top) = (((int)box.X / 16 * 16) - 64, ((int)box.Y / 16 * 16) - 64);
        var whole = new byte[512 * 512 * 3];
        var part = new byte[128 * 96 * 3];
        Assert.True(painter.Paint(left, top, 512, whole));
        for (var y = 0; y < 512 - 96; y += 80)
        {
            for (var x = 0; x < 512 - 128; x += 112)
            {
                painter.Paint(left + x, top + y, 128, part);
                for (var row = 0; row < 96; row++)
                    Assert.True(
                        part.AsSpan(row * 128 * 3, 128 * 3)
                            .SequenceEqual(whole.AsSpan((((y + row) * 512) + x) * 3, 128 * 3)),
                        $"row {row} of the window at {x}, {y}"
                    );
            }
        }
    }

    [Fact]
    public void What_lies_in_an_outline_is_painted_as_tumor_and_nothing_else_is()
    {
        var (with, without) = (SlidePhantom.Plan(WithTumor), SlidePhantom.Plan(Small));
        var (painted, plain) = (Pixels(with), Pixels(without));
        using var truth = with.Truth(level: 0);
        var (width, height) = (truth.Width, truth.Height);
        // Lymphocytes whose center would lie in tumor are not painted; they reach out of it by less than 4 µm, 8 pixels.
        const int reach = 8;
        var inside = 0;
        var changed = 0;
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var i = (y * width) + x;
                var same = painted.AsSpan(3 * i, 3).SequenceEqual(plain.AsSpan(3 * i, 3));
                if (truth.Pixels[i] != 0)
                {
                    inside++;
                    changed += same ? 0 : 1;
                }
                else if (!same)
                {
                    Assert.True(IsNear(truth, x, y, reach), $"{x}, {y} differs and is no tumor");
                }
            }
        }
        Assert.InRange(inside, 100_000, 1_000_000);
        Assert.True(changed > 0.4 * inside, $"{changed} of {inside} pixels of tumor look as normal tissue would");
    }

    [Fact]
    public void Nuclei_of_tumor_are_larger_and_fewer_and_cover_as_much()
    {
        var path = At("slide.tif");
        var phantom = SlidePhantom.Write(path, WithTumor);
        using var slide = SlideFile.Open(path);
        using var pixels = new Image(2048, 2048);
        slide.ReadLevel(0, new LevelPoint(0, 0), pixels);
        var tumor = phantom.Lesions[0].Outline.Outer.Points;
        var (x, y) = ((int)tumor.Average(p => p.X), (int)tumor.Average(p => p.Y));
        var lesion = Nuclei(pixels, x - 110, y - 110);
        using var truth = phantom.Truth(level: 0);
        var (px, py) = Enumerable
            .Range(0, 60 * 60)
            .Select(i => (X: 200 + (i % 60 * 27), Y: 200 + (i / 60 * 27)))
            .First(at => !IsNear(truth, at.X, at.Y, 115) && IsTissue(pixels, at.X - 115, at.Y - 115, 230));
        var other = Nuclei(pixels, px - 110, py - 110);
        Assert.True(lesion.Size > 1.7 * other.Size, $"{lesion} in tumor, {other} elsewhere");
        Assert.True(lesion.Count < 0.65 * other.Count, $"{lesion} in tumor, {other} elsewhere");
        // Of two places; over whole slides both cover the same (PhantomSlideColorTests compares colors).
        Assert.InRange(lesion.Cover / other.Cover, 0.65, 1.5);
    }

    // Harder phantoms: tumor's nuclei come nearer to lymphocytes', and germinal centers have nuclei of the tumor's size.
    [Fact]
    public void Hardness_brings_the_nuclei_of_tumor_nearer_and_gives_follicles_germinal_centers()
    {
        var easy = SlidePhantom.Plan(WithTumor);
        var hard = SlidePhantom.Plan(WithTumor with { Hardness = 1 });
        var (easySize, hardSize) = (SizeInTumor(easy), SizeInTumor(hard));
        Assert.InRange(hardSize / easySize, 0.4, 0.75);

        // Outside of tumor nothing changes but the middles of follicles.
        using var truth = hard.Truth(level: 0);
        var (before, after) = (Pixels(easy), Pixels(hard));
        var changed = Enumerable
            .Range(0, truth.Width * truth.Height)
            .Where(i => !before.AsSpan(3 * i, 3).SequenceEqual(after.AsSpan(3 * i, 3)))
            .Count(i => !IsNear(truth, i % truth.Width, i / truth.Width, 12));
        Assert.InRange(changed / (double)(truth.Width * truth.Height), 0.005, 0.2);
    }

    private static double SizeInTumor(SlidePhantom phantom)
    {
        using var pixels = Image.From(Pixels(phantom), 2048, 2048);
        var tumor = phantom.Lesions[0].Outline.Outer.Points;
        return Nuclei(pixels, (int)tumor.Average(p => p.X) - 110, (int)tumor.Average(p => p.Y) - 110).Size;
    }

    [Theory]
    [InlineData(LesionClass.Itc, 120.0)]
    [InlineData(LesionClass.Micro, 900.0)]
    [InlineData(LesionClass.Macro, 2400.0)]
    [InlineData(LesionClass.Itc, null)]
    [InlineData(LesionClass.Micro, null)]
    [InlineData(LesionClass.Macro, null)]
    public void A_lesion_has_the_class_that_its_measured_axis_says(LesionClass kind, double? axis)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var phantom = SlidePhantom.Plan(
                new SlidePhantomOptions
                {
                    Width = kind == LesionClass.Macro ? 6000 : 2400,
                    Height = kind == LesionClass.Macro ? 5000 : 2400,
                    Mpp = Mpp.Of(1),
                    Tissue = 0.6,
                    Seed = seed,
                    Lesions = [new LesionOrder(kind, axis)],
                }
            );
            var lesion = Assert.Single(phantom.Lesions);
            using var mask = phantom.Truth(level: kind == LesionClass.Itc ? 0 : 2);
            var (measured, area) = Measure(mask, fill: true, pixel: kind == LesionClass.Itc ? 1 : 4);
            Assert.Equal(lesion.MajorAxis, measured, 0.02 * measured);
            Assert.Equal(lesion.Area, Measure(mask, fill: false, kind == LesionClass.Itc ? 1 : 4).Area, 0.02 * area);
            if (axis is { } asked)
                Assert.Equal(asked, lesion.MajorAxis, 0.1);
            var expected =
                measured < 200 ? LesionClass.Itc
                : measured <= 2000 ? LesionClass.Micro
                : LesionClass.Macro;
            Assert.Equal(expected, lesion.Class);
        }
    }

    [Fact]
    public void Lesions_lie_in_tissue_and_apart()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var phantom = SlidePhantom.Plan(
                Small with
                {
                    Seed = seed,
                    Tissue = 0.4,
                    Lesions =
                    [
                        new LesionOrder(LesionClass.Micro, 300),
                        .. Enumerable.Repeat(new LesionOrder(LesionClass.Itc) { IfRoom = true }, 4),
                    ],
                }
            );
            Assert.True(phantom.Lesions.Count >= 2, "nothing beside the first lesion");
            var painted = Pixels(phantom);
            using var truth = phantom.Truth(level: 0);
            for (var i = 0; i < truth.Pixels.Length; i++)
                if (truth.Pixels[i] != 0)
                    // The background's weakest green is far below the glass'.
                    Assert.True(painted[(3 * i) + 1] < 225, $"seed {seed}: glass at {i % 2048}, {i / 2048}");
            foreach (var (a, lesion) in phantom.Lesions.Index())
            foreach (var other in phantom.Lesions.Skip(a + 1))
            {
                var least = lesion.Outline.Outer.Points.Min(p =>
                    other.Outline.Outer.Points.Min(q => Math.Sqrt(Math.Pow(p.X - q.X, 2) + Math.Pow(p.Y - q.Y, 2)))
                );
                Assert.True(least * 0.5 > 140, $"seed {seed}: {least * 0.5} µm between two lesions");
            }
        }
    }

    [Fact]
    public void Artifacts_keep_off_lesions_and_show_elsewhere()
    {
        var clean = SlidePhantom.Plan(WithTumor);
        foreach (var kind in Enum.GetValues<ArtifactKind>())
        {
            var phantom = SlidePhantom.Plan(WithTumor with { Artifacts = [kind] });
            Assert.Equal([kind], phantom.Artifacts);
            Assert.Empty(phantom.LeftOut);
            var (a, b) = (Pixels(clean), Pixels(phantom));
            using var truth = clean.Truth(level: 0);
            var changed = 0;
            for (var i = 0; i < truth.Pixels.Length; i++)
            {
                if (a.AsSpan(3 * i, 3).SequenceEqual(b.AsSpan(3 * i, 3)))
                    continue;
                changed++;
                Assert.Equal(0, truth.Pixels[i]);
            }
            Assert.True(changed > 2000, $"{kind} changes {changed} pixels");
        }
    }

    [Fact]
    public void Annotations_come_back_as_they_were_painted()
    {
        var options = Small with
        {
            Mpp = Mpp.Of(2),
            Lesions = [new LesionOrder(LesionClass.Micro, 1200), new LesionOrder(LesionClass.Micro, 600)],
        };
        // Every other larger lesion holds an island.
        var phantom = Enumerable
            .Range(0, 12)
            .Select(seed => SlidePhantom.Plan(options with { Seed = seed }))
            .First(p => p.Lesions[0].Outline.Holes.Count > 0);
        phantom.WriteAnnotations(At("slide.xml"));
        var read = AnnotationFile.Read(At("slide.xml"));
        Assert.Equal(AnnotationFormat.Asap, read.Format);
        Assert.Equal(["_0", "_1", "_2"], read.Groups.Select(g => g.Name));
        Assert.Equal(
            phantom.Lesions.SelectMany(l => l.Outline.Holes.Prepend(l.Outline.Outer)),
            read.Annotations.Select(a => a.Polygons[0].Outer)
        );
        var region = read.Region("_0");
        Assert.Equal(phantom.Lesions.Sum(l => l.Area), region.Area * 4 / 1e6, 1e-6);

        // The mask from the file's polygons, pixel by pixel, by the crossing rule.
        using var truth = phantom.Truth(level: 3);
        var set = 0;
        for (var y = 0; y < truth.Height; y++)
        {
            for (var x = 0; x < truth.Width; x++)
            {
                var center = new Vertex((x + 0.5) * 8, (y + 0.5) * 8);
                var tumor = read.Annotations.Count(a => Encloses(a.Polygons[0].Outer, center)) % 2 == 1;
                Assert.Equal(tumor, truth.Pixels[(y * truth.Width) + x] != 0);
                set += tumor ? 1 : 0;
            }
        }
        Assert.True(set > 1000, $"{set} pixels of tumor");
    }

    [Fact]
    public void What_does_not_fit_is_said()
    {
        Assert.Contains(
            "no room for a lesion of 2400 µm (macro) in the tissue of a slide of 2048 × 2048 pixels, 1.02 × 1.02 mm at 0.5",
            Refused(Small with { Lesions = [new LesionOrder(LesionClass.Macro, 2400)] })
        );
        Assert.Contains(
            "class itc with a major axis of 300 µm; it goes from 60 to 170",
            Refused(Small with { Lesions = [new LesionOrder(LesionClass.Itc, 300)] })
        );
        Assert.Contains("Mpp is 4; it goes from 0.1 to 2", Refused(Small with { Mpp = Mpp.Of(4) }));
        Assert.Contains("square", Refused(Small with { Mpp = new Mpp(0.5, 0.25) }));
        Assert.Contains("Tissue is 0.01", Refused(Small with { Tissue = 0.01 }));
        Assert.Contains("Pieces is 0", Refused(Small with { Pieces = 0 }));
        Assert.Contains("Hardness is 1.5", Refused(Small with { Hardness = 1.5 }));
    }

    private static string Refused(SlidePhantomOptions options) =>
        Assert.Throws<ArgumentException>(() => SlidePhantom.Plan(options)).Message;

    private string At(string name) => Path.Combine(folder, name);

    /// <summary>[H · W · 3] of the whole slide, before JPEG.</summary>
    private static byte[] Pixels(SlidePhantom phantom)
    {
        var (painter, side) = (phantom.Painter(), 2048);
        var pixels = new byte[side * side * 3];
        using var tile = new Image(256, 256);
        for (var y = 0; y < side; y += 256)
        {
            for (var x = 0; x < side; x += 256)
            {
                painter.Paint(x, y, tile);
                for (var row = 0; row < 256; row++)
                    tile.Row(row).CopyTo(pixels.AsSpan((((y + row) * side) + x) * 3));
            }
        }
        return pixels;
    }
}
