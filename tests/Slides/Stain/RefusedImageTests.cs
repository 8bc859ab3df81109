using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>Images without a stain end in a reason, whatever the method, and never in numbers that are none.</summary>
public sealed class RefusedImageTests
{
    public static TheoryData<string, string> Images { get; } =
        new()
        {
            { "white", "no tissue: 0.00 %" },
            { "noisy white", "no tissue: 0.00 %" },
            { "white with dust", "no tissue: 0.39 %" },
            { "black", "pure black" },
            { "noisy black", "gray" },
            { "pink", "a single color" },
            { "noisy pink", "a single color" },
            { "gray ramp", "gray" },
            { "noisy gray", "gray" },
        };

    [Theory]
    [MemberData(nameof(Images))]
    public void The_reason_says_what_was_found(string name, string reason)
    {
        using var image = Paint(name);
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        foreach (var method in Enum.GetValues<StainMethod>())
        {
            Assert.Contains(reason, Assert.Throws<StainException>(() => StainNormalizer.Fit(method, image)).Message);
            var normalizer = StainNormalizer.Fit(method, reference);
            Assert.Contains(reason, Assert.Throws<StainException>(() => normalizer.Apply(image)).Message);
        }
    }

    [Fact]
    public void One_stain_alone_is_not_taken_for_two()
    {
        var eosin = new StainVector(0.12, 0.86, 0.44).Unit();
        using var image = StainImages.Mixture(eosin, eosin);
        foreach (var method in StainImages.Separating)
        {
            Assert.Contains(
                "one stain only",
                Assert.Throws<StainException>(() => StainNormalizer.Fit(method, image)).Message
            );
        }
    }

    [Fact]
    public void Tissue_that_is_saturated_throughout_has_no_density_for_vahadane()
    {
        using var image = StainImages.Phantom(stain: 2, seed: 1);
        for (var i = 0; i < image.ByteCount; i += 3)
            image.WritablePixels[i] = 0;
        Assert.Contains(
            "too dark",
            Assert.Throws<StainException>(() => StainNormalizer.Fit(StainMethod.Vahadane, image)).Message
        );
    }

    [Fact]
    public void A_blank_part_of_a_measured_source_is_changed_all_the_same()
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var blank = StainImages.Plain(255, 255, 255);
        foreach (var method in StainImages.Separating)
        {
            using var result = StainNormalizer.Fit(method, reference).Measure(reference).Apply(blank);
            Assert.True(blank.Pixels.SequenceEqual(result.Pixels), "glass has no stain to change");
        }
    }

    private static Image Paint(string name) =>
        name switch
        {
            "white" => StainImages.Plain(255, 255, 255),
            "noisy white" => StainImages.Plain(243, 243, 243, noise: 8),
            "white with dust" => WithDust(StainImages.Plain(250, 250, 250)),
            "black" => StainImages.Plain(0, 0, 0),
            "noisy black" => StainImages.Plain(3, 3, 3, noise: 3),
            "pink" => StainImages.Plain(210, 120, 170),
            "noisy pink" => StainImages.Plain(210, 120, 170, noise: 2),
            "gray ramp" => Ramp(),
            "noisy gray" => StainImages.Plain(128, 128, 128, noise: 25),
            _ => throw new ArgumentException(name),
        };

    private static Image WithDust(Image image)
    {
        for (var y = 10; y < 14; y++)
            image.WritablePixels.Slice(((y * image.Width) + 20) * 3, 12).Fill(70);
        return image;
    }

    private static Image Ramp()
    {
        var image = new Image(64, 64);
        for (var i = 0; i < image.ByteCount; i++)
            image.WritablePixels[i] = (byte)(20 + (i / 3 % 64 * 3));
        return image;
    }
}
