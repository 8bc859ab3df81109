using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>What <see cref="RadiographCohort"/> paints.</summary>
public sealed record RadiographCohortOptions
{
    /// <summary>Patients, 2 to 100,000; 240 by default. One in four has two radiographs.</summary>
    public int Patients { get; init; } = 240;

    /// <summary>Share of patients without a finding, 0 to 1; 0.4 by default.</summary>
    public double Healthy { get; init; } = 0.4;

    /// <summary>Hospitals, 1 to 100; 3 by default. Each has a machine, and thereby a look, of its own.</summary>
    public int Sites { get; init; } = 3;

    /// <summary>Pixels to a side; 256 by default.</summary>
    public int Size { get; init; } = 256;

    /// <summary>0 to 1: how faint lesions are; 0 by default.</summary>
    public double Subtlety { get; init; }

    /// <summary>What one cohort differs from another by.</summary>
    public int Seed { get; init; } = 1;

    internal void Check()
    {
        PatchPhantomOptions.Within(Patients, 2, 100_000, nameof(Patients));
        PatchPhantomOptions.Within(Healthy, 0, 1, nameof(Healthy));
        PatchPhantomOptions.Within(Sites, 1, 100, nameof(Sites));
        new RadiographPhantomOptions { Size = Size, Subtlety = Subtlety }.Check();
    }
}

/// <summary>One radiograph of a cohort, not yet painted.</summary>
/// <param name="Name">File name without extension, such as <c>P003-1</c>.</param>
/// <param name="Patient">Such as <c>P003</c>.</param>
/// <param name="Options">What to paint.</param>
/// <param name="Seed">The seed to paint it with.</param>
public sealed record RadiographCohortImage(string Name, string Patient, RadiographPhantomOptions Options, int Seed);

/// <summary>A cohort of phantom radiographs of five findings, several hospitals, with boxes.</summary>
public static class RadiographCohort
{
    /// <summary>A finding as the cohort's files have it.</summary>
    public static string LabelOf(RadiographLesion lesion) =>
        lesion switch
        {
            RadiographLesion.Nodule => "nodule",
            RadiographLesion.Consolidation => "consolidation",
            RadiographLesion.Interstitial => "interstitial opacity",
            RadiographLesion.Effusion => "pleural effusion",
            _ => "pneumothorax",
        };

    /// <summary>
    /// Every radiograph in order. The ill have one finding, or two (three in ten); a second radiograph shows the same
    /// findings anew.
    /// </summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static IReadOnlyList<RadiographCohortImage> Describe(RadiographCohortOptions options)
    {
        options.Check();
        var random = SeededRandom.For(options.Seed, 210);
        var kinds = Enum.GetValues<RadiographLesion>();
        var images = new List<RadiographCohortImage>();
        for (var p = 0; p < options.Patients; p++)
        {
            var patient = $"P{p + 1:000}";
            random.Shuffle(kinds);
            var count =
                random.Unit() < options.Healthy ? 0
                : random.Unit() < 0.3 ? 2
                : 1;
            var one = new RadiographPhantomOptions
            {
                Size = options.Size,
                Subtlety = options.Subtlety,
                Site = random.Below(options.Sites),
                Lesions = [.. kinds.Take(count).Order()],
            };
            var taken = random.Unit() < 0.25 ? 2 : 1;
            for (var i = 1; i <= taken; i++)
                images.Add(new RadiographCohortImage($"{patient}-{i}", patient, one, (int)(random.Next() >> 33)));
        }
        return images;
    }

    /// <summary>
    /// Paints the cohort: <c>images/*.png</c>, <c>boxes.csv</c> (<c>image,label,x,y,width,height</c>) and
    /// <c>cohort.csv</c> (<c>image,labels,patient,site</c>), which is written last.
    /// </summary>
    /// <param name="folder">Made where it is missing; files of the same names are replaced.</param>
    /// <param name="options">What to paint.</param>
    /// <param name="progress">Told how many are painted.</param>
    /// <returns>The path of <c>cohort.csv</c>.</returns>
    public static string Write(string folder, RadiographCohortOptions options, IProgress<int>? progress = null)
    {
        var images = Describe(options);
        var boxes = new IReadOnlyList<LesionBox>[images.Count];
        var painted = 0;
        using var together = FilesTogether.Begin();
        Parallel.For(
            0,
            images.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            i =>
            {
                var picture = RadiographPhantom.Paint(images[i].Options, images[i].Seed);
                using var image = picture.Image;
                ImageFile.Write(Path.Combine(folder, FileOf(images[i])), image);
                boxes[i] = picture.Boxes;
                progress?.Report(Interlocked.Increment(ref painted));
            }
        );
        FilesTogether.Settle();
        CsvTable.Write(
            Path.Combine(folder, "boxes.csv"),
            ["image", "label", "x", "y", "width", "height"],
            images.Zip(boxes).SelectMany(i => i.Second.Select(box => Row(i.First, box)))
        );
        var path = Path.Combine(folder, "cohort.csv");
        CsvTable.Write(path, ["image", "labels", "patient", "site"], images.Select(Row));
        return path;
    }

    private static string[] Row(RadiographCohortImage image, LesionBox box) =>
        [FileOf(image), LabelOf(box.Kind), $"{box.X}", $"{box.Y}", $"{box.Width}", $"{box.Height}"];

    private static string[] Row(RadiographCohortImage image) =>
        [
            FileOf(image),
            string.Join(';', image.Options.Lesions.Select(LabelOf).Order(StringComparer.Ordinal)),
            image.Patient,
            $"hospital {image.Options.Site + 1}",
        ];

    private static string FileOf(RadiographCohortImage image) => $"images/{image.Name}.png";
}
