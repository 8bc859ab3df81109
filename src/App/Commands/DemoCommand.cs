using System.CommandLine;
using System.Globalization;
using Coverslip.App.Demo;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.App.Commands;

/// <summary>
/// <c>coverslip demo</c>: SagaNet on patches and tumor detection on slides, both on cohorts that the program paints.
/// </summary>
internal static class DemoCommand
{
    private static readonly Option<string> Output = new("--out")
    {
        Description = "Folder of the demo.",
        DefaultValueFactory = _ => "demo",
    };
    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the phantom cohort and its split.",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var command = new Command(
            "demo",
            """
            Paint two small phantom cohorts. On patches: make masks without labels, train SagaNet, judge it on patients it
            never saw. On slides: train a patch classifier, and show heatmaps of unseen slides beside the truth.

            Example:
              coverslip demo --out demo
            """
        )
        {
            Output,
            Seed,
        };
        command.SetAction(parsed =>
        {
            using var stop = new StopSignal();
            var folder = Path.GetFullPath(parsed.GetValue(Output)!);
            var seed = parsed.GetValue(Seed);
            Print(DemoRun.Run(folder, DemoRun.Phantoms(seed), baseline: true, stop.Token), folder);
            Print(SlideDemo.Run(folder, SlideDemo.Phantoms(seed), stop.Token));
            Console.WriteLine();
            Console.WriteLine($"look at all of it: ./coverslip view {Path.GetRelativePath(".", folder)}");
            return 0;
        });
        return command;
    }

    private static void Print(DemoResult result, string folder)
    {
        var (full, plain) = (ClassificationEvaluation.Of(result.Full), ClassificationEvaluation.Of(result.Baseline!));
        Console.WriteLine();
        Console.WriteLine($"{full.Images} patches of {full.Patients} patients that no model saw in training");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the full method is stated to reach an accuracy of at least {DemoRun.StatedAccuracy} (mean of seeds 1 to 3)"
            )
        );
        IReadOnlyList<string> Row(string name, ClassificationEvaluation judged) =>
            [
                name,
                FigureText.WithInterval(judged.Figures[Metric.Accuracy]),
                FigureText.WithInterval(judged.Figures[Metric.Auc]),
            ];
        ConsoleTable.Write(
            Table.OfLines(
                [
                    ["", "accuracy", "ROC AUC"],
                    Row("SagaNet, full method", full),
                    Row("baseline without it", plain),
                    ["color alone (1-NN)", result.ColorAlone.ToString("0.000", CultureInfo.InvariantCulture), ""],
                ],
                text: 3
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"masks against the truth: mean IoU {result.MaskOverlap:0.000}; calling everything valid gives {result.WholeOverlap:0.000}"
            )
        );
        Console.WriteLine(
            $"report: {RunReport.Write(new FinishedRun(Path.Combine(folder, "run"), result.Cohort) { MaskOf = result.Masks.FileOf }, DemoRun.ReportOf("saganet-demo.yaml")).Path}"
        );
    }

    private static void Print(SlideDemoResult slides)
    {
        Console.WriteLine();
        foreach (var line in SlideFigures.Lines(slides.Figures))
            Console.WriteLine(line);
        Console.WriteLine($"report: {slides.Report}");
    }
}
