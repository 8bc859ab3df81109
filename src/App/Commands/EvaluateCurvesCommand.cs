using System.CommandLine;
using System.Globalization;
using Coverslip.App.Reports;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip evaluate curves</c>: how fast runs learned, against a baseline.</summary>
internal static class EvaluateCurvesCommand
{
    private static readonly Argument<string[]> Runs = new("runs")
    {
        Description = "Run folders (or parts of runs); the last is the baseline.",
        Arity = new ArgumentArity(1, 6),
    };
    private static readonly Option<string> Output = new("--out")
    {
        Description = "The plot to write, an SVG file.",
        DefaultValueFactory = _ => "curves.svg",
    };

    public static Command Create()
    {
        var command = new Command(
            "curves",
            """
            Training curves of several runs: loss, validation accuracy and AUC by epoch on plots below each other, and after how many epochs each run
            is as good as the baseline, the last one named, ever was. A first step on patches counts beside, not among the
            epochs: its epochs and seconds are printed apart.

            Examples:
              coverslip evaluate curves runs/curriculum runs/baseline --out curves.svg
              coverslip evaluate curves runs/a/part-1 runs/b/part-1
            """
        )
        {
            Runs,
            Output,
        };
        command.SetAction(parsed => Run(parsed.GetValue(Runs)!, parsed.GetValue(Output)!));
        return command;
    }

    private static int Run(string[] folders, string output)
    {
        NamedOutput.Check(Output.Name, output, OutputKind.Plot);
        LearningCurve[] curves = [.. folders.Select(LearningCurve.Read)];
        var baseline = curves[^1];
        var target = baseline.Losses.Min();
        NamedOutput.Write(
            Output.Name,
            output,
            SvgPlot.DrawTogether(CurvesPlot.Of(curves, target)).ToString(),
            OutputKind.Plot
        );
        string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
        Console.WriteLine($"best validation loss of the baseline {baseline.Name}: {Number(target)}");
        ConsoleTable.Write(
            Table.OfLines(
                [
                    [
                        "run",
                        "epochs",
                        "best loss",
                        "at epoch",
                        "accuracy there",
                        "AUC there",
                        "as good as the baseline's best",
                        "seconds until then",
                        "first step",
                    ],
                    .. curves.Select(c =>
                    {
                        var reached = c.EpochsTo(target);
                        return (IReadOnlyList<string>)
                            [
                                c.Name,
                                $"{c.Losses.Count}",
                                Number(c.Losses.Min()),
                                $"{c.Best + 1}",
                                FigureText.Number(c.Accuracy?[c.Best]),
                                FigureText.Number(c.Auc?[c.Best]),
                                reached is { } epochs ? $"after {epochs} epochs" : "never",
                                reached is { } until ? $"{c.Seconds[until - 1] + (c.First?.Seconds ?? 0):0}" : "",
                                c.First is { } first
                                    ? $"{first.Epochs} epochs on patches, {first.Seconds:0} s"
                                    : "none",
                            ];
                    }),
                ],
                text: 1
            )
        );
        Console.WriteLine($"wrote {output}");
        return 0;
    }
}
