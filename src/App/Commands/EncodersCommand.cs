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

    public static Command Create()
    {
        var command = new Command("encoders", "List pre-trained networks: their file, input, features and license.");
        command.SetAction(_ =>
        {
            Write();
            return 0;
        });
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
        command.Subcommands.Add(convert);
        return command;
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
            $"Weights of your own: NAME.safetensors, .pth, .pt or .bin in a folder that {WeightsFolder.Variable} names."
        );
    }

    private static string Colors(float[] values) =>
        string.Join(' ', values.Select(v => v.ToString("0.000", CultureInfo.InvariantCulture)));
}
