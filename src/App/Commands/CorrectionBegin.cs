using System.CommandLine;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Corrections;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip correct new</c>: which patients are kept aside is decided before anything is drawn.</summary>
internal static class CorrectionBegin
{
    private static readonly Argument<string> Folder = new("folder") { Description = "Folder to begin in." };

    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The slides: a CSV file with image, label, patient, and annotation where the truth is outlined.",
        Required = true,
    };

    private static readonly Option<double> Share = new("--aside")
    {
        Description = "Share of the patients of each class that are kept aside to judge by.",
        DefaultValueFactory = _ => 0.4,
    };

    private static readonly Option<string?> SplitFile = new("--split")
    {
        Description = "A split whose first part's test patients are kept aside, instead of drawing them.",
    };

    private static readonly Option<string[]> Classes = new("--classes")
    {
        Description = "Classes that are drawn, the one looked for last. [default: normal tumor]",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<double> Mpp = new("--mpp")
    {
        Description = "Microns per pixel of windows.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Side = new("--side")
    {
        Description = "Pixels to a side of windows.",
        DefaultValueFactory = _ => 96,
    };

    private static readonly Option<string> Encoder = new("--encoder")
    {
        Description = "Pre-trained network, as 'coverslip encoders' names them.",
        DefaultValueFactory = _ => Learning.Encoders.BoxedResNet.Name,
    };

    private static readonly Option<int> Seed = PhantomOption.Seed(1);

    static CorrectionBegin()
    {
        Share.Within(0.01, 0.99);
        Side.Within(32, 1024);
    }

    internal static Command Create()
    {
        var command = new Command(
            "new",
            """
            Begin a correction: slides, classes, and the patients that are kept aside and never drawn on.

            Examples:
              coverslip correct new colon --cohort slides/cohort.csv
              coverslip correct new colon --cohort slides/cohort.csv --mpp 0.5 --side 224 --encoder uni=/data/uni.pth
            """
        )
        {
            Folder,
            CohortFile,
            Share,
            SplitFile,
            Classes,
            Mpp,
            Side,
            Encoder,
            Seed,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = parsed.GetRequiredValue(Folder);
        var path = parsed.GetRequiredValue(CohortFile);
        var cohort = Cohort.Load(path);
        string[] classes = parsed.GetValue(Classes) is { Length: > 0 } named ? named : ["normal", "tumor"];
        var settings = new CorrectionSettings
        {
            Cohort = path,
            Classes = classes,
            Positive = classes[^1],
            Aside = AsideOf(parsed, cohort),
            Encoder = parsed.GetRequiredValue(Encoder),
            Mpp = parsed.GetValue(Mpp),
            Side = parsed.GetValue(Side),
        };
        Correction.Begin(folder, settings);
        var patients = cohort.PatientImages.Count;
        Console.WriteLine(
            $"{folder}: {cohort.Rows.Count} slides of {patients} patients; kept aside and never drawn on: {string.Join(", ", settings.Aside)}"
        );
        Console.WriteLine($"draw in the browser: coverslip view {folder}");
        return 0;
    }

    private static IReadOnlyList<string> AsideOf(ParseResult parsed, Cohort cohort)
    {
        if (parsed.GetValue(SplitFile) is { } file)
            return Split.Load(file, cohort).Parts[0].Test;
        var (share, random) = (parsed.GetValue(Share), new SeededRandom(parsed.GetValue(Seed)));
        var aside = new List<string>();
        foreach (var alike in cohort.PatientImages.GroupBy(p => p.MainClass).OrderBy(g => g.Key))
        {
            string[] patients = [.. alike.Select(p => p.Patient)];
            random.Shuffle(patients.AsSpan());
            // One at least of each class, and one is left.
            var count = Math.Max(1, (int)Math.Round(share * patients.Length, MidpointRounding.AwayFromZero));
            aside.AddRange(patients.Take(Math.Min(count, patients.Length - 1)));
        }
        return [.. aside.Order(StringComparer.Ordinal)];
    }
}
