using System.CommandLine;
using System.CommandLine.Parsing;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Collections;
using Coverslip.Files;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip cohort</c>: writes a cohort file from a folder, or checks one.</summary>
internal static class CohortCommand
{
    private const string Folders = "folders";
    private const string Patients = "patients";
    private const string BreakHis = "breakhis";

    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "The folder of images, or of a collection as downloaded.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string> Layout = new("--layout")
    {
        Description =
            "folders: a folder per class, in it one per patient, or --patient-pattern. patients: a folder per patient, in it "
            + "one per class. Collections as downloaded, by their files' names and tables, anywhere below the folder: breakhis; "
            + string.Join("; ", Collection.Known.Select(c => c.Layout))
            + ".",
    };
    private static readonly Option<string?> Pattern = new("--patient-pattern")
    {
        Description =
            "Regular expression on the path below the folder; the patient is its group 'patient' or its first "
            + "group.",
    };
    private static readonly Option<bool> KeepLetters = new("--keep-letters")
    {
        Description = "BreakHis: slide ids that differ only in trailing letters are different patients, as published.",
    };
    private static readonly Option<string?> Magnification = new("--magnification")
    {
        Description = "BreakHis: only images of this magnification: 40, 100, 200 or 400. [default: all]",
    };
    private static readonly Option<string> Output = new("--out")
    {
        Description = "The cohort file to write, such as cohort.csv; one that is there stays as it is.",
    };

    static CohortCommand()
    {
        Layout.AcceptOnlyFromAmong([Folders, Patients, BreakHis, .. Collection.Known.Select(c => c.Layout)]);
        Magnification.AcceptOnlyFromAmong([.. BreakHisCounts.Magnifications]);
    }

    public static Command Create()
    {
        var command = new Command(
            "cohort",
            """
            Write a cohort file (image,label,patient) from a folder of images, and check it. Of a collection it says what is here
            beside what was published.

            Examples:
              coverslip cohort colon --layout folders --out colon/cohort.csv                (class/patient/image.png)
              coverslip cohort colon --layout folders --patient-pattern '/p(\d+)_' --out colon/cohort.csv
              coverslip cohort breast --layout breakhis --out breast/cohort.csv
              coverslip cohort breast --layout breakhis --keep-letters --magnification 40 --out breast/cohort-40.csv
              coverslip cohort nih --layout nih --out nih/cohort.csv                        (and nih/boxes.csv)
              coverslip cohort CAMELYON16 --layout camelyon16 --out CAMELYON16/cohort.csv
              coverslip cohort check colon/cohort.csv
            """
        )
        {
            Folder,
            Layout,
            Pattern,
            FolderCohort.ImageIsPatient,
            KeepLetters,
            Magnification,
            Output,
        };
        command.Subcommands.Add(CohortCheckCommand.Create());
        command.Validators.Add(Validate);
        command.SetAction(Run);
        return command;
    }

    private static void Validate(CommandResult parsed)
    {
        if (parsed.Children.OfType<CommandResult>().Any())
            return;
        var layout = parsed.Text(Layout);
        if (parsed.GetResult(Folder) is not { Tokens.Count: > 0 })
            parsed.AddError("Name the folder of images, or 'check' and a cohort file.");
        else if (!parsed.Has(Layout))
            parsed.AddError("Option '--layout' is required, such as folders; --help lists them.");
        else if (!parsed.Has(Output))
            parsed.AddError("Option '--out' is required: the cohort file to write.");
        else if (layout != Folders && parsed.Has(Pattern))
            parsed.AddError($"--patient-pattern goes with --layout folders; {layout} says itself whose images are.");
        else if (layout != Folders && parsed.Has(FolderCohort.ImageIsPatient))
            parsed.AddError($"--image-is-patient goes with --layout folders; {layout} says itself whose images are.");
        else if (parsed.Has(Pattern) && parsed.Has(FolderCohort.ImageIsPatient))
            parsed.AddError("--patient-pattern and --image-is-patient say different things; give one of them.");
        else if (layout != BreakHis && (parsed.Has(KeepLetters) || parsed.Has(Magnification)))
            parsed.AddError("--keep-letters and --magnification go with --layout breakhis.");
    }

    private static int Run(ParseResult parsed)
    {
        var (from, to, layout) = (parsed.GetValue(Folder)!, parsed.GetValue(Output)!, parsed.GetValue(Layout)!);
        WholeFile.NeedNew(to);
        if (Collection.Known.FirstOrDefault(c => c.Layout == layout) is { } collection)
            return CollectionCohort.Write(collection, from, to);
        var csvFolder = Path.GetDirectoryName(Path.GetFullPath(to))!;
        var only = parsed.GetValue(Magnification);
        var found =
            layout == BreakHis
                ? FolderLayout.BreakHis(from, csvFolder, parsed.GetValue(KeepLetters), only)
                : FolderLayout.Folders(
                    from,
                    csvFolder,
                    new FolderReading
                    {
                        PatientPattern = parsed.GetValue(Pattern),
                        PatientFirst = layout == Patients,
                        ImageIsPatient = parsed.GetValue(FolderCohort.ImageIsPatient),
                    }
                );
        CohortFile.Write(to, found.Rows, found.FurtherColumns);
        Console.WriteLine($"wrote {to}");
        FolderCohort.TellLeftOut(found, Console.Out);
        if (layout == BreakHis)
            BreakHisTable.Print([.. found.Rows.Select(row => BreakHisName.Parse(row.Image)!)], only);
        return CohortCheckCommand.Check(to);
    }
}
