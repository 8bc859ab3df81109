using System.Globalization;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Inputs;

/// <summary>The looks of a run's training images: from the least to the greatest of each number.</summary>
/// <param name="Images">How many were looked at.</param>
/// <param name="Patients">Of how many patients: the fewer, the less is known of what others look like.</param>
/// <param name="Low">The least of each number.</param>
/// <param name="High">The greatest of each number.</param>
public sealed record ImageLooks(int Images, int Patients, ImageLook Low, ImageLook High)
{
    /// <summary>How far beyond the training images a number may lie, as a share of their range.</summary>
    private const double Margin = 0.5;

    /// <summary>
    /// By so many times the least room grows when divided by the patients. With it no image of a patient left out is refused
    /// in seven published sets of 4 to 159 patients (docs/cohorts-and-splits.md).
    /// </summary>
    private const double FewPatients = 12;

    private const double LeastGrain = 0.1;

    /// <summary>From so many images on their middle one counts.</summary>
    private const int Several = 3;

    private const string Sharpness = "sharpness";

    /// <summary>What is looked at, and how far beyond the range it may always lie: training images may be all alike.</summary>
    private static readonly (string Name, Func<ImageLook, double> Of, double Least)[] Numbers =
    [
        ("color", look => look.Color, 0.15),
        ("brightness", look => look.Brightness, 0.05),
        ("warmth", look => look.Warmth, 0.04),
        ("magenta", look => look.Magenta, 0.04),
        ("contrast", look => look.Contrast, 0.15),
        (Sharpness, look => look.Sharpness, 0.15),
    ];

    /// <summary>The looks of several images; null of none.</summary>
    public static ImageLooks? Of(IEnumerable<(string Patient, ImageLook Look)> images)
    {
        var looks = images.ToArray();
        ImageLook[] all = [.. looks.Select(i => i.Look)];
        if (all.Length == 0)
            return null;
        ImageLook By(Func<Func<ImageLook, double>, double> pick) =>
            new(
                pick(l => l.Color),
                pick(l => l.Brightness),
                pick(l => l.Warmth),
                pick(l => l.Magenta),
                pick(l => l.Contrast),
                pick(l => l.Sharpness)
            )
            {
                Grain = all.Any(l => l.Grain is null) ? null : pick(l => l.Grain!.Value),
            };
        return new ImageLooks(
            all.Length,
            looks.DistinctBy(i => i.Patient).Count(),
            By(of => all.Min(of)),
            By(of => all.Max(of))
        );
    }

    /// <summary>
    /// Why several images seem to be of another magnification than the training images: their middle grain lies beyond the
    /// grain of all of these. Null where it does not, or nobody has measured. Of one or two images it says less, so that they
    /// have more room.
    /// </summary>
    /// <param name="looks">The images'.</param>
    public string? OtherScale(IReadOnlyList<ImageLook> looks)
    {
        double[] grains = [.. looks.Select(l => l.Grain).OfType<double>().Order()];
        if (grains.Length == 0 || Low.Grain is not { } low || High.Grain is not { } high)
            return null;
        var middle = (grains[grains.Length / 2] + grains[(grains.Length - 1) / 2]) / 2;
        var room = LeastGrain * (1 + FewPatients / Patients) + (grains.Length < Several ? (high - low) * Margin : 0);
        if (middle >= low - room && middle <= high + room)
            return null;
        var coarser = middle < low;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"what they show is {(coarser ? "coarser" : "finer")} than in any of the {Images} training images, as under a {(coarser ? "greater" : "smaller")} magnification (grain {middle:0.00}; training images {low:0.00} to {high:0.00}, with room {low - room:0.00} to {high + room:0.00})"
        );
    }

    /// <summary>In what an image differs from all training images, with figures; null where it is like them.</summary>
    /// <param name="look">The image's.</param>
    /// <param name="anyScale">Whether pixels may measure anything, so that sharpness says nothing.</param>
    public string? Difference(ImageLook look, bool anyScale = false)
    {
        var odd = new List<string>();
        foreach (var (name, of, least) in Numbers)
        {
            if (anyScale && name == Sharpness)
                continue;
            var (value, low, high) = (of(look), of(Low), of(High));
            var room = (high - low) * Margin + least * (1 + FewPatients / Patients);
            if (value < low - room || value > high + room)
                odd.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} {value:0.00} (training images {low:0.00} to {high:0.00}, with room {low - room:0.00} to {high + room:0.00})"
                    )
                );
        }
        return odd.Count == 0 ? null : string.Join(", ", odd);
    }
}
