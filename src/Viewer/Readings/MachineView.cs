using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Viewer.Readings;

/// <summary>What a model makes of a case, as <c>predict</c> left it.</summary>
/// <param name="Class">The class that is looked for.</param>
/// <param name="Probability">Of the case.</param>
/// <param name="Detections">From the most to the least likely.</param>
public sealed record MachineView(string Class, double Probability, IReadOnlyList<MachineDetection> Detections)
{
    /// <summary>What depends on the slide, or decides nothing, and so is no part of the model.</summary>
    private static readonly string[] NotTheModel = ["slide.", "tissue:", "program:"];

    /// <summary>Of a picture the other classes, too.</summary>
    public IReadOnlyList<ClassProbability> Classes { get; init; } = [];

    /// <summary>Of a picture what the model drew of it: activation maps, masks.</summary>
    public IReadOnlyList<MachinePicture> Pictures { get; init; } = [];

    /// <summary>Reads what was made of a slide.</summary>
    /// <param name="predictions">The folder.</param>
    /// <param name="slide">The slide's file.</param>
    /// <exception cref="FileNotFoundException">It was not predicted.</exception>
    public static MachineView Read(string predictions, string slide)
    {
        var files = Files(predictions, slide);
        var record = Record(files);
        var found = File.Exists(files.Detections)
            ? Coverslip.Evaluation.Detection.Detections.Read(files.Detections)
            : null;
        return new MachineView(
            record["class"]?.GetValue<string>() ?? "",
            record["probability"]?.GetValue<double>()
                ?? throw new InvalidDataException($"{files.Record}: no probability; predict the slide again"),
            [
                .. Enumerable
                    .Range(0, found?.Count ?? 0)
                    .Select(i => new MachineDetection(found!.Probabilities[i], found.X[i], found.Y[i]))
                    .OrderByDescending(d => d.Probability),
            ]
        );
    }

    /// <summary>The model by the hash of everything that a prediction depends on but the slide.</summary>
    public static string ModelOf(string predictions, string slide)
    {
        var files = Files(predictions, slide);
        var parts = Record(files)["made_of"]?.AsArray().Select(line => $"{line}") ?? [];
        var model = new Fingerprint();
        foreach (var line in parts.Where(l => !NotTheModel.Any(n => l.StartsWith(n, StringComparison.Ordinal))))
            model.Add("part", line);
        return model.Hash;
    }

    /// <summary>The hash of the files that are shown.</summary>
    public static string ContentsOf(string predictions, string slide)
    {
        var files = Files(predictions, slide);
        return new Fingerprint()
            .AddWholeFile("record", files.Record)
            .AddWholeFile("heatmap", files.Heatmap)
            .AddWholeFile("detections", files.Detections)
            .AddWholeFile("outlines", files.GeoJson)
            .Hash;
    }

    /// <summary>The file that says what a slide's heatmap is.</summary>
    internal static string RecordOf(string predictions, string slide) => Files(predictions, slide).Record;

    private static SlideFiles Files(string predictions, string slide) =>
        new(predictions, Path.GetFileNameWithoutExtension(slide));

    private static JsonObject Record(SlideFiles files) =>
        File.Exists(files.Record)
            ? JsonNode.Parse(File.ReadAllText(files.Record))!.AsObject()
            : throw new FileNotFoundException(
                $"{files.Record}: {files.Name} was not predicted there; run 'coverslip predict' on it, or name the folder that it wrote"
            );
}

/// <summary>How probable a class is.</summary>
public sealed record ClassProbability(string Class, double Probability);

/// <summary>A place that the model points at.</summary>
/// <param name="Probability">That there is what is looked for.</param>
/// <param name="X">Pixels from the left at level 0.</param>
/// <param name="Y">Pixels from the top at level 0.</param>
public sealed record MachineDetection(double Probability, double X, double Y);
