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

    /// <summary>Guards many files, which are not listed before something is written; does nothing outside of a call.</summary>
    /// <param name="whatIs">What a file of a full path is to the user; null where it is none of them.</param>
    public static void Guard(Func<string, string?> whatIs) => Current.Value?.Many.Add(whatIs);

    /// <summary>
    /// Where a folder for outputs holds files that were given, guards everything in it that no call of this program wrote:
    /// annotations and masks are often named as what this program writes beside an image.
    /// </summary>
    /// <param name="output">The folder for outputs.</param>
    /// <param name="given">The files, in any folder.</param>
    public static void GuardBeside(string output, IEnumerable<string> given)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        var within = folder + Path.DirectorySeparatorChar;
        if (
            Current.Value is { } guarded
            && given.Any(f => Path.GetFullPath(f).StartsWith(within, StringComparison.Ordinal))
        )
            guarded.Outputs = new OwnOutputs(folder);
    }

    /// <summary>Refuses to write a guarded file.</summary>
    /// <exception cref="IOException">It is one.</exception>
    public static void Check(string path)
    {
        if (Current.Value is not { } guarded)
            return;
        var full = Path.GetFullPath(path);
        if (guarded.WhatIs(full) is { } what)
            throw new IOException(
                $"{full} is {what} and would be overwritten; nothing was written over it. Choose another --out"
            );
        guarded.Outputs?.Check(full);
    }

    /// <summary>Whether this program wrote a file beside the files it was given, such as a heatmap beside slides.</summary>
    public static bool IsOutput(string path) => OwnOutputs.Lists(Path.GetFullPath(path));

    /// <summary>Refuses as <see cref="Check"/>; what is not guarded is this program's from now on.</summary>
    internal static void Take(string path)
    {
        Check(path);
        Current.Value?.Outputs?.Add(path);
    }

    internal static void Wrote(string path) => Current.Value?.Written.TryAdd(path, true);

    private sealed class Guarded(Guarded? outer) : IDisposable
    {
        public ConcurrentDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

        public ConcurrentBag<Func<string, string?>> Many { get; } = [];

        public ConcurrentDictionary<string, bool> Written { get; } = new(StringComparer.Ordinal);

        public OwnOutputs? Outputs { get; set; } = outer?.Outputs;

        public string? WhatIs(string full) =>
            Files.TryGetValue(full, out var what) ? what
            : Written.ContainsKey(full) ? null
            : Many.Select(whatIs => whatIs(full)).FirstOrDefault(w => w is not null);

        public void Dispose() => Current.Value = outer;
    }
}
