using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Models;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Probe;

/// <summary>Settings by a look at some of a cohort's images, and at how many patients there are.</summary>
internal static class FittedInput
{
    private const int Looked = 20,
        Step = 16,
        GraySide = 224, // that of the encoders' training images
        ColorSide = 336,
        SmallSide = 128, // below it images are enlarged twice
        ManyPatients = 50;

    /// <param name="cohort">The cohort.</param>
    /// <param name="encoder">A vision transformer sees the size that its weights were trained on, by its last block.</param>
    /// <exception cref="ArgumentException">There is no such encoder; the nearest is named.</exception>
    internal static IReadOnlyList<FittedSetting> Of(Cohort cohort, EncoderSettings encoder)
    {
        var kind = EncoderWord.Kind(encoder.Encoder);
        var (sizes, gray) = Look(cohort);
        var (width, height) = (Median(sizes.Select(s => s.Width)), Median(sizes.Select(s => s.Height)));
        var seen = string.Create(
            CultureInfo.InvariantCulture,
            $"{(gray ? "gray" : "color")} images of {width:0} × {height:0} pixels"
        );
        var patients = cohort.PatientImages.Count;
        var settings =
            kind.HasMaps || encoder.Kind != FeatureKind.Encoder
                ? OfMaps((width, height), gray, seen, layered: encoder.Kind == FeatureKind.Encoder)
                :
                [
                    new($"input.height={kind.Side}", $"the side that {kind.Name} was trained on"),
                    new($"input.width={kind.Side}", $"the side that {kind.Name} was trained on"),
                ];
        if (gray)
            settings.Add(new("input.gray=true", seen));
        if (patients >= ManyPatients)
            settings.Add(new("probe.c=[0.0001, 0.001, 0.01, 0.1]", $"{patients} patients, enough to choose by"));
        return settings;
    }

    private static List<FittedSetting> OfMaps((double, double) size, bool gray, string seen, bool layered)
    {
        var (width, height) = size;
        var least = Math.Min(width, height);
        var shorter = Math.Min(
            gray ? GraySide : ColorSide,
            least < SmallSide ? Step * (int)Math.Ceiling(2 * least / Step) : Rounded(least)
        );
        var longer = Rounded(Math.Clamp(shorter * Math.Max(width, height) / least, shorter, 2 * shorter));
        var (wide, high) = width >= height ? (longer, shorter) : (shorter, longer);
        List<FittedSetting> sides = [new($"input.height={high}", seen), new($"input.width={wide}", seen)];
        if (!layered)
            return sides;
        // What radiographs differ in lies in the middle layers; of stained tissue the last one knows most, and how it varies,
        // but where an image is so small that the last layer sees all of it at once.
        var layers =
            gray ? "[layer2, layer3, layer4]"
            : least < SmallSide ? "[layer1, layer2, layer3]"
            : "[layer4]";
        return
        [
            .. sides,
            new($"features.layers={layers}", seen),
            new($"features.deviations={(gray ? "false" : "true")}", seen),
        ];
    }

    /// <summary>Sizes of images evenly spread over the cohort, and whether none of them has color.</summary>
    private static (List<(double Width, double Height)> Sizes, bool Gray) Look(Cohort cohort)
    {
        var (sizes, gray) = (new List<(double, double)>(), true);
        using var reader = new PatchImage();
        var count = Math.Min(Looked, cohort.Rows.Count);
        for (var i = 0; i < count; i++)
        {
            var row = cohort.Rows[(int)((long)i * cohort.Rows.Count / count)];
            using var image = reader.Read(cohort.ImagePath(row), new ImageReadOptions { Depth = 8 });
            sizes.Add((image.Width, image.Height));
            gray &= image.Channels == 1 || IsGray(image.Pixels, image.Channels);
        }
        return (sizes, gray);
    }

    private static bool IsGray(ReadOnlySpan<byte> pixels, int channels)
    {
        for (var i = 0; i + 2 < pixels.Length; i += channels)
            if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2])
                return false;
        return true;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static int Rounded(double pixels) =>
        Math.Max(Step, (int)Math.Round(pixels / Step, MidpointRounding.AwayFromZero) * Step);
}
