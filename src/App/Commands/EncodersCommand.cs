using System.CommandLine;
using System.Globalization;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip encoders</c>: the pre-trained networks that are known, and where their weights are.</summary>
internal static class EncodersCommand
{
    private static readonly Argument<FileInfo> Onnx = new("onnx")
    {
        Description = $"ResNet18.onnx of the NuGet package {BoxedResNet.Package}.",
    };

    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "Folder for resnet-18.safetensors and its terms.",
        Required = true,
    };

    internal static readonly Argument<string> Named = new("encoder")
    {
        Description = "NAME, NAME=FILE, or FILE.onnx or FILE.ts (TorchScript) with FILE.yaml beside it.",
    };

    internal static readonly Option<string[]> Layers = new("--layers")
    {
        Description = "Layers, or outputs of a file, whose features are joined; the last layer without it.",
        AllowMultipleArgumentsPerToken = true,
    };

    internal static readonly Option<bool> Deviations = new("--deviations")
    {
        Description =
            "The deviation of each map beside its mean, as the recipe probe takes them; of residual networks.",
    };

    public static Command Create()
    {
        var command = new Command("encoders", "List pre-trained networks: their file, input, features and license.");
        command.SetAction(_ =>
        {
            Write();
            return 0;
        });
        command.Subcommands.Add(CreateCheck());
        command.Subcommands.Add(CreateConvert());
        return command;
    }

    private static Command CreateCheck()
    {
        var check = new Command("check", "Open an encoder, and say what decides its features.")
        {
            Named,
            Layers,
            Deviations,
        };
        check.SetAction(parsed =>
        {
            var options = new EncoderOptions
            {
                Layers = parsed.GetValue(Layers) ?? [],
                Deviations = parsed.GetValue(Deviations),
            };
            using var encoder = Encoder.Open(parsed.GetValue(Named)!, options);
            Console.WriteLine($"{encoder.File}: {encoder.Features} features of an image");
            Console.WriteLine(encoder.Identity);
            Console.WriteLine($"license: {encoder.Kind.License}, {encoder.Kind.Published}");
            return 0;
        });
        return check;
    }

    private static Command CreateConvert()
    {
        var convert = new Command("convert", "Make the box's encoder of its NuGet package's file; set-up calls it.")
        {
            Onnx,
            Out,
        };
        convert.SetAction(parsed =>
        {
            Console.WriteLine(BoxedResNet.Convert(parsed.GetValue(Onnx)!.FullName, parsed.GetValue(Out)!.FullName));
            return 0;
        });
        return convert;
    }

    private static void Write()
    {
        string[] heads =
        [
            "Name",
            "Side",
            "µm/px",
            "Features",
            "Mean",
            "Deviation",
            "License",
            "File, or where it is published",
        ];
        var rows = KnownEncoders.All.Select(kind =>
            (IReadOnlyList<Cell>)
                [
                    kind.Name,
                    $"{kind.Side}",
                    kind.Mpp is { } mpp ? string.Create(CultureInfo.InvariantCulture, $"{mpp}") : "–",
                    $"{kind.Features}",
                    Colors(kind.Scale.Mean),
                    Colors(kind.Scale.Deviation),
                    kind.License,
                    WeightsFolder.Find(kind.Name) ?? $"bring your own: {kind.Published}",
                ]
        );
        ConsoleTable.Write(new Table([.. heads.Select(h => new Column(h))], [.. rows]));
        Console.WriteLine(
            $"Weights of your own: NAME.safetensors, .pth, .pt or .bin in a folder that {WeightsFolder.Variable} names.\nNetworks of your own: FILE.onnx or FILE.ts (TorchScript), described in FILE.yaml (docs/encoders.md)."
        );
    }

    private static string Colors(float[] values) =>
        string.Join(' ', values.Select(v => v.ToString("0.000", CultureInfo.InvariantCulture)));
}
