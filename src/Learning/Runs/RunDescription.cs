using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.Learning.Runs;

/// <summary>run.json: what a finished run was made of and what it needs to predict.</summary>
public sealed record RunDescription
{
    /// <summary>SHA-256 of the cohort it was trained on.</summary>
    public required string CohortHash { get; init; }

    /// <summary>Class names in the order of the network's outputs.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>
    /// The class whose probability is held against <see cref="Threshold"/>; null with more than two classes or without
    /// a threshold.
    /// </summary>
    public string? Positive { get; init; }

    /// <summary>Decision threshold chosen on validation patients; null: the most probable class.</summary>
    public double? Threshold { get; init; }

    /// <summary>
    /// Of findings: from which probability on each is named, in the order of <see cref="Classes"/>; null: from one half.
    /// </summary>
    public IReadOnlyList<double>? Thresholds { get; init; }

    /// <summary>Which classes stand in an image's set; null: the recipe promises no share of errors.</summary>
    public ConformalThreshold? Conformal { get; init; }

    /// <summary>
    /// How far an image's features may be from those of the nearest training image, as 1 − cosine, and still be familiar;
    /// null where the method gives no features, and in runs of before.
    /// </summary>
    public double? FamiliarDistance { get; init; }

    /// <summary>Channels of the training images as stored: 1 gray, 3 color.</summary>
    public required int SourceChannels { get; init; }

    /// <summary>Least and greatest factor by which training images were brought to the network's width.</summary>
    public required double ScaleLow { get; init; }

    public required double ScaleHigh { get; init; }

    /// <summary>Microns per pixel of the training images as stored; null where nobody said.</summary>
    public double? Mpp { get; init; }

    /// <summary>Thresholds of the masks as JSON; null without computed masks.</summary>
    public string? MaskRules { get; init; }

    public required long Seed { get; init; }

    /// <summary>Whether the split divided images and not patients, so that the figures are inflated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ImageWise { get; init; }

    /// <summary>Which part of the split, from 1, of how many.</summary>
    public required int Part { get; init; }

    public required int Parts { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Epochs done, and the best of them, from 0.</summary>
    public required int Epochs { get; init; }

    public required int BestEpoch { get; init; }

    /// <summary>Time of training and validation.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>
    /// Processor time of all threads in training and validation; null in runs of before. Of a training in several stages of
    /// its method's own that was stopped and went on, that of its last call.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ProcessorSeconds { get; init; }

    /// <summary>
    /// Steps of the optimizer, of several stages together; null where nobody counted, and in runs of before.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Steps { get; init; }

    /// <summary>
    /// Share of training images that the model, decided as for test images, calls right: of all, or of five hundred of
    /// more; null where the method tells no classes of images, and in runs of before.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? TrainingAccuracy { get; init; }

    /// <summary>Relative distance of the weights from their beginning; null where none move.</summary>
    public double? WeightsMoved { get; init; }

    /// <summary>The part of the training steps' time that they waited for data; null without steps.</summary>
    public double? WaitingShare { get; init; }

    /// <summary>Images whose mask held nothing valid, and images in all.</summary>
    public required int EmptyMasks { get; init; }

    public required int Images { get; init; }

    /// <summary>Images whose stain could not be measured and that were used as they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int StainsKept { get; init; }

    /// <summary>Largest resident memory of the process, in MiB.</summary>
    [JsonPropertyName("peak_memory_mib")]
    public required double PeakMemory { get; init; }

    /// <summary>Threads that computed; 0 in runs of before this was recorded. Other ones give other last digits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Threads { get; init; }

    /// <summary>Whether the numbers do not depend on the threads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Reproducible { get; init; }

    /// <summary>What <c>precision: auto</c> came to; null where the recipe said the precision, and in runs of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PrecisionChoice? Precision { get; init; }

    /// <summary>SHA-256 of best.safetensors, every byte; null where the method leaves none, and in runs of before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WeightsHash { get; init; }

    /// <summary>Versions of the program and of libtorch, and the kernels' instruction set.</summary>
    public required string Versions { get; init; }

    public void Write(string path) => WholeFile.Write(path, Write);

    internal void Write(Stream stream) =>
        JsonSerializer.Serialize(
            stream,
            this with
            {
                TrainingSeconds = Math.Round(TrainingSeconds, 3),
                ProcessorSeconds = ProcessorSeconds is { } used ? Math.Round(used, 3) : null,
                WaitingShare = WaitingShare is { } waiting ? Math.Round(waiting, 4) : null,
                PeakMemory = Math.Round(PeakMemory, 1),
            },
            RunJson.Default.RunDescription
        );

    /// <summary>Reads what <see cref="Write(string)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">A field is missing or of another kind.</exception>
    public static RunDescription Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>
    /// Whether a file says that its run divided images and not patients; another program's file does not.
    /// </summary>
    public static bool SaysImageWise(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("image_wise", out var flag)
            && flag.ValueKind == JsonValueKind.True;
    }

    internal static RunDescription Parse(byte[] text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RunJson.Default.RunDescription)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path} is no description of a run: {Reason(error)}", error);
        }
    }

    /// <summary>Which field is wrong, in our words.</summary>
    private static string Reason(JsonException error)
    {
        const string Missing = "including: ";
        if (error.InnerException is JsonException)
            return $"its JSON is damaged in line {error.LineNumber + 1}";
        if (error.Path is { Length: > 2 } field)
            return $"field '{field[2..]}' in line {error.LineNumber + 1} is of another kind";
        var at = error.Message.IndexOf(Missing, StringComparison.Ordinal);
        return at < 0
            ? "it is no object of a run's fields"
            : $"it lacks {error.Message[(at + Missing.Length)..].TrimEnd('.')}";
    }
}
