using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Files;

namespace Coverslip.Slides.Stain;

/// <summary>
/// A normalizer as JSON, see <c>docs/stain.md</c>; what is read equals what was written, digit by digit.
/// </summary>
public static class StainFile
{
    /// <summary>The text of a stain file.</summary>
    public static string ToJson(IStainNormalizer normalizer) =>
        JsonSerializer.Serialize(ContentOf(normalizer), StainFileJson.Default.StainFileContent);

    /// <summary>Reads a stain file.</summary>
    /// <exception cref="InvalidDataException">A key is missing, unknown, or its value out of range.</exception>
    public static IStainNormalizer Read(string path) => Parse(TextFile.Read(path), path);

    /// <summary>Reads the text of a stain file; <paramref name="path"/> names it in errors.</summary>
    /// <inheritdoc cref="Read"/>
    public static IStainNormalizer Parse(string text, string path)
    {
        try
        {
            var content =
                JsonSerializer.Deserialize(text, StainFileJson.Default.StainFileContent)
                ?? throw new ArgumentException("there is nothing in it");
            IStainNormalizer read = content.Method == StainMethod.Reinhard ? Reinhard(content) : Separation(content);
            return content.BalanceGlass == true ? new GlassBalanced(read) : read;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path}: no stain file: {error.Message}; 'coverslip stain fit' writes one",
                error
            );
        }
    }

    private static StainFileContent ContentOf(IStainNormalizer normalizer) =>
        normalizer switch
        {
            GlassBalanced n => ContentOf(n.Inner) with { BalanceGlass = true },
            SeparationNormalizer n => new StainFileContent
            {
                Method = n.Method,
                Haematoxylin = Numbers(n.Stains.Haematoxylin),
                Eosin = Numbers(n.Stains.Eosin),
                Strength = [n.Strength.Haematoxylin, n.Strength.Eosin],
            },
            ReinhardNormalizer n => new StainFileContent
            {
                Method = n.Method,
                LabMean = [.. n.Target.Mean],
                LabDeviation = [.. n.Target.Deviation],
            },
            _ => throw new ArgumentException($"{normalizer.GetType().Name} has no stain file", nameof(normalizer)),
        };

    private static SeparationNormalizer Separation(StainFileContent content)
    {
        Absent(content.LabMean, "lab_mean", content);
        Absent(content.LabDeviation, "lab_deviation", content);
        var strength = Present(content.Strength, "strength", 2, positive: true);
        return new SeparationNormalizer(
            content.Method,
            new StainMatrix(Vector(content.Haematoxylin, "haematoxylin"), Vector(content.Eosin, "eosin")),
            new StainStrength(strength[0], strength[1])
        );
    }

    private static ReinhardNormalizer Reinhard(StainFileContent content)
    {
        Absent(content.Haematoxylin, "haematoxylin", content);
        Absent(content.Eosin, "eosin", content);
        Absent(content.Strength, "strength", content);
        return new ReinhardNormalizer(
            new LabStatistics(
                Present(content.LabMean, "lab_mean", 3, positive: false),
                Present(content.LabDeviation, "lab_deviation", 3, positive: true)
            )
        );
    }

    private static void Absent(double[]? numbers, string key, StainFileContent content)
    {
        if (numbers is not null)
            throw new ArgumentException($"{key} does not belong to {content.Method.ToString().ToLowerInvariant()}");
    }

    private static double[] Present(double[]? numbers, string key, int count, bool positive)
    {
        if (numbers is null)
            throw new ArgumentException($"{key} is missing");
        if (numbers.Length != count)
            throw new ArgumentException($"{key} has {numbers.Length} numbers, not {count}");
        if (positive && !numbers.All(n => n > 0))
            throw new ArgumentException(
                FormattableString.Invariant($"{key} is {string.Join(", ", numbers)}; each is greater than 0")
            );
        return numbers;
    }

    private static StainVector Vector(double[]? numbers, string key) =>
        Present(numbers, key, 3, positive: false) is [var r, var g, var b] ? new StainVector(r, g, b) : default;

    private static double[] Numbers(StainVector vector) => [vector.R, vector.G, vector.B];
}

/// <summary>The keys of a stain file; which of them are there follows from the method.</summary>
internal sealed record StainFileContent
{
    public required StainMethod Method { get; init; }

    /// <summary>Whether glass is made white first; false where it is missing.</summary>
    public bool? BalanceGlass { get; init; }

    /// <summary>[3] density in R, G, B, of length 1.</summary>
    public double[]? Haematoxylin { get; init; }

    /// <summary>[3] as haematoxylin.</summary>
    public double[]? Eosin { get; init; }

    /// <summary>[2] 99th percentile of the concentrations of haematoxylin and of eosin.</summary>
    public double[]? Strength { get; init; }

    /// <summary>[3] mean of L* (0 – 100), a* and b*.</summary>
    public double[]? LabMean { get; init; }

    /// <summary>[3] standard deviation of L*, a* and b*.</summary>
    public double[]? LabDeviation { get; init; }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(StainFileContent))]
internal sealed partial class StainFileJson : JsonSerializerContext;
