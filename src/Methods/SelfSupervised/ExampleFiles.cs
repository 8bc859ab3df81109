using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>Pictures of a few test images in a part's folder, for its report.</summary>
internal static class ExampleFiles
{
    /// <summary>How many of a part.</summary>
    internal const int Most = 6;

    /// <summary>What there is of an example, in the order in which it is shown.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["image", "truth", "mask", "probability", "reconstruction"];

    /// <summary>The file of an example.</summary>
    /// <param name="part">The part's folder.</param>
    /// <param name="name">The example.</param>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    public static string FileOf(string part, string name, string kind) =>
        Path.Combine(part, "examples", $"{name}-{kind}.png");

    /// <summary>Names of a part's examples.</summary>
    public static IReadOnlyList<string> Names(string part)
    {
        var folder = Path.Combine(part, "examples");
        return Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetFiles(folder, "*-truth.png")
                    .Select(f => Path.GetFileName(f)[..^"-truth.png".Length])
                    .Order(StringComparer.Ordinal),
            ]
            : [];
    }

    internal static void Write(string part, string name, PixelMap map, (Image Colors, Image Truth) seen)
    {
        Directory.CreateDirectory(Path.Combine(part, "examples"));
        ImageFile.Write(FileOf(part, name, "image"), seen.Colors);
        ImageFile.Write(FileOf(part, name, "truth"), seen.Truth);
        using var mask = map.Mask();
        ImageFile.Write(FileOf(part, name, "mask"), mask);
        using var probability = map.Picture();
        ImageFile.Write(FileOf(part, name, "probability"), probability);
        using var reconstruction = map.ReconstructedPicture();
        ImageFile.Write(FileOf(part, name, "reconstruction"), reconstruction);
    }
}
