using System.CommandLine;
using System.CommandLine.Parsing;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip cohort</c>: writes a cohort file from a folder, or checks one.</summary>
internal static class CohortCommand
{
    /// <summary>How long a check looks at pixels where it is not asked to look at all.</summary>
    private static readonly TimeSpan PixelTime = TimeSpan.FromSeconds(60);

    public static Command Create()
    {
        var folder = new Argument<string>("folder")
        {
            Description = "The folder of images.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var layout = new Option<string>("--layout")
        {
            Description =
                "folders: a folder per class, the patient from --patient-pattern or the second folder level. "
                + "breakhis: BreakHis file names, anywhere below the folder.",
        };
        layout.AcceptOnlyFromAmong("folders", "breakhis");
        var pattern = new Option<string?>("--patient-pattern")
        {
            Description =
                "Regular expression on the path below the folder; the patient is its group 'patient' or its first "
                + "group.",
        };
        var keepLetters = new Option<bool>("--keep-letters")
        {
            Description =
                "BreakHis: slide ids that differ only in trailing letters are different patients, as published.",
        };
        var magnification = new Option<string?>("--magnification")
        {
            Description = "BreakHis: only images of this magnification: 40, 100, 200 or 400. [default: all]",
        };
        magnification.AcceptOnlyFromAmong([.. BreakHisCounts.Magnifications]);
        var output = new Option<string>("--out") { Description = "The cohort file to write, such as cohort.csv." };

        var command = new Command(
            "cohort",
            """
            Write a cohort file (image,label,patient) from a folder of images, and check it.

            Examples:
              coverslip cohort breast --layout breakhis --out breast/cohort.csv
              coverslip cohort breast --layout breakhis --keep-letters --magnification 40 --out breast/cohort-40.csv
              coverslip cohort colon --layout folders --out colon/cohort.csv                (class/patient/image.png)
              coverslip cohort colon --layout folders --patient-pattern '/p(\d+)_' --out colon/cohort.csv
              coverslip cohort check colon/cohort.csv
            """
        )
        {
            folder,
            layout,
            pattern,
            keepLetters,
            magnification,
            output,
        };
        command.Subcommands.Add(CreateCheck());
        command.Validators.Add(parsed =>
        {
            if (parsed.Children.OfType<CommandResult>().Any())
                return;
            if (parsed.GetResult(folder) is not { Tokens.Count: > 0 })
                parsed.AddError("Name the folder of images, or 'check' and a cohort file.");
            else if (!parsed.Has(layout))
                parsed.AddError("Option '--layout' is required: folders or breakhis.");
            else if (!parsed.Has(output))
                parsed.AddError("Option '--out' is required: the cohort file to write.");
            else if (parsed.Text(layout) == "breakhis" && parsed.Has(pattern))
                parsed.AddError("--patient-pattern goes with --layout folders; BreakHis names hold the patient.");
            else if (parsed.Text(layout) == "folders" && (parsed.Has(keepLetters) || parsed.Has(magnification)))
                parsed.AddError("--keep-letters and --magnification go with --layout breakhis.");
        });
        command.SetAction(parsed =>
        {
            var (from, to) = (parsed.GetValue(folder)!, parsed.GetValue(output)!);
            var csvFolder = Path.GetDirectoryName(Path.GetFullPath(to))!;
            var breakhis = parsed.GetValue(layout) == "breakhis";
            var only = parsed.GetValue(magnification);
            var found = breakhis
                ? FolderLayout.BreakHis(from, csvFolder, parsed.GetValue(keepLetters), only)
                : FolderLayout.Folders(from, csvFolder, parsed.GetValue(pattern));
            CohortFile.Write(to, found.Rows, found.FurtherColumns);
            Console.WriteLine($"wrote {to}");
            TellLeftOut("that are no images", found.OtherFiles);
            TellLeftOut("that are hidden or a system's own", found.HiddenFiles);
            TellLeftOut("of masks, overlays or runs, which this program writes", found.OwnOutputs);
            if (breakhis)
                BreakHisTable.Print([.. found.Rows.Select(row => BreakHisName.Parse(row.Image)!)], only);
            return Check(to);
        });
        return command;
    }

    private static void TellLeftOut(string which, IReadOnlyList<string> files)
    {
        if (files.Count > 0)
            Console.WriteLine($"left out {files.Count} files {which}, such as {files[0]}");
    }

    private static Command CreateCheck()
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
        var check = new Command("check", "Print a cohort in figures and everything wrong with it, with row numbers.")
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

    private static int Check(string path, string? findings = null, string? boxes = null, bool decode = false)
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
        Console.WriteLine($"pixels    {pictures.Decoded} of {pictures.Images} images read{more}");
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
