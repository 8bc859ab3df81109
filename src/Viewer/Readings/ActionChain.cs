namespace Coverslip.Viewer.Readings;

/// <summary>Whether rows are those that were written, in their order.</summary>
public static class ActionChain
{
    /// <summary>What the first row has for the hash of the one before it.</summary>
    internal static readonly string Beginning = Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData([])
    );

    /// <summary>Goes through all rows.</summary>
    /// <param name="rows">By number.</param>
    /// <returns>How many fit, the hash of the last of these, and what is wrong with the next; null where nothing is.</returns>
    public static async Task<(long Rows, string Head, string? Fault)> VerifyAsync(IAsyncEnumerable<ActionRow> rows)
    {
        var (count, head) = (0L, Beginning);
        await foreach (var row in rows)
        {
            if (Fault(row, count, head) is { } fault)
                return (count, head, fault);
            (count, head) = (count + 1, row.Hash);
        }
        return (count, head, count == 0 ? "there is no row" : null);
    }

    private static string? Fault(ActionRow row, long number, string previous)
    {
        if (row.Number != number)
            return $"row {number} is missing: after row {number - 1} comes row {row.Number}";
        var what = $"row {number} ({row.What} of {row.Who}, {row.At})";
        if (row.Hash != row.ComputeHash())
            return $"{what} was changed: its contents have the hash {row.ComputeHash()}, it says {row.Hash}";
        return row.Previous == previous
            ? null
            : $"{what} does not follow row {number - 1}: that has the hash {previous}, it says {row.Previous}";
    }
}
