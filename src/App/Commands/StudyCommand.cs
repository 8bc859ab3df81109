using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.App.Studies;
using Coverslip.Evaluation;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Methods.Studies;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip study</c>: models × inputs on the same splits, in one table with paired tests.</summary>
public static class StudyCommand
{
    private static readonly Argument<FileInfo> RecipeFile = new("study") { Description = "The study, a YAML file." };
    private static readonly Option<string> CohortFile = new("--cohort")
    {
        Description = "The cohort file.",
        Required = true,
    };
    private static readonly Option<string> Output = new("--out")
    {
        Description = "The study's folder.",
        Required = true,
    };
    private static readonly Option<string?> SplitFile = new("--split")
    {
        Description = "The split file. [default: drawn as the study says]",
    };
    private static readonly Option<int> Jobs = new("--jobs")
    {
        Description = "Cells that are trained at the same time, the cores shared among them.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> ImageWise = new("--image-wise")
    {
        Description =
            "Train every cell also on a split that divides images and not patients, and show both side by side, the "
            + "second labelled as inflated.",
    };

    private static readonly Option<bool> TableOnly = new("--table")
    {
        Description = "Train nothing; make the table of what is done.",
    };

    public static Command Create()
    {
        var command = new Command(
            "study",
            """
            Train several models on several inputs over the same patient-disjoint splits, and compare them with paired tests.
            Ends with table.md, table.csv and study.html. Stopped, it goes on with the same command; called several times on
            one folder, also from other machines that share it, the calls divide the work.

            Examples:
              coverslip study recipes/saganet-table2-small.yaml --cohort cohort.csv --out studies/table2
              coverslip study recipes/saganet-table2-small.yaml --cohort cohort.csv --out studies/table2 --table
              coverslip study recipes/saganet-table4-breakhis.yaml --cohort breakhis-40.csv --out studies/40 --image-wise
            """
        )
        {
            RecipeFile,
            CohortFile,
            Output,
            SplitFile,
            Jobs,
            ImageWise,
            TableOnly,
            DeviceOption.Device,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.Text(Jobs) is { } jobs && (!int.TryParse(jobs, out var count) || count is < 1 or > 1024))
                parsed.AddError($"--jobs is '{jobs}'; it is a whole number from 1 to 1024.");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(RecipeFile)!.FullName;
        var study = StudyRecipe.Load(path);
        study = study with { ImageWise = study.ImageWise || parsed.GetValue(ImageWise) };
        var cohort = Cohort.Load(parsed.GetValue(CohortFile)!);
        var folder = new StudyFolder(Path.GetFullPath(parsed.GetValue(Output)!));
        var split = SplitOf(parsed.GetValue(SplitFile), study, cohort, folder);
        if (split.ImageWise)
            Console.Error.WriteLine($"warning: {Split.InflatedNote}");
        IReadOnlyList<string> failures = [];
        if (!parsed.GetValue(TableOnly))
        {
            Console.Error.WriteLine(
                $"{study.Runs.Count} models and inputs × {split.Parts.Count} parts{(study.ImageWise ? ", patient-wise and image-wise" : "")}"
            );
            using var stop = new StopSignal();
            var input = new StudyInput(study, cohort, split, folder, parsed.GetValue(DeviceOption.Device)!);
            try
            {
                failures = new StudyRunner(input, parsed.GetValue(Jobs)).Run(stop.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine("stopped; what is done is kept. Go on with the same command");
                return 1;
            }
        }
        Show(
            study,
            StudyResults.Read(
                study,
                split,
                folder.Run,
                part => (part.Rows(cohort, SplitSide.Test).Count, part.Rows(cohort, SplitSide.Train).Count)
            ),
            folder,
            StudyTable.NoteOf(study, split.ImageWise)
        );
        foreach (var failure in failures)
            Console.Error.WriteLine($"error: {failure}");
        return failures.Count == 0 ? 0 : 1;
    }

    private static Split SplitOf(string? file, StudyRecipe study, Cohort cohort, StudyFolder folder)
    {
        using var claim = folder.Await("split", default);
        var given = file is null ? null : Split.Load(file, cohort);
        if (!File.Exists(folder.Split))
            (given ?? study.Split.Draw(cohort, study.Seed)).Save(folder.Split);
        var split = Split.Load(folder.Split, cohort);
        if (study.ImageWise && !File.Exists(folder.ImageWiseSplit))
            ImageWiseSplits.Of(split, cohort).Save(folder.ImageWiseSplit);
        return given is null || given.SameParts(split)
            ? split
            : throw new IOException(
                $"{folder.Path} was begun with another split than {file} (its copy is {folder.Split}); go on without --split, or choose another --out"
            );
    }

    private static void Show(StudyRecipe study, IReadOnlyList<StudyRow> rows, StudyFolder folder, string note)
    {
        var table = StudyTable.Markdown(rows);
        WholeFile.Write(folder.At("table.md"), $"# {study.Title}\n\n{table}\n{note}\n");
        WholeFile.Write(folder.At("table.csv"), StudyTable.Csv(rows));
        Console.WriteLine(study.Title);
        Console.WriteLine();
        Console.Write(table);
        Console.WriteLine();
        Console.WriteLine(note);
        Console.WriteLine($"report: {StudyReport.Write(study, rows, note, folder.At("study.html"))}");
        if (rows.Concat(rows.Select(r => r.ImageWise).OfType<StudyRow>()).Any(r => r.Known.Count < r.Figures.Count))
            Console.WriteLine("not every part is done; the same command goes on");
    }
}
