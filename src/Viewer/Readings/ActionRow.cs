using System.Security.Cryptography;
using System.Text;

namespace Coverslip.Viewer.Readings;

/// <summary>
/// Something that was done in a reading. Rows are only ever appended; each carries the hash of the one before it, so that
/// a row that is changed, taken out or put in later is found.
/// </summary>
public sealed record ActionRow
{
    /// <summary>Which study, of those in one database.</summary>
    public required string Study { get; init; }

    /// <summary>0, 1, 2, … within the study.</summary>
    public required long Number { get; init; }

    /// <summary>The reader, or <see cref="ReadingLog.Owner"/>.</summary>
    public required string Who { get; init; }

    /// <summary>One of <see cref="Actions"/>.</summary>
    public required string What { get; init; }

    /// <summary>When, by the server's clock: UTC, ISO 8601. Text, so that no database rounds what was hashed.</summary>
    public required string At { get; init; }

    /// <summary>The slide by its contents; null where it is about none.</summary>
    public string? Slide { get; init; }

    /// <summary>The model whose view is shown, by its hash.</summary>
    public string? Model { get; init; }

    /// <summary>Where the reader looked: the center in pixels of level 0 and the zoom, as the page says; null where nobody did.</summary>
    public string? Viewport { get; init; }

    /// <summary>The rest, as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>The hash of the row before; of the first, of no bytes.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 of everything above, lower-case hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>What <see cref="Hash"/> has to be.</summary>
    public string ComputeHash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Every field stands behind its length, so that no two rows are alike as text.
        foreach (var field in (string?[])[Study, $"{Number}", Who, What, At, Slide, Model, Viewport, Payload, Previous])
        {
            var bytes = Encoding.UTF8.GetBytes(field ?? "");
            sha.AppendData(Encoding.UTF8.GetBytes(field is null ? "-\n" : $"{bytes.Length}:"));
            sha.AppendData(bytes);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}

/// <summary>What is done in a reading.</summary>
public static class Actions
{
    /// <summary>The study with its cases and readers; the first row.</summary>
    public static readonly string Created = "created";

    /// <summary>A reader opened a case.</summary>
    public static readonly string Opened = "opened";

    /// <summary>The verdict without the machine.</summary>
    public static readonly string Verdict = "verdict";

    /// <summary>The machine's view was sent.</summary>
    public static readonly string Revealed = "revealed";

    /// <summary>The verdict with the machine's view, kept or changed.</summary>
    public static readonly string Final = "final";
}
