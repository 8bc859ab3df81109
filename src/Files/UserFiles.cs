using System.Collections.Concurrent;

namespace Coverslip.Files;

/// <summary>
/// Files that a call was given to read, such as a cohort's images and masks: within it, <see cref="WholeFile"/> writes none
/// of them. A file that the call itself wrote first is its own.
/// </summary>
public static class UserFiles
{
    private static readonly AsyncLocal<Guarded?> Current = new();

    /// <summary>Begins a call; what is named until it is disposed of is guarded.</summary>
    public static IDisposable Begin() => Current.Value = new Guarded(Current.Value);

    /// <summary>Guards a file; does nothing outside of a call.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What it is to the user: "an image of cohort.csv".</param>
    public static void Guard(string path, string what)
    {
        if (Current.Value is not { } guarded)
            return;
        var full = Path.GetFullPath(path);
        if (!guarded.Written.ContainsKey(full))
            guarded.Files.TryAdd(full, what);
    }

    /// <summary>Refuses to write a guarded file.</summary>
    /// <exception cref="IOException">It is one.</exception>
    public static void Check(string path)
    {
        var full = Path.GetFullPath(path);
        if (Current.Value is { } guarded && guarded.Files.TryGetValue(full, out var what))
            throw new IOException(
                $"{full} is {what} and would be overwritten; nothing was written over it. Choose another --out"
            );
    }

    internal static void Wrote(string path) => Current.Value?.Written.TryAdd(path, true);

    private sealed class Guarded(Guarded? outer) : IDisposable
    {
        public ConcurrentDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, bool> Written { get; } = new(StringComparer.Ordinal);

        public void Dispose() => Current.Value = outer;
    }
}
