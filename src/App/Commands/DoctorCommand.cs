using System.CommandLine;
using System.Text.Json;
using Coverslip.App.Doctor;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip doctor</c>: what was found on this machine, each line ok or how to mend it.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Option<bool> AsJson = new("--json")
    {
        Description = "Print the checks as a JSON array on standard output.",
    };

    public static Command Create()
    {
        var command = new Command("doctor", "Print what was found on this machine and how to mend what is wrong.")
        {
            AsJson,
        };
        command.SetAction(parsed =>
        {
            var checks = Examination.Run();
            if (parsed.GetValue(AsJson))
                Console.WriteLine(JsonSerializer.Serialize(checks, Json));
            else
                Write(checks, Console.Out);
            return checks.All(check => check.Ok) ? 0 : 1;
        });
        return command;
    }

    /// <summary>One line per check, the way to mend it below, and a sum at the end.</summary>
    internal static void Write(IReadOnlyList<DoctorCheck> checks, TextWriter output)
    {
        var width = checks.Max(check => check.Name.Length);
        foreach (var check in checks)
        {
            output.WriteLine($"{(check.Ok ? "ok   " : "wrong")}  {check.Name.PadRight(width)}  {check.Found}");
            if (check.Mend is not null)
                output.WriteLine($"{new string(' ', width + 9)}→ {check.Mend}");
        }
        var wrong = checks.Count(check => !check.Ok);
        output.WriteLine(wrong == 0 ? "all well" : $"{wrong} of {checks.Count} to mend");
    }
}
