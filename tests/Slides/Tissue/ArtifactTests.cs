using Coverslip.Phantoms;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Tests.Tissue;

/// <summary>
/// Pen, folds, bubbles and blur that phantoms paint: how much of each is found, and how much besides. The truth is where a
/// slide differs from that of the same seed without them.
/// </summary>
public sealed class ArtifactTests(ArtifactTests.Painted painted, ITestOutputHelper output)
    : IClassFixture<ArtifactTests.Painted>
{
    private const int Side = 4096;
    private const double SlideMpp = 0.5;

    [Fact]
    public void A_slide_without_artifacts_has_none()
    {
        using var map = Find([], new TissueOptions());
        Assert.Equal((0.0, 0.0), (map.Artifacts.Pen, map.Artifacts.Bubble));
        Assert.Equal(0.0, map.Artifacts.Blur);
        Assert.InRange(map.Artifacts.Fold, 0, 0.01 * map.Area);
        Assert.InRange(map.Artifacts.Sharpness!.Value, 2, 20);
    }

    [Theory]
    [InlineData(ArtifactKind.Pen, 0.95, 0.05)]
    [InlineData(ArtifactKind.Fold, 0.2, 0.05)]
    [InlineData(ArtifactKind.Bubble, 0.6, 0.1)]
    [InlineData(ArtifactKind.Blur, 0.35, 0.06)]
    public void What_is_painted_is_found_and_little_besides(ArtifactKind kind, double recall, double besides)
    {
        using var clean = Find([], new TissueOptions());
        using var map = Find([kind, kind], new TissueOptions());
        var found = kind switch
        {
            ArtifactKind.Pen => map.Pen,
            ArtifactKind.Fold => FoldFinder.Find(map.Picture, map.Mask, map.Grid.PixelArea),
            ArtifactKind.Bubble => BubbleFinder.Mask(map.Picture, 8),
            _ => map.Blur!.Value.Blurred,
        };
        // Blurred tissue has nearly the colors of sharp tissue at 8 µm; the discs that differ somewhere are filled.
        var truth = kind == ArtifactKind.Blur ? Blurred() : Differing(clean, map);
        var (hit, all) = (truth.Where((t, i) => t && found[i]).Count(), truth.Count(t => t));
        var beyond = found.Where((f, i) => f && !Near(truth, i, map.Picture.Width)).Count();
        output.WriteLine(
            $"{kind}: {all} pixels of 8 µm, found {(double)hit / all:0.000}, besides {(double)beyond / all:0.000}"
        );
        Assert.True(hit >= recall * all, $"{hit} of {all}");
        Assert.True(beyond <= besides * all, $"{beyond} beside {all}");
    }

    [Theory]
    [InlineData(ArtifactKind.Pen)]
    [InlineData(ArtifactKind.Blur)]
    public void Pen_and_blur_are_no_tissue_unless_they_are_kept(ArtifactKind kind)
    {
        using var map = Find([kind, kind], new TissueOptions());
        using var kept = Find([kind, kind], new TissueOptions { KeepPen = true, KeepBlur = true });
        var found = kind == ArtifactKind.Pen ? map.Pen : map.Blur!.Value.Blurred;
        var marked = Enumerable.Range(0, found.Length).Where(i => found[i]).ToArray();
        Assert.True(marked.Length > 100);
        Assert.DoesNotContain(marked, i => map.Mask.Pixels[i] != 0);
        Assert.True(marked.Count(i => kept.Mask.Pixels[i] != 0) > marked.Length / 2);
        Assert.NotEqual(map.Area, kept.Area);
    }

    [Fact]
    public void Blue_nuclei_all_over_a_slide_are_a_stain_and_no_ink()
    {
        using var picture = new Image(100, 100);
        picture.WritablePixels.Fill(240);
        for (var i = 0; i < 5000; i++)
        {
            var pixel = picture.WritablePixels.Slice(3 * i, 3);
            (pixel[0], pixel[1], pixel[2]) =
                i % 2 == 0 ? ((byte)90, (byte)120, (byte)170) : ((byte)150, (byte)110, (byte)80);
        }
        Assert.DoesNotContain(true, PenFinder.Find(picture, 64));
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void The_grain_of_nuclei_hints_at_the_resolution(double mpp)
    {
        using var slide = Open([], mpp);
        var hint = NucleiScale.Of(slide)!;
        output.WriteLine($"{mpp}: {hint}");
        Assert.InRange(hint.Mpp, mpp / 1.6, mpp * 1.6);
    }

    private static bool[] Differing(TissueMap clean, TissueMap map)
    {
        var truth = new bool[map.Mask.Pixels.Length];
        for (var i = 0; i < truth.Length * 3; i++)
            truth[i / 3] |= Math.Abs(clean.Picture.Pixels[i] - map.Picture.Pixels[i]) > 20;
        return truth;
    }

    /// <summary>Cells of 64 µm whose brightness at 1 µm differs nearly everywhere.</summary>
    private bool[] Blurred()
    {
        using var sharp = Open([], SlideMpp);
        using var blurred = Open([ArtifactKind.Blur, ArtifactKind.Blur], SlideMpp);
        using var one = sharp.Read(
            new RegionRequest(new SlidePoint(0, 0), new PixelSize(Side / 2, Side / 2), Mpp.Of(1))
        );
        using var other = blurred.Read(
            new RegionRequest(new SlidePoint(0, 0), new PixelSize(Side / 2, Side / 2), Mpp.Of(1))
        );
        const int wide = Side / 16;
        var truth = new bool[wide * wide];
        for (var y = 0; y < wide; y++)
        {
            for (var x = 0; x < wide; x++)
            {
                var sum = 0;
                for (var row = y * 8; row < (y + 1) * 8; row++)
                {
                    for (var at = x * 24; at < (x + 1) * 24; at++)
                        sum += Math.Abs(one.Image.Row(row)[at] - other.Image.Row(row)[at]);
                }
                truth[(y * wide) + x] = sum > 192 * 8;
            }
        }
        return truth;
    }

    private static bool Near(bool[] truth, int i, int width)
    {
        var (x, y) = (i % width, i / width);
        for (var row = Math.Max(0, y - 4); row <= Math.Min((truth.Length / width) - 1, y + 4); row++)
        {
            if (
                truth
                    .AsSpan((row * width) + Math.Max(0, x - 4), Math.Min(width - 1, x + 4) - Math.Max(0, x - 4) + 1)
                    .Contains(true)
            )
                return true;
        }
        return false;
    }

    private TissueMap Find(ArtifactKind[] artifacts, TissueOptions options)
    {
        using var slide = Open(artifacts, SlideMpp);
        return TissueFinder.Find(slide, options);
    }

    private Slide Open(ArtifactKind[] artifacts, double mpp) => painted.Open(artifacts, mpp);

    /// <summary>The slides of all tests, each painted once.</summary>
    public sealed class Painted : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("coverslip-artifacts-").FullName;

        public void Dispose() => Directory.Delete(folder, recursive: true);

        internal Slide Open(ArtifactKind[] artifacts, double mpp)
        {
            var path = Path.Combine(folder, FormattableString.Invariant($"{string.Join("", artifacts)}{mpp}.tif"));
            if (!File.Exists(path))
            {
                var side = mpp == SlideMpp ? Side : 3072;
                SlidePhantom.Write(
                    path,
                    new SlidePhantomOptions
                    {
                        Width = side,
                        Height = side,
                        Mpp = Mpp.Of(mpp),
                        Seed = 1,
                        Artifacts = artifacts,
                    }
                );
            }
            return SlideFile.Open(path);
        }
    }
}
