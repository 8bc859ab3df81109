using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Models;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Probe;

/// <summary>Settings by a look at some of a cohort's images, and at how many patients there are.</summary>
internal static class FittedInput
{
    private const int Looked = 20,
        Step = 16,
        Side = 224, // what the encoders' weights were trained on
        ManyPatients = 50;

    internal static IReadOnlyList<FittedSetting> Of(Cohort cohort)
    {
        var (sizes, gray) = Look(cohort);
        var (width, height) = (Median(sizes.Select(s => s.Width)), Median(sizes.Select(s => s.Height)));
        // Small images are enlarged twice, as far as there is something to see.
        var shorter = Math.Min(Side, Step * (int)Math.Ceiling(2 * Math.Min(width, height) / Step));
        var longer = Rounded(
            Math.Clamp(shorter * Math.Max(width, height) / Math.Min(width, height), shorter, 2 * shorter)
        );
        var (wide, high) = width >= height ? (longer, shorter) : (shorter, longer);
        var seen = string.Create(CultureInfo.InvariantCulture, $"images of {width:0} × {height:0} pixels");
        var patients = cohort.PatientImages.Count;
        List<FittedSetting> settings = [new($"input.height={high}", seen), new($"input.width={wide}", seen)];
        if (gray)
            settings.Add(new("input.gray=true", "gray images"));
        if (patients >= ManyPatients)
            settings.Add(new("probe.c=[0.001, 0.01, 0.1, 1]", $"{patients} patients, enough to choose by"));
        return settings;
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
