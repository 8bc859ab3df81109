using System.CommandLine;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip pack</c>: a run becomes one file that moves.</summary>
internal static class PackCommand
{
    private static readonly Argument<string> RunFolder = new("run") { Description = "The run folder." };
    private static readonly Option<string> Output = new("--out")
    {
        Description = "The file to write, such as model.coverslip.",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command(
            "pack",
            """
            Pack a finished run into one file: weights, preprocessing, classes, image scale, thresholds, cohort hash.

            Example:
              coverslip pack runs/first --out model.coverslip
            """
        )
        {
            RunFolder,
            Output,
        };
        command.SetAction(parsed =>
        {
            using var model = TrainedModel.Load(parsed.GetValue(RunFolder)!, Known.Methods, Device.Cpu);
            var path = parsed.GetValue(Output)!;
            model.Pack(path);
            Console.WriteLine(
                $"wrote {path} ({new FileInfo(path).Length / 1048576.0:0.0} MiB, {model.Parts.Count} model(s))"
            );
            return 0;
        });
        return command;
    }
}
