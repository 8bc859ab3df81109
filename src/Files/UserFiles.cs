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
        if (!guarded.Written.ContainsKey(FileSystem.RealPath(path)))
            guarded.Files[Path.GetFullPath(path)] = what;
    }

    /// <summary>Guards many files, which are not listed before something is written; does nothing outside of a call.</summary>
    /// <param name="whatIs">What a file of a full path is to the user; null where it is none of them.</param>
    public static void Guard(Func<string, string?> whatIs) => Current.Value?.Many.Add(whatIs);

    /// <summary>
    /// Guards many files under every name that leads to them, links too: only where a file that is there already is to be written
    /// over, they are looked up.
    /// </summary>
    /// <param name="files">Their paths, and what each is to the user.</param>
    public static void GuardLinked(IEnumerable<(string Path, string What)> files)
    {
        var same = new Lazy<Dictionary<(ulong, ulong), string>>(() => Identities(files));
        Guard(full => FileSystem.Identity(full) is { } there ? same.Value.GetValueOrDefault(there) : null);
    }

    /// <summary>
    /// Where a folder for outputs holds files that were given, guards everything in it that no call of this program wrote:
    /// annotations and masks are often named as what this program writes beside an image.
    /// </summary>
    /// <param name="output">The folder for outputs.</param>
    /// <param name="given">The files, in any folder.</param>
    public static void GuardBeside(string output, IEnumerable<string> given)
    {
        var folder = Path.TrimEndingDirectorySeparator(FileSystem.RealPath(output));
        var within = folder + Path.DirectorySeparatorChar;
        if (
            Current.Value is { } guarded
            && given.Any(f =>
                Path.GetFullPath(f).StartsWith(within, StringComparison.Ordinal)
                || FileSystem.RealPath(f).StartsWith(within, StringComparison.Ordinal)
            )
        )
            guarded.Outputs = new OwnOutputs(folder);
    }

    /// <summary>Refuses to write a guarded file.</summary>
    /// <exception cref="IOException">It is one.</exception>
    public static void Check(string path)
    {
        if (Current.Value is { } guarded)
            Check(guarded, Path.GetFullPath(path), FileSystem.RealPath(path));
    }

    /// <summary>Whether this program wrote a file beside the files it was given, such as a heatmap beside slides.</summary>
    public static bool IsOutput(string path) => OwnOutputs.Lists(FileSystem.RealPath(path));

    /// <summary>Refuses as <see cref="Check(string)"/>; what is not guarded is this program's from now on.</summary>
    /// <param name="path">As it was named.</param>
    /// <param name="real">Where that leads.</param>
    internal static void Take(string path, string real)
    {
        if (Current.Value is not { } guarded)
            return;
        Check(guarded, Path.GetFullPath(path), real);
        guarded.Outputs?.Add(real);
    }

    /// <param name="real">Without a link.</param>
    internal static void Wrote(string real) => Current.Value?.Written.TryAdd(real, true);

    private static void Check(Guarded guarded, string full, string real)
    {
        if (guarded.WhatIs(full, real) is { } what)
            throw new IOException(
                $"{full} is {what} and would be overwritten; nothing was written over it. Choose another --out"
            );
        guarded.Outputs?.Check(real);
    }

    private static Dictionary<(ulong, ulong), string> Identities(IEnumerable<(string Path, string What)> files)
    {
        var found = new Dictionary<(ulong, ulong), string>();
        foreach (var (path, what) in files)
            if (FileSystem.Identity(path) is { } file)
                found.TryAdd(file, what);
        return found;
    }

    private sealed class Guarded(Guarded? outer) : IDisposable
    {
        public ConcurrentDictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

        public ConcurrentBag<Func<string, string?>> Many { get; } = [];

        public ConcurrentDictionary<string, bool> Written { get; } = new(StringComparer.Ordinal);

        public OwnOutputs? Outputs { get; set; } = outer?.Outputs;

        public string? WhatIs(string full, string real) =>
            Files.GetValueOrDefault(full)
            ?? Files.GetValueOrDefault(real)
            ?? (Written.ContainsKey(real) ? null : Of(full, real));

        private string? Of(string full, string real) =>
            Many.Select(whatIs => whatIs(full) ?? (real == full ? null : whatIs(real)))
                .FirstOrDefault(w => w is not null)
            ?? (FileSystem.Identity(real) is { } there ? Linked().GetValueOrDefault(there) : null);

        private Dictionary<(ulong, ulong), string> Linked() => Identities(Files.Select(f => (f.Key, f.Value)));

        public void Dispose() => Current.Value = outer;
    }
}
