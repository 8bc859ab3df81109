using System.CommandLine;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip reading new</c>: which slides, which model, which readers; a token for each reader.</summary>
internal static class ReadingNewCommand
{
    private static readonly Option<string> Slides = new("--slides")
    {
        Description = "The cohort of the slides: image,label,patient, and annotation where lesions are to be found.",
        Required = true,
    };

    private static readonly Option<string> Run = new("--run")
    {
        Description = "The folder that 'predict' wrote for these slides.",
        Required = true,
    };

    private static readonly Option<string> Readers = new("--readers")
    {
        Description = "The readers, with commas between.",
        Required = true,
    };

    private static readonly Option<string> Order = new("--order")
    {
        Description = "random: for each reader another; cohort: as in the cohort, for all.",
        DefaultValueFactory = _ => "random",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the orders.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int?> Each = new("--each")
    {
        Description = "How many of the slides each reader gets, drawn by the seed. [default: all]",
    };

    private static readonly Option<string?> Positive = new("--positive")
    {
        Description = "The class that is looked for. [default: the one that means it, as tumor or malignant]",
    };

    internal static Command Create()
    {
        Order.AcceptOnlyFromAmong("random", "cohort");
        Each.Within(1, 1_000_000);
        var command = new Command(
            "new",
            """
            Make a study. It prints a token for each reader, once; the study keeps only its hash.

            Examples:
              coverslip reading new second-opinion --slides slides/cohort.csv --run predictions --readers ada,ben
              coverslip reading new second-opinion --slides slides/cohort.csv --run predictions --readers ada,ben --order random --seed 7
            """
        )
        {
            ReadingCommand.Name,
            Slides,
            Run,
            Readers,
            Order,
            Seed,
            Each,
            Positive,
            ClassOptions.Tumor,
            ReadingCommand.Database,
        };
        command.SetAction(Make);
        return command;
    }

    private static int Make(ParseResult parsed)
    {
        var cohort = Cohort.Load(parsed.GetRequiredValue(Slides));
        var predictions = Path.GetFullPath(parsed.GetRequiredValue(Run));
        var cases = Cases(cohort, predictions);
        SeenTable.Warn(SlideSummary.ScoresIn(predictions));
        var readers = Named(parsed)
            .Select((name, i) => ReadingReader.Create(name, Drawn(parsed, cases.Length, i)))
            .ToList();
        var place = ReadingCommand.Place(parsed);
        var study = new ReadingStudy
        {
            Name = place.Study,
            Cohort = Path.GetFullPath(cohort.Path),
            Predictions = predictions,
            Model = ModelOf(predictions, cases),
            Classes = cohort.Classes,
            Positive = PositiveOf(cohort, parsed.GetValue(Positive)),
            TumorClasses = parsed.GetValue(ClassOptions.Tumor) ?? [],
            Cases = cases,
            Readers = [.. readers.Select(r => r.Reader)],
        };
        ReadingLog.CreateAsync(place, study).GetAwaiter().GetResult().Dispose();
        Console.WriteLine($"{place}: {cases.Length} slides, {readers.Count} readers; {study.Positive} is looked for");
        Console.WriteLine("Give each reader the own token, which is not kept and not shown again:");
        foreach (var (reader, token) in readers)
            Console.WriteLine($"  {reader.Name}  {token}");
        Console.WriteLine($"serve it: coverslip view {parsed.GetRequiredValue(ReadingCommand.Name)}");
        return 0;
    }

    private static ReadingCase[] Cases(Cohort cohort, string predictions)
    {
        if (!Directory.Exists(predictions))
            throw new DirectoryNotFoundException($"{predictions}: no such folder; --run is what 'predict' wrote");
        if (cohort.Rows.FirstOrDefault(r => !SlideFile.IsSlide(cohort.ImagePath(r))) is { } odd)
            throw new InvalidDataException(
                $"{cohort.Path}: row {odd.Number}: {odd.Image} is no slide; readers judge slides, so leave it out"
            );
        if (cohort.MultiLabel)
            throw new InvalidDataException(
                $"{cohort.Path} has a list of findings to an image (column labels); a reader names one class (column label)"
            );
        CohortSlides.CheckNames(cohort.Rows);
        ReadingCase[] cases = [.. cohort.Rows.Select(row => Of(cohort, row, predictions))];
        return cases.GroupBy(c => c.Contents).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new InvalidDataException(
                $"{cohort.Path}: {string.Join(" and ", twice.Select(c => c.Image))} are the same slide; keep one"
            )
            : cases;
    }

    private static ReadingCase Of(Cohort cohort, CohortRow row, string predictions)
    {
        var file = cohort.FilePath(row);
        _ = MachineView.Read(predictions, file); // says which slide was not predicted
        return new ReadingCase(row.Image, file, cohort.ContentOf(row), row.Patient, row.Label)
        {
            Machine = MachineView.ContentsOf(predictions, file),
            Annotation = CohortSlides.AnnotationOf(cohort, row) is { } annotation
                ? FileContents.ReadWhole(annotation)
                : null,
        };
    }

    private static string ModelOf(string predictions, ReadingCase[] cases)
    {
        var models = cases.Select(c => (c.Image, Model: MachineView.ModelOf(predictions, c.File))).ToList();
        return models.FirstOrDefault(m => m.Model != models[0].Model) is { Model: not null } other
            ? throw new InvalidDataException(
                $"{predictions}: {models[0].Image} and {other.Image} were predicted by different models; predict all with one"
            )
            : models[0].Model;
    }

    private static string PositiveOf(Cohort cohort, string? asked)
    {
        if (cohort.Classes.Count < 2)
            throw new InvalidDataException(
                $"{cohort.Path}: every slide is labeled {cohort.Classes[0]}; a reader needs two classes to choose from"
            );
        if (asked is not null && !cohort.Classes.Contains(asked))
            throw new InvalidDataException(
                $"--positive {asked} is no label of {cohort.Path}; it has {string.Join(", ", cohort.Classes)}"
            );
        return asked
            ?? ClassMeaning.PositiveOf(cohort.Classes)
            ?? throw new InvalidDataException(
                $"{cohort.Path}: which of {string.Join(", ", cohort.Classes)} is looked for? say it with --positive"
            );
    }

    private static string[] Named(ParseResult parsed)
    {
        var text = parsed.GetRequiredValue(Readers);
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length == 0)
            throw new ArgumentException($"--readers is '{text}'; name one reader at least, such as ada,ben");
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"--readers names {twice.Key} twice; each reader has a name of their own");
        return names.FirstOrDefault(n => n == ReadingLog.Owner || n.Length > 100) is { } odd
            ? throw new ArgumentException(
                $"no reader can be called '{odd}'; choose another name, of 100 letters at most"
            )
            : names;
    }

    private static int[] Drawn(ParseResult parsed, int cases, int reader)
    {
        int[] order = [.. Enumerable.Range(0, cases)];
        var each = parsed.GetValue(Each) ?? cases;
        if (each > cases)
            throw new ArgumentException($"--each is {each}, and there are {cases} slides; leave it out for all");
        new SeededRandom(parsed.GetValue(Seed), reader).Shuffle<int>(order);
        int[] drawn = order[..each];
        return parsed.GetValue(Order) == "random" ? drawn : [.. drawn.Order()];
    }
}
