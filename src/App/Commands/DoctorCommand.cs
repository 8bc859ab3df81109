using System.CommandLine;
using System.Text.Json;
using Coverslip.App.Doctor;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip doctor</c>: what was found on this machine, each line ok or how to mend it.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> AsJson = new("--json")
    {
        Description = "Print the checks as a JSON array on standard output.",
    };

    public static Command Create()
    {
        var command = new Command(
            "doctor",
            """
            Print what was found on this machine and how to mend what is wrong. The exit code is 1 where anything is.

            Examples:
              coverslip doctor
              coverslip doctor --json
            """
        )
        {
            AsJson,
        };
        command.SetAction(parsed =>
        {
            var checks = Examination.Run();
            if (parsed.GetValue(AsJson))
                Console.WriteLine(JsonSerializer.Serialize(checks, FactsJson.Default.IReadOnlyListDoctorCheck));
            else
                Write(checks);
            return checks.All(check => check.Ok) ? 0 : 1;
        });
        return command;
    }

    /// <summary>One line per check, the way to mend it below, and a sum at the end; to standard output by default.</summary>
    internal static void Write(IReadOnlyList<DoctorCheck> checks, TextWriter? output = null)
    {
        var rows = checks.SelectMany(check =>
            (IEnumerable<IReadOnlyList<Cell>>)
                [
                    [check.Ok ? "ok" : "wrong", check.Name, check.Found],
                    .. check.Mend is { } mend
                        ? (IReadOnlyList<Cell>[])
                            [
                                ["", "", $"→ {mend}"],
                            ]
                        : [],
                ]
        );
        ConsoleTable.Write(new Table([new Column(""), new Column(""), new Column("")], [.. rows]), output);
        var wrong = checks.Count(check => !check.Ok);
        (output ?? Console.Out).WriteLine(wrong == 0 ? "all well" : $"{wrong} of {checks.Count} to mend");
    }
}
