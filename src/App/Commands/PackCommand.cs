using System.CommandLine;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip pack</c>: a run becomes one file that moves, or a folder that WSInfer and QuPath take.</summary>
internal static class PackCommand
{
    private static readonly Argument<string> RunFolder = new("run") { Description = "A run folder or a packed file." };
    private static readonly Option<string?> Output = new("--out")
    {
        Description = "The file to write, such as model.coverslip.",
    };
    private static readonly Option<string?> Script = new("--torchscript")
    {
        Description = "A folder to write for WSInfer and QuPath's WSInfer extension.",
    };
    private static readonly Option<string?> Onnx = new("--onnx")
    {
        Description = "A file to write for ONNX Runtime, OpenCV and others, such as model.onnx.",
    };
    private static readonly Option<int?> Part = new("--part")
    {
        Description = "For --torchscript and --onnx: one part of the run, from 1; without it the mean of all.",
    };
    private static readonly Option<string?> Finding = new("--finding")
    {
        Description = "For --torchscript and --onnx, of a model of findings: which one to tell.",
    };
    private static readonly Option<double?> Microns = new("--mpp")
    {
        Description = "For --torchscript: microns per pixel of the training images, where the run does not say.",
    };

    public static Command Create()
    {
        var command = new Command(
            "pack",
            """
            Pack a finished run into one file: weights, preprocessing, classes, image scale, thresholds, cohort hash.

            With --torchscript it becomes a folder of two files, torchscript_model.pt and config.json, for WSInfer and QuPath's
            WSInfer extension: the network with all that the run does to pixels, its classes, patch size and spacing.

            With --onnx it becomes one ONNX file (opset 10, float32): images [B, 3, height, width], red, green, blue in [0, 1], to
            probabilities [B, classes].

            Examples:
              coverslip pack runs/first --out model.coverslip
              coverslip pack runs/first --torchscript first-wsinfer --mpp 0.5
              coverslip pack runs/first --onnx first.onnx
            """
        )
        {
            RunFolder,
            Output,
            Script,
            Onnx,
            Part,
            Finding,
            Microns,
        };
        SlideArguments.CheckMpp(Microns);
        command.Validators.Add(parsed =>
        {
            var (script, onnx) = (parsed.GetValue(Script) is not null, parsed.GetValue(Onnx) is not null);
            if (parsed.GetValue(Output) is null && !script && !onnx)
                parsed.AddError("Say what to write: --out FILE, --torchscript FOLDER, --onnx FILE, or several.");
            foreach (var option in new Option[] { Part, Finding })
                if (parsed.GetResult(option) is not null && !script && !onnx)
                    parsed.AddError($"{option.Name} is for --torchscript and --onnx.");
            if (parsed.GetResult(Microns) is not null && !script)
                parsed.AddError($"{Microns.Name} is for --torchscript.");
        });
        command.SetAction(Run);
        return command;
    }

    /// <summary>Nothing in the run's folder is written over, but what an earlier call packed there.</summary>
    private static void GuardRun(string run)
    {
        if (Directory.Exists(run))
            UserFiles.GuardLinked(
                Directory
                    .EnumerateFiles(run, "*", SearchOption.AllDirectories)
                    .Where(f => !f.EndsWith(".coverslip", StringComparison.Ordinal))
                    .Select(f => (f, $"a file of the run {run}"))
            );
    }

    private static int Run(ParseResult parsed)
    {
        using var model = TrainedModel.Load(parsed.GetValue(RunFolder)!, Known.Methods, Device.Cpu);
        GuardRun(parsed.GetValue(RunFolder)!);
        if (parsed.GetValue(Output) is { } packed)
            NamedOutput.Check(Output.Name, packed, OutputKind.PackedRun);
        if (parsed.GetValue(Onnx) is { } graph)
            NamedOutput.Check(Onnx.Name, graph, OutputKind.Onnx);
        if (parsed.GetValue(Output) is { } path)
        {
            model.Pack(path);
            Console.WriteLine(
                $"wrote {path} ({new FileInfo(path).Length / 1048576.0:0.0} MiB, {model.Parts.Count} model(s))"
            );
        }
        var parts = parsed.GetValue(Part) is null ? model.Parts.Count : 1;
        if (parsed.GetValue(Onnx) is { } onnx)
        {
            OnnxExport.Write(onnx, model, parsed.GetValue(Part), parsed.GetValue(Finding));
            Console.WriteLine(
                $"wrote {onnx} ({new FileInfo(onnx).Length / 1048576.0:0.0} MiB, {parts} model(s), ONNX opset {OnnxFile.Opset})"
            );
        }
        if (parsed.GetValue(Script) is not { } folder)
            return 0;
        var method = Known.Methods.Of(model.RecipeText, folder).Name;
        WsInferFolder.Write(
            folder,
            model,
            new WsInferOptions
            {
                Part = parsed.GetValue(Part),
                Finding = parsed.GetValue(Finding),
                Mpp = parsed.GetValue(Microns),
                Architecture = model.Recipe is IBackboneRecipe known ? known.Network.Kind.Name : method,
            }
        );
        Console.WriteLine($"wrote {folder} (torchscript_model.pt of {parts} model(s), config.json)");
        return 0;
    }
}
