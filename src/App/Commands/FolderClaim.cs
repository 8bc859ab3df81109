using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>
/// A folder that one process works in at a time, or several each at a part of its own. What it leaves of an otherwise empty
/// folder goes when it ends.
/// </summary>
internal sealed class FolderClaim : IDisposable
{
    private readonly List<(string File, IDisposable Claim)> held = [];

    /// <summary>The folder of claims in it.</summary>
    internal const string Name = "claims";

    /// <summary>Takes it, before anything in it is looked at.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="work">What only one process does.</param>
    /// <param name="whole">The work of which it is a part: not done as a whole meanwhile, but in other parts.</param>
    /// <exception cref="IOException">Another process has it, or it cannot be written.</exception>
    internal static FolderClaim Take(string folder, string work, string? whole = null)
    {
        var claim = new FolderClaim();
        try
        {
            if (whole is not null)
                claim.Add(folder, whole, shared: true);
            claim.Add(folder, work, shared: false);
            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    private void Add(string folder, string work, bool shared)
    {
        var file = Path.Combine(Path.GetFullPath(folder), Name, work);
        held.Add(
            (
                file,
                FileClaim.Try(file, shared)
                    ?? throw new IOException(
                        $"{folder}: another process is at it (it holds {file}); wait for its end, or choose another --out"
                    )
            )
        );
    }

    public void Dispose()
    {
        foreach (var (file, claim) in held)
        {
            claim.Dispose();
            using var alone = FileClaim.Try(file);
            if (alone is null)
                continue;
            File.Delete(file);
            var claims = Path.GetDirectoryName(file)!;
            foreach (var folder in (string[])[claims, Path.GetDirectoryName(claims)!])
                if (!Directory.EnumerateFileSystemEntries(folder).Any())
                    Directory.Delete(folder);
        }
    }
}
