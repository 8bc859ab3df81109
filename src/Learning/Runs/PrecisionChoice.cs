using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>
/// What <c>precision: auto</c> came to, as a run or a study keeps it: one choice for all its stages, parts, processes and
/// later calls. What is kept is what repeats; another machine may choose otherwise.
/// </summary>
public sealed record PrecisionChoice
{
    /// <summary>In the folder of a run or a study.</summary>
    public const string FileName = "precision.json";

    /// <summary>
    /// How many times as fast bfloat16 has to be. Far above what noise makes of equals (<c>bench/README.md</c>), and less is
    /// not worth its rounding.
    /// </summary>
    public const double StandardLeastGain = 1.25;

    /// <summary>float32 or bfloat16.</summary>
    public required string Chosen { get; init; }

    /// <summary>Median seconds of a batch of each stage together in float32; null where nothing was timed.</summary>
    public double? Float32Seconds { get; init; }

    /// <summary>The same in bfloat16.</summary>
    public double? Bfloat16Seconds { get; init; }

    /// <summary>How many times as fast bfloat16 was, the median over <see cref="Pairs"/>.</summary>
    public double? Gain { get; init; }

    /// <summary>From which gain on bfloat16 is taken.</summary>
    public required double LeastGainAsked { get; init; }

    /// <summary>How many pairs of batches were timed.</summary>
    public int Pairs { get; init; }

    /// <summary>Why nothing was timed; null where something was.</summary>
    public string? Untimed { get; init; }

    /// <summary>Processor or GPU, threads, libraries.</summary>
    public required string ComputedOn { get; init; }

    /// <summary>SHA-256 of the recipes, classes and device that it is for.</summary>
    public required string MadeOf { get; init; }

    [JsonIgnore]
    public Precision Precision => Chosen == "bfloat16" ? Precision.Bfloat16 : Precision.Float32;

    /// <summary>bfloat16 where it was measured to gain enough; float32 otherwise, on a tie too.</summary>
    internal static PrecisionChoice Of(PrecisionTimes times, double leastGain, string computedOn, string madeOf) =>
        new()
        {
            Chosen = times.Gain >= leastGain ? "bfloat16" : "float32",
            Float32Seconds = times.Float32Median,
            Bfloat16Seconds = times.Bfloat16Median,
            Gain = times.Gain,
            LeastGainAsked = leastGain,
            Pairs = times.Float32.Count,
            ComputedOn = computedOn,
            MadeOf = madeOf,
        };

    /// <summary>float32, where bfloat16 cannot pay or there is nothing to time.</summary>
    internal static PrecisionChoice Without(string reason, string computedOn, string madeOf) =>
        new()
        {
            Chosen = "float32",
            LeastGainAsked = StandardLeastGain,
            Untimed = reason,
            ComputedOn = computedOn,
            MadeOf = madeOf,
        };

    /// <summary>The choice with its reason, in one line.</summary>
    [JsonIgnore]
    public string Words =>
        Untimed is { } reason
            ? $"{Chosen}: {reason}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Chosen}: a training batch takes {Float32Seconds:0.000} s in float32 and {Bfloat16Seconds:0.000} s in bfloat16, {Gain:0.00} times as fast, and {LeastGainAsked:0.00} are asked for"
            );

    /// <summary>The one that a folder keeps; null where it keeps none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static PrecisionChoice? Kept(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            var kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Default.PrecisionChoice);
            return kept is { Chosen: "float32" or "bfloat16" }
                ? kept
                : throw new InvalidDataException(
                    $"{path}: chosen is '{kept?.Chosen}'; expected is float32 or bfloat16: put the file back as it was"
                );
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} is damaged in line {error.LineNumber + 1}; put it back as it was, or name the precision that the folder's recipe.yaml says",
                error
            );
        }
    }

    /// <summary>Keeps it in a folder.</summary>
    public void Keep(string folder)
    {
        Directory.CreateDirectory(folder);
        WholeFile.Write(
            Path.Combine(folder, FileName),
            stream => JsonSerializer.Serialize(stream, this, RunJson.Default.PrecisionChoice)
        );
    }
}
