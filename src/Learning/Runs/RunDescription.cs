using System.Text.Json;
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

    /// <summary>The part of the training steps' time that they waited for data; null without steps.</summary>
    public double? WaitingShare { get; init; }

    /// <summary>Relative distance of the weights from their beginning; null where none move.</summary>
    public required double? WeightsMoved { get; init; }

    /// <summary>Images whose mask held nothing valid, and images in all.</summary>
    public required int EmptyMasks { get; init; }

    public required int Images { get; init; }

    /// <summary>Images whose stain could not be measured and that were used as they are.</summary>
    public int StainsKept { get; init; }

    /// <summary>Largest resident memory of the process, in MiB.</summary>
    public required double PeakMemory { get; init; }

    /// <summary>Versions of the program and of libtorch.</summary>
    public required string Versions { get; init; }

    public void Write(string path) => WholeFile.Write(path, Write);

    internal void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("cohort_hash", CohortHash);
        json.WriteStartArray("classes");
        foreach (var name in Classes)
            json.WriteStringValue(name);
        json.WriteEndArray();
        if (Positive is not null)
            json.WriteString("positive", Positive);
        if (Threshold is { } threshold)
            json.WriteNumber("threshold", threshold);
        if (Thresholds is not null)
        {
            json.WriteStartArray("thresholds");
            foreach (var each in Thresholds)
                json.WriteNumberValue(each);
            json.WriteEndArray();
        }
        json.WriteNumber("source_channels", SourceChannels);
        json.WriteNumber("scale_low", ScaleLow);
        json.WriteNumber("scale_high", ScaleHigh);
        if (Mpp is { } mpp)
            json.WriteNumber("mpp", mpp);
        if (MaskRules is not null)
            json.WriteString("mask_rules", MaskRules);
        if (ImageWise)
            json.WriteBoolean("image_wise", true);
        json.WriteNumber("seed", Seed);
        json.WriteNumber("part", Part);
        json.WriteNumber("parts", Parts);
        json.WriteNumber("parameters", Parameters);
        json.WriteNumber("epochs", Epochs);
        json.WriteNumber("best_epoch", BestEpoch);
        json.WriteNumber("training_seconds", Math.Round(TrainingSeconds, 3));
        if (WeightsMoved is { } moved)
            json.WriteNumber("weights_moved", moved);
        if (WaitingShare is { } waiting)
            json.WriteNumber("waiting_share", Math.Round(waiting, 4));
        json.WriteNumber("empty_masks", EmptyMasks);
        json.WriteNumber("images", Images);
        if (StainsKept > 0)
            json.WriteNumber("stains_kept", StainsKept);
        json.WriteNumber("peak_memory_mib", Math.Round(PeakMemory, 1));
        json.WriteString("versions", Versions);
        json.WriteEndObject();
    }

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
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return new RunDescription
            {
                CohortHash = root.GetProperty("cohort_hash").GetString()!,
                Classes = [.. root.GetProperty("classes").EnumerateArray().Select(c => c.GetString()!)],
                Positive = root.TryGetProperty("positive", out var positive) ? positive.GetString() : null,
                Threshold = root.TryGetProperty("threshold", out var threshold) ? threshold.GetDouble() : null,
                Thresholds = root.TryGetProperty("thresholds", out var thresholds)
                    ? [.. thresholds.EnumerateArray().Select(t => t.GetDouble())]
                    : null,
                SourceChannels = root.GetProperty("source_channels").GetInt32(),
                ScaleLow = root.GetProperty("scale_low").GetDouble(),
                ScaleHigh = root.GetProperty("scale_high").GetDouble(),
                Mpp = root.TryGetProperty("mpp", out var mpp) ? mpp.GetDouble() : null,
                MaskRules = root.TryGetProperty("mask_rules", out var rules) ? rules.GetString() : null,
                ImageWise = root.TryGetProperty("image_wise", out var imageWise) && imageWise.GetBoolean(),
                Seed = root.GetProperty("seed").GetInt64(),
                Part = root.GetProperty("part").GetInt32(),
                Parts = root.GetProperty("parts").GetInt32(),
                Parameters = root.GetProperty("parameters").GetInt64(),
                Epochs = root.GetProperty("epochs").GetInt32(),
                BestEpoch = root.GetProperty("best_epoch").GetInt32(),
                TrainingSeconds = root.GetProperty("training_seconds").GetDouble(),
                WeightsMoved = root.TryGetProperty("weights_moved", out var moved) ? moved.GetDouble() : null,
                WaitingShare = root.TryGetProperty("waiting_share", out var waiting) ? waiting.GetDouble() : null,
                EmptyMasks = root.GetProperty("empty_masks").GetInt32(),
                Images = root.GetProperty("images").GetInt32(),
                StainsKept = root.TryGetProperty("stains_kept", out var kept) ? kept.GetInt32() : 0,
                PeakMemory = root.GetProperty("peak_memory_mib").GetDouble(),
                Versions = root.GetProperty("versions").GetString()!,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is no description of a run: {error.Message}", error);
        }
    }
}
