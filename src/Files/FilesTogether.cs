using System.Collections.Concurrent;

namespace Coverslip.Files;

/// <summary>
/// Many files written one after the other: each is on the disk when it has its name, and the folders, which hold the names,
/// are brought there once for all and not once for each. Before <see cref="Settle"/> or the end a loss of power may take names
/// back: a table that says what is done is written after it.
/// </summary>
public static class FilesTogether
{
    private static readonly AsyncLocal<Folders?> Current = new();

    /// <summary>Begins; ends when it is disposed of, with the folders on the disk.</summary>
    public static IDisposable Begin() => Current.Value = new Folders(Current.Value);

    /// <summary>Brings to the disk what was written so far; outside, everything is there anyway.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public static void Settle() => Current.Value?.Sync();

    /// <summary>A file of the folder has got its name.</summary>
    internal static void Named(string folder)
    {
        if (Current.Value is { } folders)
            folders.Add(folder);
        else
            FileSystem.Sync(folder);
    }

    private sealed class Folders(Folders? outer) : IDisposable
    {
        private readonly ConcurrentDictionary<string, bool> waiting = new(StringComparer.Ordinal);

        public void Add(string folder) => waiting.TryAdd(folder, true);

        public void Sync()
        {
            foreach (var folder in waiting.Keys)
                if (waiting.TryRemove(folder, out _)) // before, so that who adds it meanwhile is not lost
                    FileSystem.Sync(folder);
        }

        public void Dispose()
        {
            Current.Value = outer;
            Sync();
        }
    }
}
