using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Files;

namespace Coverslip.Learning.Masks;

/// <summary>
/// Thresholds on color and texture of an area, in 0 – 255 (Liu &amp; Sun 2021, sec. 3.1.1 and 4.2). The defaults are
/// the published ones, which fit one hospital's scanner; <c>coverslip mask calibrate</c> fits them to a cohort.
/// </summary>
public sealed record MaskRules
{
    // By reflection: generated code would take a threshold that is not named for 0, and not for the published one.
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>The thresholds of the paper.</summary>
    public static MaskRules Published { get; } = new();

    /// <summary>T_low: an area whose mean of (R, G, B) is less is too dark; 78 by default.</summary>
    public double Low { get; init; } = 78;

    /// <summary>T_high: an area whose mean of (R, G, B) is greater is blank; 158 by default.</summary>
    public double High { get; init; } = 158;

    /// <summary>T_red: an area whose (R + B)/2 − G is greater is red; 37 by default.</summary>
    public double Red { get; init; } = 37;

    /// <summary>T_smooth: the mean of the channels' standard deviations must be greater; 35 by default.</summary>
    public double Smooth { get; init; } = 35;

    /// <summary>Where the thresholds come from; null for the published ones.</summary>
    public MaskRulesOrigin? Origin { get; init; }

    /// <summary>Every rule that removes an area of the given figures.</summary>
    public MaskRule Judge(double brightness, double redness, double texture)
    {
        var failed = MaskRule.None;
        if (brightness < Low)
            failed |= MaskRule.Dark;
        if (brightness > High)
            failed |= MaskRule.Blank;
        if (redness > Red)
            failed |= MaskRule.Red;
        if (!(texture > Smooth))
            failed |= MaskRule.Smooth;
        return failed;
    }

    /// <exception cref="ArgumentException">A threshold is no number of its range, or low exceeds high.</exception>
    public void Check()
    {
        MaskOptions.Within(Low, 0, 255, nameof(Low));
        MaskOptions.Within(High, 0, 255, nameof(High));
        MaskOptions.Within(Red, -255, 255, nameof(Red));
        MaskOptions.Within(Smooth, -1, 255, nameof(Smooth));
        if (Low > High)
            throw new ArgumentException(
                $"{nameof(Low)} is {Low}, above {nameof(High)}, which is {High}: no area can pass"
            );
    }

    /// <summary>As stored in a rules file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads a rules file.</summary>
    /// <exception cref="InvalidDataException">It is no rules file, has an unknown key or a threshold out of its
    /// range.</exception>
    public static MaskRules Read(string path) => Parse(TextFile.Read(path), path);

    /// <summary>Reads the text of a rules file; <paramref name="path"/> names it in errors.</summary>
    /// <inheritdoc cref="Read"/>
    public static MaskRules Parse(string text, string path)
    {
        try
        {
            var rules =
                JsonSerializer.Deserialize<MaskRules>(text, Json)
                ?? throw new InvalidDataException($"{path}: no mask rules in it");
            rules.Check();
            return rules;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path}: no mask rules: {error.Message} Expected are low, high, red and smooth in 0 – 255.",
                error
            );
        }
    }
}

/// <summary>The images that thresholds were fitted to.</summary>
/// <param name="Cohort">File name of the cohort.</param>
/// <param name="CohortHash">Its hash.</param>
/// <param name="Images">Images looked at.</param>
/// <param name="Seed">Seed of their choice.</param>
/// <param name="ShareWithArea">Share of these images that keep some area.</param>
public sealed record MaskRulesOrigin(string Cohort, string CohortHash, int Images, long Seed, double ShareWithArea);

/// <summary>A rule that removes areas.</summary>
[Flags]
public enum MaskRule
{
    None = 0,

    /// <summary>Mean of (R, G, B) below T_low: dark points.</summary>
    Dark = 1,

    /// <summary>Mean of (R, G, B) above T_high: blank areas.</summary>
    Blank = 2,

    /// <summary>(R + B)/2 − G above T_red: red areas.</summary>
    Red = 4,

    /// <summary>Mean standard deviation of the channels not above T_smooth.</summary>
    Smooth = 8,
}
