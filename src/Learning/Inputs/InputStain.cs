using System.Security.Cryptography;
using System.Text;
using Coverslip.Learning.Recipes;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Learning.Inputs;

/// <summary>What becomes of an image whose stain cannot be measured: blank, gray, of one stain only.</summary>
public enum RefusedStain
{
    /// <summary>It is an error that names the image and the reason.</summary>
    Error,

    /// <summary>It is used as it is, and counted.</summary>
    Keep,
}

/// <summary>
/// Brings images to a reference's stain before masks are made of them and before the network sees them, each by its own
/// measure. Threads may share it; an image always becomes the same one.
/// </summary>
public sealed class InputStain
{
    private readonly IStainNormalizer normalizer;
    private readonly RefusedStain refused;

    private InputStain(IStainNormalizer normalizer, RefusedStain refused)
    {
        (this.normalizer, this.refused) = (normalizer, refused);
        Json = StainFile.ToJson(normalizer) + "\n";
        Key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json)));
    }

    /// <summary>The reference as a stain file, see <c>docs/stain.md</c>.</summary>
    public string Json { get; }

    /// <summary>SHA-256 of <see cref="Json"/>, by which masks of other references are told apart.</summary>
    public string Key { get; }

    /// <summary>The reference that a recipe names; null where it names none.</summary>
    /// <exception cref="RecipeException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no stain file, or an image without a stain.</exception>
    public static InputStain? Of(InputOptions input)
    {
        if (!input.Restained)
            return null;
        if (!File.Exists(input.Stain))
            throw new RecipeException(
                $"input.stain is '{input.Stain}'; there is no such file in {Directory.GetCurrentDirectory()}. Make it with "
                    + $"'coverslip stain fit REFERENCE --method vahadane --out {Path.ChangeExtension(input.Stain, ".json")}', "
                    + "name a reference image, or set input.stain: none"
            );
        return new InputStain(
            Path.GetExtension(input.Stain).Equals(".json", StringComparison.OrdinalIgnoreCase)
                ? StainFile.Read(input.Stain)
                : Fit(input.StainMethod, input.Stain),
            input.StainRefused
        );
    }

    /// <summary>A stored reference; <paramref name="name"/> names it in errors.</summary>
    /// <exception cref="InvalidDataException">It is no stain file.</exception>
    public static InputStain Parse(string json, string name, RefusedStain refused) =>
        new(StainFile.Parse(json, name), refused);

    /// <summary>The image in the reference's stain, a new one; null where it is used as it is.</summary>
    /// <param name="image">Gray or RGB, of 8 bits.</param>
    /// <param name="name">Names it in errors.</param>
    /// <exception cref="InvalidDataException">Its stain cannot be measured, and such images are an error.</exception>
    public Image? Apply(Image image, string name)
    {
        try
        {
            if (image.Channels == 3)
                return normalizer.Apply(image);
            using var color = ColorSpaces.Convert(image, ColorConversion.GrayToRgb);
            return normalizer.Apply(color);
        }
        catch (StainException) when (refused == RefusedStain.Keep)
        {
            return null;
        }
        catch (StainException error)
        {
            throw new InvalidDataException(
                $"{name}: its stain cannot be normalized: {error.Message}; leave the image out of the cohort, or keep such "
                    + "images as they are (input.stain_refused: keep in a recipe, --stain-refused keep for masks)",
                error
            );
        }
    }

    /// <summary>Reads an image of 8 bits and normalizes it, as masks are made of it.</summary>
    /// <inheritdoc cref="Apply"/>
    public Image Read(string path, string name)
    {
        var stored = PatchImage.ReadOne(path, new ImageReadOptions { Depth = 8 });
        if (Apply(stored, name) is not { } normalized)
            return stored;
        stored.Dispose();
        return normalized;
    }

    private static IStainNormalizer Fit(StainMethod method, string path)
    {
        using var reference = ImageFile.Read(path);
        try
        {
            return StainNormalizer.Fit(method, reference);
        }
        catch (StainException error)
        {
            throw new InvalidDataException($"input.stain, {path}: {error.Message}", error);
        }
    }
}
