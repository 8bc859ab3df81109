using System.CommandLine;
using Coverslip.Learning.Reports;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip reading</c>: readers judge slides or pictures, first alone and then with a model's view.</summary>
internal static class ReadingCommand
{
    /// <summary>The study.</summary>
    internal static readonly Argument<string> Name = new("name")
    {
        Description = $"The study: a file NAME{ReadingPlace.Extension}, or with --database a name in PostgreSQL.",
    };

    internal static readonly Option<string?> Database = new("--database")
    {
        Description =
            "PostgreSQL for a department: \"Host=…;Database=…;Username=…\" (the password from the environment variable PGPASSWORD or a .pgpass file). [default: one file, SQLite]",
    };

    private static readonly Option<string?> Head = new("--head")
    {
        Description = "A hash that 'verify' told before: the study must still hold that row.",
    };

    private static readonly Option<string> Out = new("--out") { Description = "The file to write.", Required = true };

    internal static Command Create() =>
        new(
            "reading",
            """
            A blind second opinion: readers judge slides, patches or radiographs alone, then with what a model makes of them, and both verdicts are kept.

            Examples:
              coverslip reading new second-opinion --slides slides/cohort.csv --run predictions --readers ada,ben
              coverslip view second-opinion
              coverslip reading report second-opinion
            """
        )
        {
            ReadingNewCommand.Create(),
            Verify(),
            ReadingReportCommand.Create(),
            ReadingSimulateCommand.Create(),
            Backup(),
            List(),
        };

    /// <summary>The place that the command line names.</summary>
    internal static ReadingPlace Place(ParseResult parsed) =>
        ReadingPlace.Of(parsed.GetRequiredValue(Name), parsed.GetValue(Database));

    private static Command Verify()
    {
        var command = new Command(
            "verify",
            """
            Prove that no row of a study was changed, taken out or put in: each holds the hash of the one before. Keep the
            last hash elsewhere, and give it with --head later, so that a study that was rewritten as a whole is found, too.

            Examples:
              coverslip reading verify second-opinion
              coverslip reading verify second-opinion --head 5e1f…
            """
        )
        {
            Name,
            Database,
            Head,
        };
        command.SetAction(parsed => VerifyAsync(Place(parsed), parsed.GetValue(Head)).GetAwaiter().GetResult());
        return command;
    }

    private static async Task<int> VerifyAsync(ReadingPlace place, string? known)
    {
        var (log, study) = await ReadingLog.OpenToReadAsync(place);
        using var open = log;
        var (rows, head, fault) = await ActionChain.VerifyAsync(log.RowsAsync());
        if (fault is not null)
            throw new InvalidDataException($"{place}: {fault}; the {rows} rows before it are as they were written");
        if (known is not null && !await log.RowsAsync().AnyAsync(row => row.Hash == known))
            throw new InvalidDataException(
                $"{place}: no row has the hash {known}; the rows fit each other, but they are not those that were verified then"
            );
        Console.WriteLine($"{study.Name}: {FigureText.Count(rows, "row")}, each follows the one before");
        Console.WriteLine($"last hash: {head}");
        return 0;
    }

    private static Command Backup()
    {
        var command = new Command(
            "backup",
            """
            Copy a study to a file while readers go on; of a study in PostgreSQL, too. The copy is a study that every verb takes.

            Example:
              coverslip reading backup second-opinion --out second-opinion-monday.reading
            """
        )
        {
            Name,
            Database,
            Out,
        };
        command.SetAction(parsed =>
        {
            var (log, _) = ReadingLog.OpenToReadAsync(Place(parsed)).GetAwaiter().GetResult();
            using var open = log;
            var file = ReadingPlace.Of(parsed.GetRequiredValue(Out), null).File!;
            Console.WriteLine($"{file}: {FigureText.Count(log.BackUp(file), "row")}");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command(
            "list",
            """
            How far the readers of a study are; with --database alone, the studies there.

            Examples:
              coverslip reading list second-opinion
              coverslip reading list --database "Host=db;Database=readings;Username=coverslip"
            """
        )
        {
            Optional,
            Database,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Optional) is null && parsed.GetValue(Database) is null)
                parsed.AddError("Name a study, or a database with --database.");
        });
        command.SetAction(parsed =>
            ListAsync(parsed.GetValue(Optional), parsed.GetValue(Database)).GetAwaiter().GetResult()
        );
        return command;
    }

    private static readonly Argument<string?> Optional = new("name")
    {
        Description = Name.Description,
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static async Task<int> ListAsync(string? name, string? database)
    {
        if (name is null)
        {
            var studies = await ReadingLog.StudiesAsync(ReadingPlace.Of("any", database));
            foreach (var one in studies)
                Console.WriteLine(one);
            if (studies.Count == 0)
                Console.Error.WriteLine("there is no study in that database; 'coverslip reading new NAME' makes one");
            return 0;
        }
        var (log, study) = await ReadingLog.OpenToReadAsync(ReadingPlace.Of(name, database));
        using var open = log;
        var counts = new Dictionary<string, int>();
        await foreach (var row in log.RowsAsync())
            if (row.What == Actions.Final)
                counts[row.Who] = counts.GetValueOrDefault(row.Who) + 1;
        foreach (var reader in study.Readers)
            Console.WriteLine(
                $"{reader.Name}: {counts.GetValueOrDefault(reader.Name)} of {FigureText.Count(reader.Cases.Count, "case")} finished"
            );
        return 0;
    }
}
