using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Learning.Tests.Inputs;

/// <summary>The stain that a recipe brings its images to, and what of it a reader of patches makes.</summary>
public sealed class InputStainTests(SmallCohort small) : IClassFixture<SmallCohort>
{
    private static readonly InputOptions Raw = new()
    {
        Form = InputForm.Raw,
        Height = 48,
        Width = 48,
    };

    [Fact]
    public void A_stain_file_and_the_image_it_was_fitted_on_are_the_same_reference()
    {
        var (image, file) = (Paint("reference.png", 7), At("fitted.json"));
        using (var reference = ImageFile.Read(image))
            File.WriteAllText(file, StainFile.ToJson(StainNormalizer.Fit(StainMethod.Macenko, reference)));
        var (fromFile, fromImage) = (
            InputStain.Of(Raw with { Stain = file })!,
            InputStain.Of(Raw with { Stain = image, StainMethod = StainMethod.Macenko })!
        );
        Assert.Equal(fromFile.Key, fromImage.Key);
        Assert.Equal(fromFile.Json, InputStain.Parse(fromImage.Json, "kept", RefusedStain.Keep).Json);
        Assert.NotEqual(fromFile.Key, InputStain.Of(Raw with { Stain = image })!.Key);
        Assert.Null(InputStain.Of(Raw));
    }

    [Fact]
    public void Patches_are_the_normalized_images()
    {
        var stain = InputStain.Of(Raw with { Stain = Paint("target.png", 9) })!;
        var plain = new PatchSet(small.Cohort, Raw, null);
        var set = new PatchSet(small.Cohort, Raw, null, new PatchReading { Stain = stain });
        Assert.Equal(0, set.StainsKept);
        foreach (var (patch, before) in set.Patches.Zip(plain.Patches))
        {
            using var image = ImageFile.Read(small.Cohort.ImagePath(patch.Row));
            using var expected = stain.Apply(image, "image")!;
            var pixels = set.Pixels(patch);
            for (var i = 0; i < 48 * 48; i++)
                Assert.Equal(expected.Pixels.Slice(3 * i, 3), pixels.AsSpan(4 * i, 3));
            Assert.NotEqual(plain.Pixels(before), pixels);
            Assert.Equal(before.Source, patch.Source);
        }
    }

    [Fact]
    public void What_has_no_stain_is_an_error_or_kept_and_counted()
    {
        var file = At("blank.png");
        using (var blank = new Image(48, 48))
        {
            blank.WritablePixels.Fill(250);
            ImageFile.Write(file, blank);
        }
        var table = At("blank.csv");
        CohortFile.Write(
            table,
            [new CohortRow(2, file, "a", "p"), new CohortRow(3, Paint("tissue.png", 3), "a", "q")],
            []
        );
        var cohort = Cohort.Load(table);
        PatchSet Read(RefusedStain refused) =>
            new(
                cohort,
                Raw,
                null,
                new PatchReading
                {
                    Stain = InputStain.Of(Raw with { Stain = Paint("reference2.png", 5), StainRefused = refused }),
                }
            );
        var error = Assert.Throws<InvalidDataException>(() => Read(RefusedStain.Error)).Message;
        Assert.StartsWith($"{file}: its stain cannot be normalized: no tissue: 0.00 %", error);
        Assert.Contains("input.stain_refused: keep", error);
        var kept = Read(RefusedStain.Keep);
        Assert.Equal(1, kept.StainsKept);
        Assert.Equal([true, false], kept.Patches.Select(p => p.StainKept));
        Assert.All(kept.Pixels(kept.Patches[0]).Where((_, i) => i % 4 != 3), v => Assert.Equal(250, v));
    }

    [Fact]
    public void A_reference_that_is_missing_or_none_is_refused_with_the_way_out()
    {
        var missing = Assert.Throws<RecipeException>(() => InputStain.Of(Raw with { Stain = "nowhere.json" })).Message;
        Assert.Contains("input.stain is 'nowhere.json'; there is no such file", missing);
        Assert.Contains("coverslip stain fit", missing);
        File.WriteAllText(At("odd.json"), "{}");
        Assert.Contains(
            "no stain file",
            Assert.Throws<InvalidDataException>(() => InputStain.Of(Raw with { Stain = At("odd.json") })).Message
        );
        using (var gray = new Image(30, 30))
        {
            gray.WritablePixels.Fill(90);
            ImageFile.Write(At("gray.png"), gray);
        }
        Assert.StartsWith(
            $"input.stain, {At("gray.png")}: ",
            Assert.Throws<InvalidDataException>(() => InputStain.Of(Raw with { Stain = At("gray.png") })).Message
        );
    }

    [Fact]
    public void The_first_look_at_an_image_may_refuse_it()
    {
        var second = small.Cohort.Rows[1];
        void Check(CohortRow row, SourceImage source)
        {
            Assert.Equal(new SourceImage(3, 1) { Size = (48, 48) }, source with { Look = null });
            if (row == second)
                throw new InvalidDataException($"{row.Image} does not fit");
        }
        var error = Assert.Throws<InvalidDataException>(() =>
            new PatchSet(small.Cohort, Raw, null, new PatchReading { Check = Check })
        );
        Assert.Equal($"{second.Image} does not fit", error.Message);
    }

    private string At(string name) => Path.Combine(small.Folder, name);

    private string Paint(string name, int stain)
    {
        using var patch = PatchPhantom.Paint(new PatchPhantomOptions { Size = 96, StainSeed = stain }, seed: stain);
        ImageFile.Write(At(name), patch.Image);
        return At(name);
    }
}
