using System.CommandLine;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.App.Reports;
using Coverslip.Files;
using Coverslip.Learning.Corrections;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Annotations;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip correct</c>: from regions drawn on slides to a probe, its figure, and where to draw next.</summary>
internal static class CorrectCommand
{
    private static readonly Argument<string> Folder = new("folder") { Description = "The correction's folder." };

    private static readonly Argument<string[]> Drawn = new("annotations")
    {
        Description = "Files of regions, each named as its slide: QuPath's GeoJSON, ASAP's or Aperio's XML.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<double> Minutes = new("--minutes")
    {
        Description = "Minutes of annotation since the correction was begun, for the curve.",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int> Count = new("--count")
    {
        Description = "Places to name.",
        DefaultValueFactory = _ => 5,
    };

    public static Command Create()
    {
        var command = new Command(
            "correct",
            """
            From a few regions drawn on slides to a better model, in seconds: a probe on features of a pre-trained network
            learns them, is judged by patients kept aside, and says where to draw next. 'coverslip view FOLDER' does the same
            in the browser.

            Examples:
              coverslip correct new colon --cohort slides/cohort.csv
              coverslip correct add colon from-qupath/*.geojson
              coverslip correct train colon --minutes 6
              coverslip correct next colon
            """
        );
        command.Subcommands.Add(CorrectionBegin.Create());
        command.Subcommands.Add(CreateAdd());
        command.Subcommands.Add(CreateTrain());
        command.Subcommands.Add(CreateNext());
        command.Subcommands.Add(CorrectionSimulation.Create());
        return command;
    }

    private static Command CreateAdd()
    {
        var command = new Command(
            "add",
            """
            Take regions of files in place of those that their slides had, which are kept as versions.

            Example:
              coverslip correct add colon from-qupath/P03-1.geojson
            """
        )
        {
            Folder,
            Drawn,
            DeviceOption.Device,
        };
        command.SetAction(parsed =>
        {
            using var correction = Correction.Open(parsed.GetRequiredValue(Folder), DeviceOption.Of(parsed));
            foreach (var file in parsed.GetRequiredValue(Drawn))
            {
                var slide = correction.Slide(Path.GetFileNameWithoutExtension(file));
                var set = AnnotationFile.Read(file);
                correction.Draw(slide, set);
                Console.WriteLine($"{slide.Name}: {set.Annotations.Count(a => a.IsArea)} regions");
            }
            return 0;
        });
        return command;
    }

    private static Command CreateTrain()
    {
        var command = new Command(
            "train",
            """
            Teach the probe what is drawn, judge it by the patients kept aside, and keep the round: rounds/NNN, rounds.csv,
            rounds.svg, and cohort.csv with split.json for 'coverslip train'.

            Example:
              coverslip correct train colon --minutes 6
            """
        )
        {
            Folder,
            Minutes,
            DeviceOption.Device,
        };
        command.SetAction(parsed =>
        {
            using var correction = Correction.Open(parsed.GetRequiredValue(Folder), DeviceOption.Of(parsed));
            using var stop = new StopSignal();
            correction.Teach();
            var (round, notes) = correction.KeepRound(parsed.GetValue(Minutes), stop.Token);
            WriteCurve(correction.Folder, correction.Rounds);
            Console.WriteLine(Told(round));
            foreach (var note in notes)
                Console.WriteLine($"note: {note}");
            return 0;
        });
        return command;
    }

    private static Command CreateNext()
    {
        var command = new Command(
            "next",
            """
            Name the places worth annotating next, and why. Features that are missing are computed first, and kept.

            Example:
              coverslip correct next colon --count 3
            """
        )
        {
            Folder,
            Count,
            DeviceOption.Device,
        };
        command.SetAction(parsed =>
        {
            using var correction = Correction.Open(parsed.GetRequiredValue(Folder), DeviceOption.Of(parsed));
            using var stop = new StopSignal();
            Compute(correction, stop.Token);
            if (correction.Rounds.Count > 0)
                correction.Teach();
            foreach (var place in correction.Next(parsed.GetValue(Count)))
                Console.WriteLine(
                    FormattableString.Invariant($"{place.Slide} at ({place.At.X:0}, {place.At.Y:0}): {place.Reason}")
                );
            return 0;
        });
        return command;
    }

    /// <summary>Features of all slides, with a line of progress to each that has some to be computed.</summary>
    internal static void Compute(Correction correction, CancellationToken stop)
    {
        var (line, at, first) = ((ProgressLine?)null, "", 0);
        try
        {
            correction.ComputeAll(
                (slide, done, all) =>
                {
                    if (slide != at)
                    {
                        line?.Dispose();
                        (at, first) = (slide, Math.Max(0, done - Correction.Batch));
                        line = new ProgressLine(slide, all - first, "windows");
                    }
                    line!.Report(done - first);
                },
                stop
            );
        }
        finally
        {
            line?.Dispose();
        }
    }

    /// <summary>"round 3: 14 regions on 6 slides, 212 windows, taught in 0.2 s; patients kept aside: AUC 0.957 over windows".</summary>
    internal static string Told(CorrectionRound round) =>
        FormattableString.Invariant(
            $"round {round.Number}: {round.Regions} regions on {round.Slides} slides, {round.Windows} windows, taught in {round.Seconds:0.0} s; {Told(round.Aside)}"
        );

    internal static string Told(AsideFigures aside) =>
        $"patients kept aside: AUC {Figure(aside.WindowAuc)} over {aside.Windows} windows, {Figure(aside.SlideAuc)} over {aside.Slides} slides";

    private static string Figure(double? auc) => auc?.ToString("0.000", CultureInfo.InvariantCulture) ?? "unknown";

    internal static void WriteCurve(CorrectionFolder folder, IReadOnlyList<CorrectionRound> rounds)
    {
        PlotSeries Series(string name, int color, Func<CorrectionRound, double?> figure) =>
            new(
                name,
                [
                    .. rounds.Select(r => new PlotPoint(
                        r.Minutes,
                        figure(r) ?? double.NaN,
                        FormattableString.Invariant($"round {r.Number}: {r.Regions} regions, {figure(r):0.000}")
                    )),
                ],
                color
            );
        var plot = new Plot(
            "Minutes of annotation against AUC",
            "AUC on patients kept aside after each round",
            [Series("windows", 0, r => r.Aside.WindowAuc), Series("slides", 1, r => r.Aside.SlideAuc)]
        )
        {
            XLabel = "minutes of annotation",
            YLabel = "AUC, patients kept aside",
            YRange = (0.5, 1),
        };
        WholeFile.Write(folder.Curve, $"{SvgPlot.DrawTogether([plot])}\n");
    }
}
