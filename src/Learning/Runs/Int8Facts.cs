using System.Globalization;
using System.Text.Json;
using Coverslip.Evaluation.Statistics;
using Coverslip.Files;
using Coverslip.Learning.Loop;

namespace Coverslip.Learning.Runs;

/// <summary>How a part's network over numbers of eight bits agrees with the one of float32 (<c>int8.json</c>).</summary>
public sealed record Int8Facts
{
    /// <summary>By how much the area under the ROC curve of validation examples may fall.</summary>
    public const double MostFall = 0.002;

    /// <summary>The greatest share of validation examples whose most probable class may become another.</summary>
    public const double MostChanged = 0.01;

    /// <summary>SHA-256 of the weights that it was made of.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>SHA-256 of <c>int8.onnx</c>.</summary>
    public required string FileHash { get; init; }

    /// <summary>Convolutions over eight bits.</summary>
    public required int Convolutions { get; init; }

    /// <summary>Convolutions whose rounding tells most, and which stayed in float32.</summary>
    public required int InFloat32 { get; init; }

    /// <summary>Validation examples of which the ranges of maps were taken.</summary>
    public required int Calibrated { get; init; }

    /// <summary>Which ranges agreed better.</summary>
    public required string Ranges { get; init; }

    /// <summary>Validation examples that both were asked of.</summary>
    public required int Examples { get; init; }

    /// <summary>Of these, where the most probable class became another.</summary>
    public required int Changed { get; init; }

    /// <summary>Mean difference of the probabilities.</summary>
    public required double MeanDifference { get; init; }

    /// <summary>Area under the ROC curve, of several classes the mean of each against the others; null where only one occurs.</summary>
    public double? Float32Auc { get; init; }

    /// <inheritdoc cref="Float32Auc"/>
    public double? Int8Auc { get; init; }

    /// <summary>
    /// How many times as fast it was as the run's own network, as that predicts, on the machine that made it: the median of pairs; null
    /// where nobody measured.
    /// </summary>
    public double? TimesAsFast { get; init; }

    /// <summary>Images at a time of that.</summary>
    public int? TimedImages { get; init; }

    /// <summary>Threads of that.</summary>
    public int? TimedThreads { get; init; }

    /// <summary>Whether classes and areas are as near as is asked.</summary>
    internal bool Agrees =>
        Changed <= MostChanged * Examples && !(Float32Auc - Int8Auc > MostFall) && double.IsFinite(MeanDifference);

    /// <summary>In words.</summary>
    public string Words =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Changed:N0} of {Examples:N0} validation examples of another class ({(double)Changed / Examples:0.00%}, at most {MostChanged:0%}), {Areas}, probabilities off by {MeanDifference:0.0000} in the mean{Few}"
        );

    // Of fewer one alone is more than may change, and none is little proof.
    private string Few =>
        Examples * MostChanged < 1
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; so few examples cannot tell {MostChanged:0%} of them, none of {Examples:N0} leaves up to {ExactInterval.MostOfNone(Examples):0%} possible (95 %)"
            )
            : "";

    /// <summary>How fast, in words; null where nobody measured.</summary>
    public string? SpeedWords =>
        TimesAsFast is { } gain
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{gain:0.00} times as fast as without --int8 on the machine that made it ({TimedImages} images at a time, {TimedThreads} {(TimedThreads == 1 ? "thread" : "threads")}){(gain < 1 ? ": slower, so that there only the smaller file speaks for it" : "")}"
            )
            : null;

    private string Areas =>
        Float32Auc is { } before && Int8Auc is { } now
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"AUC {before:0.0000} before and {now:0.0000} now (at most {MostFall} less)"
            )
            : "no AUC, since only one class occurs";

    /// <summary>What a part's folder keeps.</summary>
    /// <param name="part">The folder.</param>
    /// <param name="weights">SHA-256 of the part's weights.</param>
    /// <exception cref="FileNotFoundException">Nothing was made.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or was made of other weights.</exception>
    internal static Int8Facts Read(RunFolder part, string? weights)
    {
        if (!File.Exists(part.Int8) || !File.Exists(part.Int8Facts))
            throw new FileNotFoundException(
                $"{part.Path} holds no network over eight bits; make it with 'coverslip quantize', which says whether it agrees"
            );
        Int8Facts facts;
        try
        {
            facts =
                JsonSerializer.Deserialize(File.ReadAllBytes(part.Int8Facts), RunJson.Default.Int8Facts)
                ?? throw new JsonException();
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{part.Int8Facts} is damaged; make it anew with 'coverslip quantize'",
                error
            );
        }
        if (facts.WeightsHash != weights)
            throw new InvalidDataException(
                $"{part.Int8} was made of other weights than {part.Best}; make it anew with 'coverslip quantize'"
            );
        return facts.FileHash == FileContents.ReadWhole(part.Int8)
            ? facts
            : throw new InvalidDataException(
                $"{part.Int8} is damaged, or not the one that {part.Int8Facts} tells of; make it anew with 'coverslip quantize'"
            );
    }

    internal void Write(RunFolder part) =>
        WholeFile.Write(part.Int8Facts, stream => JsonSerializer.Serialize(stream, this, RunJson.Default.Int8Facts));
}
