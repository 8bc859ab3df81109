using System.CommandLine;
using Coverslip.App.Cluster;
using Coverslip.App.Progress;
using Coverslip.App.Studies;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;
using Coverslip.Methods;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip study</c>: models × inputs on the same splits, in one table with paired tests.</summary>
internal static class StudyCommand
{
    private static readonly Argument<string> RecipeFile = new("study") { Description = RecipeFolder.ArgumentHelp };
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
        Description =
            "Cells that are trained at the same time, each in a process of its own, the cores shared among them. 0: one after "
            + "the other in this process, which saves tiny cells their start; one that crashes ends the study.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> PretrainOn = new("--pretrain-on")
    {
        Description =
            "Cohort file for the study's pre-training; it shares no image with --cohort. [default: models that need it are left out]",
    };
    private static readonly Option<string?> External = new("--external")
    {
        Description =
            "Cohort file that the one model which the validation patients choose is shown after the study; it shares no image with --cohort. [default: as the study says]",
    };
    private static readonly Option<bool> ImageWise = new("--image-wise")
    {
        Description =
            "Train every cell also on a split that divides images and not patients, and show both side by side, the "
            + "second labeled as inflated.",
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
              coverslip study recipes/saganet-table2-ablations-small.yaml --cohort cohort.csv --out studies/table2
              coverslip study recipes/saganet-table2-ablations-small.yaml --cohort cohort.csv --out studies/table2 --table
              coverslip study recipes/saganet-table1-small.yaml --cohort cohort.csv --out studies/table1 --set input.width=192
              coverslip study recipes/tumor-detection-table-small.yaml --cohort slides/cohort.csv --pretrain-on \
                other/cohort.csv --out studies/slides
              coverslip study recipes/tumor-detection-table-small.yaml --cohort slides/cohort.csv --external \
                elsewhere/cohort.csv --out studies/slides
              coverslip study recipes/saganet-table4-breakhis.yaml --cohort breakhis.csv --out studies/table4 --image-wise
            """
        )
        {
            RecipeFile,
            CohortFile,
            Output,
            SplitFile,
            PretrainOn,
            External,
            SettingOption.Set,
            Jobs,
            ImageWise,
            TableOnly,
            DeviceOption.Device,
            DeviceOption.Reproducible,
            StudySlurm.Step,
        };
        ClusterOptions.AddTo(command, shards: false);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(TableOnly) && parsed.GetValue(ClusterOptions.Slurm))
                parsed.AddError("--table trains nothing, --slurm leaves training to tasks; give one of them.");
            if (parsed.Text(Jobs) is { } jobs && (!int.TryParse(jobs, out var count) || count is < 0 or > 1024))
                parsed.AddError($"--jobs is '{jobs}'; it is a whole number from 0 to 1024.");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        // Models of one recipe file have its notes in common.
        var told = new SortedSet<string>(StringComparer.Ordinal);
        var file = RecipeFolder.Find(parsed.GetValue(RecipeFile)!);
        var study = StudyRecipe.Load(file, Known.Methods, parsed.GetValue(SettingOption.Set), note => told.Add(note));
        foreach (var note in told)
            Console.Error.WriteLine(note);
        var device = DeviceOption.Of(parsed);
        study = MissingBaselines.LeaveOut(study, Console.Error.WriteLine) with
        {
            ImageWise = study.ImageWise || parsed.GetValue(ImageWise),
        };
        var folder = new StudyFolder(Path.GetFullPath(parsed.GetValue(Output)!));
        var whole = FolderCohort.Load(parsed.GetValue(CohortFile)!);
        study = MissingBaselines.LeaveOut(study, whole, Console.Error.WriteLine);
        var pretrainOn = parsed.GetValue(PretrainOn) is { } given ? FolderCohort.Load(given) : null;
        var external = ExternalOf(parsed, study, file) is { } elsewhere
            ? ExternalCohort.Checked(
                study,
                FolderCohort.Load(elsewhere),
                pretrainOn is null ? [whole] : [whole, pretrainOn]
            )
            : null;
        var cohort = StudyCohorts.Sampled(whole, study.Sample, study.Seed, folder.Path);
        var step = parsed.GetValue(StudySlurm.Step);
        var request = ClusterOptions.Of(parsed);
        var trains = request is null && step != ClusterStage.Merge && !parsed.GetValue(TableOnly);
        string? precision;
        using (var stop = new StopSignal())
        {
            (study, precision) = StudyPrecision.Chosen(study, folder, cohort, trains ? device : null, stop.Token);
            // Where nothing had to be timed nobody has looked.
            stop.Token.ThrowIfCancellationRequested();
        }
        var split = StudyCohorts.SplitOf(parsed.GetValue(SplitFile), study, cohort, folder);
        if (split.ImageWise)
            Console.Error.WriteLine($"warning: {Split.InflatedNote}");
        var failures = new List<string>();
        var groups = Divided(StudyCohorts.Groups(cohort, study, folder), study, split, failures);
        if (request is not null)
            return StudySlurm.Submit(parsed, request, (study, folder), groups);
        if (step is not (null or ClusterStage.Merge))
        {
            using var stop = new StopSignal();
            var place = PlaceOf(parsed) with { Jobs = 0 };
            if (step == ClusterStage.Prepare && study.Pretrainings.Count > 0 && pretrainOn is not null)
                PretrainedRuns.Train(study, pretrainOn, cohort, folder, place);
            failures.AddRange(StudySlurm.Run(step, study, groups, place, stop.Token));
            return Told(failures);
        }
        if (!parsed.GetValue(TableOnly) && step is null)
        {
            Console.Error.WriteLine(
                $"{study.Runs.Count} models and inputs × {split.Parts.Count} parts{(groups.Count > 1 ? $" × {groups.Count} groups" : "")}{(study.ImageWise ? ", patient-wise and image-wise" : "")}"
            );
            using var stop = new StopSignal();
            var place = PlaceOf(parsed);
            if (study.Pretrainings.Count > 0 && pretrainOn is not null)
                PretrainedRuns.Train(study, pretrainOn, cohort, folder, place);
            foreach (var (group, part) in groups)
            {
                if (group.Name.Length > 0)
                    Console.Error.WriteLine($"{study.DividedBy} {group.Name}: {group.Cohort.Rows.Count} images");
                var input = new StudyInput(study, group.Cohort, part, group.Folder, place);
                failures.AddRange(new StudyRunner(input).Run(stop.Token));
            }
        }
        else
            foreach (var (group, part) in groups)
                new StudyRunner(
                    new StudyInput(study, group.Cohort, part, group.Folder, PlaceOf(parsed))
                ).CheckRecipes();
        StudyExternal? judged = null;
        try
        {
            judged = external?.Judge(
                groups[0].Group,
                split.Parts.Count,
                parsed.GetValue(TableOnly) ? null : PlaceOf(parsed)
            );
        }
        catch (Exception error) when (error is IOException or InvalidDataException or RecipeException)
        {
            failures.Add(error.Message); // the study's own table is there all the same
        }
        StudyOutput.Write(
            new StudyOutcome(study, [.. groups.Select(g => (g.Group.Name, RowsOf(study, g.Group, g.Part)))])
            {
                PretrainedOn = PretrainedRuns.NoteOf(folder),
                PrecisionNote = precision,
                MaskNote = StudyMasks.NoteOf(study, groups.Select(g => g.Group.Folder)),
                LabelNote = StudyLabels.NoteOf(study, groups.Select(g => g.Group)),
                External = judged,
                ImageWise = split.ImageWise,
            },
            folder,
            groups
        );
        return Told(failures);
    }

    private static int Told(IReadOnlyList<string> failures)
    {
        foreach (var failure in failures)
            Console.Error.WriteLine($"error: {failure}");
        return failures.Count == 0 ? 0 : 1;
    }

    private static CellPlace PlaceOf(ParseResult parsed) =>
        new(parsed.GetValue(DeviceOption.Device)!, parsed.GetValue(Jobs));

    /// <summary>The external cohort's file; null where nobody asks for one. The study's own lies relative to it.</summary>
    private static string? ExternalOf(ParseResult parsed, StudyRecipe study, string file) =>
        parsed.GetValue(External)
        ?? (study.External.Length > 0 ? Path.Combine(Path.GetDirectoryName(file)!, study.External) : null);

    /// <summary>The groups with their shares of the split; a group that cannot be split is left out with the reason.</summary>
    /// <exception cref="NoSuchSplitException">None can.</exception>
    private static List<(StudyGroup Group, Split Part)> Divided(
        IReadOnlyList<StudyGroup> groups,
        StudyRecipe study,
        Split split,
        List<string> failures
    )
    {
        var divided = new List<(StudyGroup Group, Split Part)>();
        foreach (var group in groups)
        {
            try
            {
                divided.Add((group, PartOf(study, group, split)));
            }
            catch (NoSuchSplitException error)
            {
                failures.Add($"{study.DividedBy} {group.Name}: left out, {error.Message}");
                if (failures.Count == groups.Count)
                    throw;
                // Also at once: the others may take hours.
                Console.Error.WriteLine($"warning: {failures[^1]}");
            }
        }
        return divided;
    }

    /// <summary>The group's share of the split, kept beside it for the runs.</summary>
    private static Split PartOf(StudyRecipe study, StudyGroup group, Split split)
    {
        if (group.Name.Length > 0)
        {
            split = StudyCohorts.PartOf(study, group, split);
            split.Save(group.Folder.Split);
        }
        if (study.ImageWise && !File.Exists(group.Folder.ImageWiseSplit))
            ImageWiseSplits.Of(split, group.Cohort).Save(group.Folder.ImageWiseSplit);
        return split;
    }

    private static IReadOnlyList<StudyRow> RowsOf(StudyRecipe study, StudyGroup group, Split split) =>
        StudyMasks.Beside(
            StudyResults.Read(
                study,
                split,
                group.Folder.Run,
                part => (part.Rows(group.Cohort, SplitSide.Test).Count, part.Rows(group.Cohort, SplitSide.Train).Count)
            ),
            group
        );
}
