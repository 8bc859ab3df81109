using System.Collections.Concurrent;

namespace Coverslip.Files;

/// <summary>
/// A folder for outputs that also holds what a call was given to read, and so perhaps more of the user's: in it and below,
/// only what a call of this program wrote is written over. Their names are kept in it, in a hidden file.
/// </summary>
internal sealed class OwnOutputs(string folder)
{
    internal const string FileName = ".coverslip-outputs";
    private const int Patience = 5; // ms, until another process has added its line

    private readonly string ledger = Path.Combine(folder, FileName);
    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);

    /// <summary>Refuses a file that is there and not ours.</summary>
    /// <exception cref="IOException">It is one.</exception>
    internal void Check(string path)
    {
        if (!Holds(path) || !File.Exists(path) || IsOwn(path))
            return;
        throw new IOException(
            $"{path} is there already, in the folder of the files that were given, and this program did not write it; "
                + "nothing was written over it. Choose another --out"
        );
    }

    /// <summary>Makes a file that is about to be written one of ours.</summary>
    internal void Add(string path)
    {
        if (!Holds(path) || IsOwn(path))
            return;
        Directory.CreateDirectory(folder);
        while (true)
        {
            try
            {
                using var file = new FileStream(ledger, FileMode.Append, FileAccess.Write, FileShare.None);
                file.Write(System.Text.Encoding.UTF8.GetBytes(Name(path) + "\n"));
                break;
            }
            catch (IOException error) when (TakenFile.Says(error))
            {
                Thread.Sleep(Patience);
            }
        }
        known.TryAdd(Name(path), true);
    }

    /// <summary>Whether a file lies where a call wrote beside what it was given, and was written by one.</summary>
    internal static bool Lists(string path)
    {
        for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
            if (File.Exists(Path.Combine(above, FileName)))
                return new OwnOutputs(above).IsOwn(path);
        return false;
    }

    private bool Holds(string path) => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private bool IsOwn(string path) => known.ContainsKey(Name(path)) || Kept().Contains(Name(path));

    private string Name(string path) => Path.GetRelativePath(folder, path);

    private IEnumerable<string> Kept()
    {
        if (!File.Exists(ledger))
            return [];
        using var file = new FileStream(ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n');
    }
}
