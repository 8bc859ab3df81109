using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Quantization;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip quantize</c>: a run gets networks over numbers of eight bits, if these say the same.</summary>
internal static class QuantizeCommand
{
    private static readonly Argument<string> RunFolder = new("run") { Description = "The folder of a finished run." };
    private static readonly Option<string?> CohortFile = new("--cohort")
    {
        Description = "The cohort that the run was trained on, where it is elsewhere now. [default: as the run says]",
    };

    public static Command Create()
    {
        var command = new Command(
            "quantize",
            $"""
            Make of a run's networks ones over numbers of eight bits, which 'predict --int8' takes: int8.onnx beside each part's
            weights, computed by ONNX Runtime, a quarter of the size. How much faster depends on the processor, and a U-Net may be
            slower; it is measured and said.

            Ranges are taken from the validation patients of each part. It is refused, and nothing written, where for them the area
            under the ROC curve falls by more than {Int8Facts.MostFall} or the most probable class becomes another in more than
            {Int8Facts.MostChanged:0%} of the examples. int8.json keeps the figures.

            Examples:
              coverslip quantize runs/first
              coverslip predict runs/first slides/*.svs --int8 --out heatmaps
            """
        )
        {
            RunFolder,
            CohortFile,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var folder = Path.GetFullPath(parsed.GetValue(RunFolder)!);
        using var model = TrainedModel.Load(folder, Known.Methods, Device.Cpu);
        if (model.Folders.Count == 0 || model.Stage is not null)
            throw new ArgumentException(
                $"{parsed.GetValue(RunFolder)} is no folder of a finished run; networks over eight bits are made beside its weights"
            );
        if (model.Recipe is not INetworkRecipe recipe)
            throw new InvalidOperationException(
                $"this run's method ({Known.Methods.Of(model.RecipeText, folder).Name}) is no network over an image's pixels that could be computed over eight bits"
            );
        Int8Quantizer.Check(model.Models[0]);
        var cohort = CohortOf(parsed, folder, model);
        var parts = Split.LoadParts(Path.Combine(folder, "split.json"));
        using var stop = new StopSignal();
        using var claim = FolderClaim.Take(folder, "train");
        var given = new Preparation(cohort, Device.Cpu)
        {
            Stain = model.Stain,
            Progress = new ConsoleProgress(),
            Stop = stop.Token,
        };
        using var data = recipe.Prepare(given);
        foreach (var (i, part) in model.Parts.Index())
        {
            var run = new RunFolder(model.Folders[i], make: false);
            using var own = data.Begin(
                new SessionPart(part.Part - 1, parts[part.Part - 1], part.Seed, run),
                Device.Cpu
            );
            var examples =
                own.Examples()
                ?? throw new InvalidOperationException(
                    "this run's models are no single networks that could be computed over eight bits"
                );
            var positive = part.Positive is { } name ? part.Classes.ToList().IndexOf(name) : (int?)null;
            var quantizer = new Int8Quantizer(model.Models[i], examples, recipe, positive);
            var facts = quantizer.Write(run, given.Progress, stop.Token);
            var (before, now) = (new FileInfo(run.Best).Length, new FileInfo(run.Int8).Length);
            Console.WriteLine($"part {part.Part}: {facts.Words}");
            Console.WriteLine(facts.SpeedWords);
            Console.WriteLine(
                $"wrote {run.Int8} ({now / 1048576.0:0.0} MiB, weights in float32 {before / 1048576.0:0.0} MiB; {facts.Convolutions} convolutions over eight bits, {facts.InFloat32} in float32; ranges: {facts.Ranges}, {facts.Calibrated} examples)"
            );
        }
        return 0;
    }

    /// <summary>The cohort of the run, by its contents.</summary>
    private static Cohort CohortOf(ParseResult parsed, string folder, TrainedModel model)
    {
        var path = parsed.GetValue(CohortFile);
        if (path is null)
        {
            var kept = Path.Combine(folder, "cohort.txt");
            path = File.Exists(kept) ? File.ReadAllText(kept).TrimEnd('\n') : null;
            if (path is null || !File.Exists(path))
                throw new FileNotFoundException(
                    path is null
                        ? $"{kept} is missing, which names the run's cohort; name it with --cohort"
                        : $"the run's cohort, {path}, is not there; name where it is with --cohort"
                );
        }
        var cohort = RecipeCohort.Of(model.Recipe, FolderCohort.Load(path));
        return cohort.Hash == model.Description.CohortHash
            ? cohort
            : throw new InvalidDataException(
                $"{path} is not the cohort that the run was trained on, or has changed since; its validation patients are to tell whether eight bits agree"
            );
    }
}
