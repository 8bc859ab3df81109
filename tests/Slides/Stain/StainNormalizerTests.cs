using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

public sealed class StainNormalizerTests
{
    public static TheoryData<StainMethod> Methods { get; } = [.. Enum.GetValues<StainMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_reference_itself_stays_nearly_as_it_is(StainMethod method)
    {
        using var reference = StainImages.Mixture(
            new StainVector(0.71, 0.77, 0.52).Unit(),
            new StainVector(0.12, 0.86, 0.44).Unit()
        );
        using var same = StainNormalizer.Fit(method, reference).Apply(reference);
        Assert.InRange(StainImages.Difference(reference, same), 0, 2);
    }

    [Theory]
    [InlineData(StainMethod.Macenko)]
    [InlineData(StainMethod.Vahadane)]
    public void The_result_has_the_stains_and_the_strength_of_the_reference(StainMethod method)
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var source = StainImages.Phantom(stain: 9, seed: 5);
        var normalizer = StainNormalizer.Fit(method, reference);
        using var result = normalizer.Apply(source);
        var (wanted, got) = (
            (SeparationNormalizer)normalizer,
            (SeparationNormalizer)StainNormalizer.Fit(method, result)
        );
        Assert.InRange(got.Stains.Haematoxylin.DegreesTo(wanted.Stains.Haematoxylin), 0, 2.5);
        Assert.InRange(got.Stains.Eosin.DegreesTo(wanted.Stains.Eosin), 0, 2.5);
        Assert.InRange(got.Strength.Haematoxylin / wanted.Strength.Haematoxylin, 0.95, 1.05);
        Assert.InRange(got.Strength.Eosin / wanted.Strength.Eosin, 0.95, 1.05);
    }

    [Fact]
    public void Reinhard_gives_the_mean_and_deviation_of_the_reference()
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var source = StainImages.Phantom(stain: 9, seed: 5);
        var normalizer = (ReinhardNormalizer)StainNormalizer.Fit(StainMethod.Reinhard, reference);
        using var result = normalizer.Apply(source);
        var got = ((ReinhardNormalizer)StainNormalizer.Fit(StainMethod.Reinhard, result)).Target;
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(normalizer.Target.Mean[channel], got.Mean[channel], 1.0);
            Assert.Equal(normalizer.Target.Deviation[channel], got.Deviation[channel], 1.0);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_part_is_changed_as_the_whole_it_was_cut_from(StainMethod method)
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var source = StainImages.Phantom(stain: 9, seed: 5);
        var normalizer = StainNormalizer.Fit(method, reference);
        using var whole = normalizer.Apply(source);
        using var expected = Transforms.Crop(whole, 30, 17, 51, 40);
        using var part = Transforms.Crop(source, 30, 17, 51, 40);
        using var found = normalizer.Measure(source).Apply(part);
        Assert.True(expected.Pixels.SequenceEqual(found.Pixels), "the part differs");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Many_at_a_time_give_the_same_bytes_as_one(StainMethod method)
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var source = StainImages.Phantom(stain: 9, seed: 5, size: 400);
        var normalizer = StainNormalizer.Fit(method, reference);
        using var alone = normalizer.Apply(source);
        Parallel.For(
            0,
            8,
            _ =>
            {
                using var other = normalizer.Apply(source);
                Assert.True(alone.Pixels.SequenceEqual(other.Pixels), "bytes differ");
            }
        );
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Images_of_any_shape_are_taken(StainMethod method)
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        var transform = StainNormalizer.Fit(method, reference).Measure(reference);
        using var whole = transform.Apply(reference);
        foreach (var (width, height) in new[] { (1, 1), (128, 1), (1, 128), (7, 3), (127, 128) })
        {
            using var part = Transforms.Crop(reference, 0, 0, width, height);
            using var expected = Transforms.Crop(whole, 0, 0, width, height);
            using var found = transform.Apply(part);
            Assert.True(expected.Pixels.SequenceEqual(found.Pixels), $"{width} × {height} differs");
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Gray_and_16_bits_are_refused(StainMethod method)
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var gray = new Image(64, 64, channels: 1);
        using var deep = new Image(64, 64, depth: 16);
        var normalizer = StainNormalizer.Fit(method, reference);
        foreach (var image in new[] { gray, deep })
        {
            Assert.Throws<ArgumentException>(() => StainNormalizer.Fit(method, image));
            Assert.Throws<ArgumentException>(() => normalizer.Apply(image));
            Assert.Contains(
                "RGB of 8 bits",
                Assert.Throws<ArgumentException>(() => normalizer.Measure(reference).Apply(image)).Message
            );
        }
    }
}
