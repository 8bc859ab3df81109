using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip cohort check</c>: a cohort in figures, and everything wrong with it.</summary>
internal static class CohortCheckCommand
{
    /// <summary>How long a check looks at pixels where it is not asked to look at all.</summary>
    private static readonly TimeSpan PixelTime = TimeSpan.FromSeconds(60);

    internal static Command Create()
    {
        var file = new Argument<string>("cohort") { Description = "The cohort file." };
        var findings = new Option<string?>("--findings")
        {
            Description = "What images of a cohort with a column 'labels' may show, with ; between; others are errors.",
        };
        var boxes = new Option<string?>("--boxes")
        {
            Description = "Also check a boxes file (image,label,x,y,width,height); reads the images that have boxes.",
        };
        var decode = new Option<bool>("--decode")
        {
            Description =
                $"Read every image to its last pixel. [default: headers and masks, and images for {(int)PixelTime.TotalSeconds} seconds]",
        };
        var check = new Command(
            "check",
            """
            Print a cohort in figures and everything wrong with it, with row numbers. The exit code is 1 where an error is.

            Examples:
              coverslip cohort check colon/cohort.csv
              coverslip cohort check colon/cohort.csv --decode
              coverslip cohort check chests/cohort.csv --boxes chests/boxes.csv --findings "nodule;pleural effusion"
            """
        )
        {
            file,
        };
        check.Options.Add(findings);
        check.Options.Add(boxes);
        check.Options.Add(decode);
        check.SetAction(parsed =>
            Check(parsed.GetValue(file)!, parsed.GetValue(findings), parsed.GetValue(boxes), parsed.GetValue(decode))
        );
        return check;
    }

    internal static int Check(string path, string? findings = null, string? boxes = null, bool decode = false)
    {
        var (cohort, problems) = CohortFile.Read(path, CohortChecks.Files);
        Tell(problems);
        if (cohort is null)
        {
            Console.Error.WriteLine($"{path}: {problems.Count(p => p.IsError)} errors");
            return 1;
        }
        using var stop = new StopSignal();
        var pictures = new CohortPictures(cohort, decode ? null : PixelTime);
        pictures.Check(stop.Token);
        Tell(pictures.Problems);
        if (pictures.Problems.Count(p => p.IsError) is > 0 and var errors)
        {
            Console.Error.WriteLine($"{path}: {errors} errors");
            return 1;
        }
        if (findings is not null)
            cohort = cohort.WithFindings(findings.Split(CohortFile.Separator, StringSplitOptions.TrimEntries), []);
        var summary = cohort.Summarize();
        Console.WriteLine($"images    {summary.Images}");
        Console.WriteLine(
            $"patients  {summary.Patients}, with {summary.SmallestPatient} to {summary.LargestPatient} images each"
        );
        foreach (var count in summary.Classes)
            Console.WriteLine(
                $"{(cohort.MultiLabel ? "finding" : "class  ")}   {count.Class}: {count.Images} images of {count.Patients} patients"
            );
        if (summary.Healthy is { } healthy)
            Console.WriteLine($"healthy   {healthy} images");
        else
            Console.WriteLine($"patients with several classes  {summary.PatientsWithSeveralClasses}");
        Console.WriteLine($"hash      {cohort.Hash}");
        var more = pictures.Decoded < pictures.Images ? "; --decode reads all" : "";
        Console.WriteLine(
            pictures.Images == 0
                ? "pixels    none read: these are slides, of which the headers were opened"
                : $"pixels    {pictures.Decoded} of {pictures.Images} images read{more}"
        );
        if (pictures.Masks is { Read: > 0 and var read, Empty: var empty, Full: var full })
            Console.WriteLine($"masks     {read} read, {empty} with nothing set, {full} with everything set");
        if (boxes is not null)
            CheckBoxes(boxes, cohort);
        return 0;
    }

    private static void Tell(IEnumerable<CohortProblem> problems)
    {
        foreach (var problem in problems.OrderByDescending(p => p.IsError))
            (problem.IsError ? Console.Error : Console.Out).WriteLine(
                $"{(problem.IsError ? "error" : "warning")}: {problem}"
            );
    }

    private static void CheckBoxes(string path, Cohort cohort)
    {
        var boxes = BoxesFile.Read(path, cohort);
        var sizes = boxes
            .Select(b => b.Image)
            .Distinct()
            .ToDictionary(
                image => image,
                image =>
                {
                    using var read = PatchImage.ReadOne(cohort.ImagePath(cohort.Rows.First(r => r.Image == image)));
                    return (read.Width, read.Height);
                },
                StringComparer.Ordinal
            );
        BoxesFile.CheckWithin(path, boxes, image => sizes[image]);
        foreach (var label in boxes.CountBy(b => b.Label).OrderBy(l => l.Key, StringComparer.Ordinal))
            Console.WriteLine($"boxes     {label.Key}: {label.Value}");
    }
}
