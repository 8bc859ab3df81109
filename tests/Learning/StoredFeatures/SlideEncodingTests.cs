using Coverslip.Learning.Encoders;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Learning.Tests.Encoders;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Torch;
using Coverslip.Torch.Tests;
using Walk = Coverslip.Learning.SlideWalk.SlideWalk;

namespace Coverslip.Learning.Tests.StoredFeatures;

/// <summary>Features of a slide's tissue: which patches, whose features, and going on after a stop.</summary>
[NoTensorLeaks, Collection("box")]
public sealed class SlideEncodingTests(BoxedResNetFile box) : IDisposable
{
    private const int Side = 32;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-features-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_stopped_slide_goes_on_and_each_patch_has_the_features_of_its_place()
    {
        using var encoder = Open();
        SlideOutcome Run(
            string slide,
            string to,
            SlideEncodingOptions options,
            CancellationTokenSource? stop = null,
            int after = int.MaxValue
        )
        {
            using var open = SlideFile.Open(slide, new SlideOptions());
            return new Walk(new SlideEncoding(encoder, options, Device.Cpu), At(to)).Predict(
                open,
                (done, _) =>
                {
                    if (done >= after)
                        stop!.Cancel();
                },
                stop?.Token ?? default
            );
        }
        var slide = PaintedSlide.Write(At("s.tif"));
        var options = new SlideEncodingOptions
        {
            Mpp = 2,
            Batch = 16,
            Views = new FeatureViews { Orientations = 4, Copies = 1 },
        };
        var whole = Run(slide, "whole", options);
        Assert.Matches("^[0-9]+ patches of 32 pixels at 2 µm/px, 512 features each$", whole.Text);

        var stopped = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(slide, "parts", options, stopped, after: 40));
        var state = Assert.Single(Directory.GetFiles(At("parts"), "*.state"));
        using (var cut = new FileStream(state, FileMode.Open)) // as a process leaves it that dies while it writes
            cut.SetLength(cut.Length - 7);
        Run(slide, "parts", options);
        Assert.Empty(Directory.GetFiles(At("parts"), "*.state"));
        foreach (var file in (string[])["s.h5", "orientation-6/s.h5", "colors-1/s.h5"])
        {
            var (first, again) = (Read($"whole/{file}"), Read($"parts/{file}"));
            Assert.Equal(first.Places, again.Places);
            // Other batches: the last digits of half precision may differ.
            for (var i = 0; i < first.Values.Length; i++)
                Assert.True(
                    IsNear((float)first.Values[i], again.Values[i]),
                    $"{file}: {first.Values[i]}, {again.Values[i]}"
                );
        }

        var made = Read("whole/s.h5");
        Assert.InRange(made.Count, 11 * 8, 12 * 9); // 700 × 500 µm, patches of 64 µm that touch it in a tenth
        Assert.All(made.Places, p => Assert.Equal(0, p % 128));
        using var open = SlideFile.Open(slide, new SlideOptions());
        foreach (var i in (int[])[0, made.Count / 2, made.Count - 1])
        {
            var at = new SlidePoint((long)made.Places[2 * i], (long)made.Places[(2 * i) + 1]);
            using var patch = open.Read(new RegionRequest(at, new PixelSize(Side, Side), Mpp.Of(2))).Image;
            var expected = encoder.Encode([patch])[0];
            for (var f = 0; f < made.Numbers; f++)
                Assert.True(IsNear(expected[f], made.Values[(i * made.Numbers) + f]), $"patch {i}, feature {f}");
        }
        Assert.Equal(encoder.Identity, made.Facts.Encoder);
        Assert.Equal((Side, 128.0, 0.5), (made.Facts.Side, made.Facts.Level0Side, made.Facts.Level0Mpp));
        Assert.NotEqual(made.Values, Read("whole/orientation-6/s.h5").Values);
        Assert.NotEqual(made.Values, Read("whole/colors-1/s.h5").Values);

        var finished = Run(slide, "whole", options, new CancellationTokenSource(), after: 0); // nothing is computed
        Assert.Equal(whole.Text, finished.Text);
        var other = Assert.Throws<InvalidDataException>(() => Run(slide, "whole", options with { Mpp = 4 }));
        Assert.Contains("patches.microns_per_pixel was 2 µm/px, is 4 µm/px", other.Message);
        Assert.Contains(
            "no patch with enough tissue",
            Run(PaintedSlide.Write(At("blank.tif"), isBlank: true), "blank", options).Text
        );
    }

    [Fact]
    public void An_encoder_of_photographs_asks_at_which_resolution()
    {
        using var encoder = Open();
        string Refused(SlideEncodingOptions options) =>
            Assert.Throws<ArgumentException>(() => new SlideEncoding(encoder, options, Device.Cpu)).Message;
        Assert.Contains("such as --mpp 0.5", Refused(new SlideEncodingOptions()));
        Assert.Contains(
            "there are 1, 4 and 8",
            Refused(
                new SlideEncodingOptions
                {
                    Mpp = 1,
                    Views = new FeatureViews { Orientations = 2 },
                }
            )
        );
    }

    /// <summary>But for the last digits of half precision.</summary>
    private static bool IsNear(float expected, Half stored) =>
        Math.Abs(expected - (float)stored) <= 2e-3 * Math.Max(1, Math.Abs(expected));

    private Encoder Open() => Encoder.Open(box.Named, new EncoderOptions { Size = (Side, Side) });

    private PatchFeatures Read(string file) => FeatureFile.Read(At(file)).Features;

    private string At(string name) => Path.Combine(folder, name);
}
