using System.Globalization;
using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// A slide's annotated tumor as a mask, as <c>coverslip evaluate froc</c> takes it: one pixel for 2^level of level 0,
/// the level being the one whose pixels come nearest to those of CAMELYON16's masks. A slide without tumor has no mask.
/// </summary>
public static class TruthMask
{
    /// <summary>Microns per pixel of CAMELYON16's masks: level 5 of 0.243 µm.</summary>
    private const double Microns = 0.243 * 32;

    /// <summary>Stands, with the value false, where a slide has tumor that nobody outlined.</summary>
    private const string OutlinedKey = "outlined";

    /// <summary>Writes <c>truth/NAME.png</c>, and <c>truth/NAME.json</c> with level and resolution.</summary>
    /// <param name="part">The part's folder.</param>
    /// <param name="row">The slide's.</param>
    /// <param name="slide">Open.</param>
    /// <param name="tumor">In pixels of level 0; empty where there is none, null where there is some and nobody says where.</param>
    public static void Write(string part, CohortRow row, Slide slide, PolygonRegion? tumor)
    {
        var (folder, name) = (TestFiles.TruthFolder(part), TestFiles.NameOf(row));
        var rules = RulesOf(slide);
        Directory.CreateDirectory(folder);
        if (tumor is { IsEmpty: false })
        {
            using var mask = Draw(tumor, slide, rules.Level);
            ImageFile.Write(Path.Combine(folder, $"{name}.png"), mask);
        }
        WholeFile.Write(
            Path.Combine(folder, $"{name}.json"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"level\": {rules.Level}, \"level0_mpp\": {rules.MicronsPerPixel:R}{(tumor is null ? $", \"{OutlinedKey}\": false" : "")}}}\n"
            )
        );
    }

    /// <summary>The level whose pixels come nearest to those of CAMELYON16's masks, and the slide's resolution.</summary>
    /// <exception cref="InvalidDataException">The slide does not say its resolution.</exception>
    public static LesionRules RulesOf(Slide slide)
    {
        var mpp =
            slide.Resolution.Mpp
            ?? throw new InvalidDataException(
                $"{slide.Path} does not say its microns per pixel; write them into the cohort's column mpp"
            );
        var microns = Math.Sqrt(mpp.X * mpp.Y);
        return new LesionRules
        {
            MicronsPerPixel = microns,
            Level = (int)Math.Clamp(Math.Round(Math.Log2(Microns / microns)), 0, 20),
        };
    }

    /// <summary>255 where a pixel's middle lies inside of the tumor, 0 elsewhere; one pixel for 2^level of level 0.</summary>
    public static Image Draw(PolygonRegion tumor, Slide slide, int level)
    {
        var (finest, scale) = (slide.Levels[0], 1.0 / (1 << level));
        return PolygonRaster.Fill(
            tumor.Polygons,
            new PixelSize((int)Math.Ceiling(finest.Width * scale), (int)Math.Ceiling(finest.Height * scale)),
            new Vertex(scale, scale)
        );
    }

    /// <summary>The lesions of a slide that <see cref="Write"/> was told of; null without tumor.</summary>
    public static LesionMap? Read(string part, CohortRow row)
    {
        var rules = RulesIn(part, row);
        if (TestFiles.TruthOf(part, row) is not { } file)
            return null;
        using var mask = MaskFile.Read(file);
        return LesionMap.Of(mask.Pixels, mask.Width, rules);
    }

    /// <summary>Whether it is known where a slide's tumor lies, as far as it has any.</summary>
    internal static bool IsOutlined(string part, CohortRow row)
    {
        using var json = RecordIn(part, row);
        return !json.RootElement.TryGetProperty(OutlinedKey, out var outlined) || outlined.GetBoolean();
    }

    /// <summary>Level and resolution of a slide's mask, as <see cref="Write"/> left them.</summary>
    internal static LesionRules RulesIn(string part, CohortRow row)
    {
        using var json = RecordIn(part, row);
        return new LesionRules
        {
            Level = json.RootElement.GetProperty("level").GetInt32(),
            MicronsPerPixel = json.RootElement.GetProperty("level0_mpp").GetDouble(),
        };
    }

    private static JsonDocument RecordIn(string part, CohortRow row) =>
        JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(TestFiles.TruthFolder(part), $"{TestFiles.NameOf(row)}.json"))
        );
}
