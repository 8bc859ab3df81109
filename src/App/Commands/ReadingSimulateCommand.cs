using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Readers;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip reading simulate</c>: a study of readers whose gain is known, or how often studies of a size find it.</summary>
internal static class ReadingSimulateCommand
{
    private static readonly SimulatedReaders Standard = new();

    private static readonly Argument<string?> Name = new("name")
    {
        Description = "The study to make; without it --studies are drawn, and nothing is written.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<int> Readers = StandardOption.Of(
        "--readers",
        Standard.Readers,
        "Readers, 2 to 1000."
    );

    private static readonly Option<int> Cases = StandardOption.Of(
        "--cases",
        Standard.Cases,
        "Cases, each another patient's, half of them positive; 4 to 100000."
    );

    private static readonly Option<double> Auc = StandardOption.Of(
        "--auc",
        Standard.Auc,
        "Mean AUC alone of readers of this kind, 0.55 to 0.95."
    );

    private static readonly Option<double> Gain = StandardOption.Of(
        "--gain",
        Standard.Gain,
        "By how much it is higher with the machine's view; 0 for none."
    );

    private static readonly Option<long> Seed = StandardOption.Of("--seed", Standard.Seed, "Seed of the draws.");

    private static readonly Option<int?> Studies = new("--studies")
    {
        Description = "How many studies of this size to draw: in how many is the gain found?",
    };

    private static readonly Option<int> Bootstrap = StandardOption.Of(
        "--bootstrap",
        0,
        "With --studies: draws of the bootstrap in each, 0 for none; 200 take seconds to a study."
    );

    internal static Command Create()
    {
        Studies.Within(1, 100_000);
        Bootstrap.Within(0, 100_000);
        var command = new Command(
            "simulate",
            """
            Plan a study: simulated readers whose true gain is known read simulated cases. With a name they fill a study, which
            'reading report' judges as any; every row and report says that it was simulated. With --studies many are drawn, and
            the share is told in which the gain is found: how many readers and cases are needed?

            Examples:
              coverslip reading simulate plan --readers 20 --gain 0.05 --seed 1
              coverslip reading report plan
              coverslip reading simulate --readers 6 --cases 100 --gain 0.05 --studies 200
            """
        )
        {
            Name,
            Readers,
            Cases,
            Auc,
            Gain,
            Seed,
            Studies,
            Bootstrap,
            ReadingCommand.Database,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Name) is null == parsed.GetValue(Studies) is null)
                parsed.AddError("Name a study to make, or say how many to draw with --studies.");
        });
        command.SetAction(parsed =>
        {
            var readers = new SimulatedReaders
            {
                Readers = parsed.GetValue(Readers),
                Cases = parsed.GetValue(Cases),
                Auc = parsed.GetValue(Auc),
                Gain = parsed.GetValue(Gain),
                Seed = parsed.GetValue(Seed),
            };
            if (parsed.GetValue(Studies) is { } studies)
                Draw(readers, studies, parsed.GetValue(Bootstrap));
            else
                MakeAsync(readers, ReadingPlace.Of(parsed.GetValue(Name)!, parsed.GetValue(ReadingCommand.Database)))
                    .GetAwaiter()
                    .GetResult();
            return 0;
        });
        return command;
    }

    private static void Draw(SimulatedReaders readers, int studies, int bootstrap)
    {
        SimulatedStudies drawn;
        using (var line = new ProgressLine("simulating", studies, "studies"))
            drawn = SimulatedStudies.Of(readers, studies, bootstrap, done => line.Report(done));
        Estimate Share(int count) => ExactInterval.OfShare((double)count / studies, studies, "studies");
        Console.WriteLine(
            FormattableString.Invariant(
                $"{studies} simulated studies of {readers.Readers} readers and {readers.Cases} cases: AUC {readers.Auc} alone, gain {readers.Gain}"
            )
        );
        (string, Estimate)[] shares =
        [
            (readers.Gain == 0 ? "false alarm (p < 0.05)" : "gain found (p < 0.05)", Share(drawn.Found)),
            ("interval of Obuchowski and Rockette holds it", Share(drawn.Held)),
            .. drawn.HeldByBootstrap is { } held ? new[] { ("interval of the bootstrap holds it", Share(held)) } : [],
        ];
        ConsoleTable.Write(shares, "95 % interval over studies");
        Console.WriteLine($"mean width of the interval: {FigureText.Number(drawn.Width)}");
    }

    private static async Task MakeAsync(SimulatedReaders readers, ReadingPlace place)
    {
        var drawn = readers.Make();
        int[] all = [.. Enumerable.Range(0, drawn.Cases.Count)];
        var study = new ReadingStudy
        {
            Name = place.Study,
            Cohort = "",
            Predictions = "",
            Model = "simulated",
            Classes = [.. drawn.Cases.Select(c => c.Truth).Distinct().Order(StringComparer.Ordinal)],
            Positive = drawn.Cases.First(c => c.Positive).Truth,
            Cases =
            [
                .. drawn.Cases.Select(c => new ReadingCase(c.Name, "", c.Name, c.Patient, c.Truth)
                {
                    Machine = "simulated",
                }),
            ],
            // Nobody signs in: the tokens are thrown away.
            Readers = [.. drawn.Readers.Select(name => ReadingReader.Create(name, all).Reader)],
            Simulated = new SimulatedReading(readers.Auc, readers.Gain, readers.Seed),
        };
        var verdicts = drawn.Readings.SelectMany(
            (read, r) => read.Select((x, i) => (drawn.Readers[r], i, Post(x!.Before), Post(x.After)))
        );
        long rows = 0;
        using var log = await ReadingLog.CreateAsync(
            place,
            study,
            fill: async made => rows = await made.FillAsync(study, verdicts)
        );
        Console.WriteLine(
            $"{place}: simulated, {FigureText.Count(drawn.Readers.Count, "reader")}, {drawn.Cases.Count} cases, {rows} rows"
        );
        Console.WriteLine($"judge it: coverslip reading report {place.Study}");
    }

    private static VerdictPost Post(Verdict verdict) =>
        new(verdict.Class, verdict.Confidence, [], "") { Simulated = true };
}
