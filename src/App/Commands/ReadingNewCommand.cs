using System.CommandLine;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip reading new</c>: which slides or pictures, which model, which readers; a token for each reader.</summary>
internal static class ReadingNewCommand
{
    private static readonly Option<string?> Slides = new("--slides")
    {
        Description = "The cohort of the slides: image,label,patient, and annotation where lesions are to be found.",
    };

    private static readonly Option<string?> Images = new("--images")
    {
        Description =
            "The cohort of patches or radiographs, in place of --slides; of findings (column labels) --positive names the one that is looked for.",
    };

    private static readonly Option<string?> Boxes = new("--boxes")
    {
        Description = "With --images: where findings are (image,label,x,y,width,height), so that marks are judged.",
    };

    private static readonly Option<string> Run = new("--run")
    {
        Description = "The folder that 'predict' wrote for these slides or images.",
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
        Description = "How many of the cases each reader gets, drawn by the seed. [default: all]",
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
              coverslip reading new chests --images chests/cohort.csv --positive nodule --boxes chests/boxes.csv --run predictions --readers ada,ben
            """
        )
        {
            ReadingCommand.Name,
            Slides,
            Images,
            Boxes,
            Run,
            Readers,
            Order,
            Seed,
            Each,
            Positive,
            ClassOptions.Tumor,
            ReadingCommand.Database,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Slides) is null == parsed.GetValue(Images) is null)
                parsed.AddError("Give either --slides or --images.");
            if (parsed.GetValue(Boxes) is not null && parsed.GetValue(Images) is null)
                parsed.AddError("--boxes is for --images; lesions of slides stand in the cohort's column annotation.");
        });
        command.SetAction(Make);
        return command;
    }

    private static int Make(ParseResult parsed)
    {
        var cohort = Cohort.Load((parsed.GetValue(Slides) ?? parsed.GetValue(Images))!);
        var predictions = Path.GetFullPath(parsed.GetRequiredValue(Run));
        if (!Directory.Exists(predictions))
            throw new DirectoryNotFoundException($"{predictions}: no such folder; --run is what 'predict' wrote");
        var pictures = parsed.GetValue(Images) is not null;
        var read = pictures
            ? ReadingCases.OfPictures(cohort, predictions, (parsed.GetValue(Positive), parsed.GetValue(Boxes)))
            : ReadingCases.OfSlides(cohort, predictions, parsed.GetValue(Positive));
        var readers = Named(parsed)
            .Select((name, i) => ReadingReader.Create(name, Drawn(parsed, read.Cases.Count, i)))
            .ToList();
        var place = ReadingCommand.Place(parsed);
        var study = new ReadingStudy
        {
            Name = place.Study,
            Cohort = Path.GetFullPath(cohort.Path),
            Predictions = predictions,
            Model = read.Model,
            Classes = read.Classes,
            Positive = read.Positive,
            TumorClasses = parsed.GetValue(ClassOptions.Tumor) ?? [],
            Pictures = pictures,
            Boxes = parsed.GetValue(Boxes) is { } boxes ? Path.GetFullPath(boxes) : null,
            Cases = read.Cases,
            Readers = [.. readers.Select(r => r.Reader)],
        };
        ReadingLog.CreateAsync(place, study).GetAwaiter().GetResult().Dispose();
        Console.WriteLine(
            $"{place}: {FigureText.Count(read.Cases.Count, pictures ? "picture" : "slide")}, {FigureText.Count(readers.Count, "reader")}; {study.Positive} is looked for"
        );
        Console.WriteLine("Give each reader the own token, which is not kept and not shown again:");
        foreach (var (reader, token) in readers)
            Console.WriteLine($"  {reader.Name}  {token}");
        Console.WriteLine($"serve it: coverslip view {parsed.GetRequiredValue(ReadingCommand.Name)}");
        return 0;
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
            throw new ArgumentException($"--each is {each}, and there are {cases} cases; leave it out for all");
        new SeededRandom(parsed.GetValue(Seed), reader).Shuffle<int>(order);
        int[] drawn = order[..each];
        return parsed.GetValue(Order) == "random" ? drawn : [.. drawn.Order()];
    }
}
