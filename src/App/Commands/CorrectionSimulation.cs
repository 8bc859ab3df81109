using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Files;
using Coverslip.Learning.Corrections;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip correct simulate</c>: what the loop would have given on slides whose truth is known.</summary>
internal static class CorrectionSimulation
{
    private static readonly Argument<string> Folder = new("folder")
    {
        Description = "A correction on which nothing is drawn; nothing is written into it but features.",
    };

    private static readonly Option<int> Regions = new("--regions")
    {
        Description = "Regions that are drawn.",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<int> Seeds = new("--seeds")
    {
        Description = "Simulated annotators, seeds 1 and up.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "CSV file of all figures.",
        Required = true,
    };

    static CorrectionSimulation()
    {
        Regions.Within(3, 1000);
        Seeds.Within(1, 100);
    }

    internal static Command Create()
    {
        var command = new Command(
            "simulate",
            """
            Let a simulated annotator, who knows the truth of the cohort's column annotation, draw regions where the correction
            proposes, and another as many at random places, and judge after each by the patients kept aside.

            Example:
              coverslip correct simulate colon --regions 20 --seeds 5 --out simulated.csv
            """
        )
        {
            Folder,
            Regions,
            Seeds,
            Out,
            DeviceOption.Device,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (folder, rows) = (parsed.GetRequiredValue(Folder), new List<string[]>());
        using var stop = new StopSignal();
        using (var own = Correction.Open(folder, DeviceOption.Of(parsed)))
            CorrectCommand.Compute(own, stop.Token);
        foreach (var seed in Enumerable.Range(1, parsed.GetValue(Seeds)))
        foreach (var proposed in (bool[])[true, false])
        {
            var order = proposed ? "proposed" : "random";
            using var copy = new CorrectionCopy(folder);
            using var correction = Correction.Open(copy.Folder, DeviceOption.Of(parsed));
            correction.ComputeAll(null, stop.Token);
            SimulatedStep? last = null;
            foreach (
                var step in new SimulatedAnnotator(correction, seed).Draw(
                    parsed.GetValue(Regions),
                    proposed,
                    stop.Token
                )
            )
            {
                rows.Add([
                    Text(seed),
                    order,
                    Text(step.Regions),
                    Figure(step.Aside.WindowAuc),
                    Figure(step.Aside.SlideAuc),
                ]);
                last = step;
            }
            Console.WriteLine($"seed {seed}, {order}: {last!.Regions} regions; {CorrectCommand.Told(last.Aside)}");
        }
        CsvTable.Write(parsed.GetRequiredValue(Out), ["seed", "places", "regions", "window_auc", "slide_auc"], rows);
        return 0;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Figure(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";
}
