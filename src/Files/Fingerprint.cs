using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Coverslip.Files;

/// <summary>
/// All that decides how something comes out that is shared, resumed or skipped, part by part: what has the same
/// fingerprint may be taken for the same. As text a line <c>name: value</c> to a part, so that what differs can be read
/// and told. What is kept also names the version of the program, which is told and is no difference: docs/decisions/finished-means-same.md
/// says why.
/// </summary>
public sealed class Fingerprint
{
    private const string Program = "program";
    private readonly List<(string Name, string Value)> parts = [];

    /// <summary>SHA-256 of all parts, lower-case hexadecimal.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToString())));

    /// <summary>The parts and the version of the program, as they are kept beside what was made: a line to each.</summary>
    public IReadOnlyList<string> Kept => [.. parts.Append((Program, ProgramVersion.Current)).Select(Line)];

    /// <summary>Adds a part as it is; null is a value of its own.</summary>
    public Fingerprint Add(string name, string? value)
    {
        // A line to a part, whatever is in it.
        var line = value?.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        parts.Add((name, line ?? "(none)"));
        return this;
    }

    /// <summary>Adds a number, its digits whole.</summary>
    public Fingerprint Add(string name, double value) => Add(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Adds all parts of another.</summary>
    public Fingerprint Add(Fingerprint other)
    {
        parts.AddRange(other.parts);
        return this;
    }

    /// <summary>Adds all parts of another, their names after a word and a point: two of a kind stay apart.</summary>
    public Fingerprint Add(string name, Fingerprint other)
    {
        parts.AddRange(other.parts.Select(p => ($"{name}.{p.Name}", p.Value)));
        return this;
    }

    /// <summary>Adds a list, a part to each element, in its order.</summary>
    public Fingerprint Add(string name, IReadOnlyList<string> values)
    {
        Add($"{name}.count", values.Count);
        foreach (var (i, value) in values.Index())
            Add($"{name}[{i}]", value);
        return this;
    }

    /// <summary>
    /// Adds a record, a part to every value that can be set in it, however deep: a property that is added to the record
    /// later is a part without further ado.
    /// </summary>
    /// <param name="name">Stands before the properties' names.</param>
    /// <param name="record">The record.</param>
    /// <param name="except">What decides nothing, with the reason.</param>
    /// <exception cref="ArgumentException">An exception names no property, or a value is neither record, list, text nor
    /// number.</exception>
    public Fingerprint AddRecord(string name, object record, params IReadOnlyList<LeftOut> except)
    {
        foreach (var (path, value) in RecordParts.Of(record, except))
            Add($"{name}.{path}", value);
        return this;
    }

    /// <summary>
    /// Adds a file's contents, sampled where it is large (see <see cref="FileContents"/>); of a file that is not there, that
    /// it is not.
    /// </summary>
    public Fingerprint AddFile(string name, string path) =>
        Add(name, File.Exists(path) ? FileContents.Read(path) : "no such file");

    /// <summary>As <see cref="AddFile"/>, every byte: of weights a few may have changed.</summary>
    public Fingerprint AddWholeFile(string name, string path) =>
        Add(name, File.Exists(path) ? FileContents.ReadWhole(path) : "no such file");

    /// <summary>
    /// What tells one text of parts from another: the names of the parts that differ, with both values; at most five.
    /// Null where nothing does.
    /// </summary>
    /// <param name="before">The parts as they were kept.</param>
    /// <param name="now">The parts now.</param>
    /// <param name="counts">Which parts are compared, by name; null (default): all.</param>
    public static string? Difference(string before, string now, Predicate<string>? counts = null)
    {
        var (was, after) = (Parsed(before), Parsed(now));
        var names = was
            .Keys.Concat(after.Keys)
            .Distinct()
            .Where(n => n != Program && counts?.Invoke(n) != false)
            .Where(n => was.GetValueOrDefault(n) != after.GetValueOrDefault(n));
        var said = names.Select(n =>
            $"{n} was {was.GetValueOrDefault(n, "no part")}, is {after.GetValueOrDefault(n, "no part")}"
        );
        string[] all = [.. said];
        return all.Length == 0
            ? null
            : string.Join("; ", all.Take(5)) + (all.Length > 5 ? $"; {all.Length - 5} more" : "");
    }

    /// <summary>The version that something was made by; null where it is this one, or is not kept.</summary>
    public static string? OtherProgram(string kept) =>
        Parsed(kept).GetValueOrDefault(Program) is { } version && version != ProgramVersion.Current ? version : null;

    /// <summary>The parts, a line <c>name: value</c> to each.</summary>
    public override string ToString() => string.Join('\n', parts.Select(Line));

    private static string Line((string Name, string Value) part) => $"{part.Name}: {part.Value}";

    private static Dictionary<string, string> Parsed(string text)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = line.IndexOf(": ", StringComparison.Ordinal);
            found[end < 0 ? "contents" : line[..end]] = end < 0 ? line : line[(end + 2)..];
        }
        return found;
    }
}
