using Coverslip.Files;
using Coverslip.Learning.Loop;

namespace Coverslip.Learning.Runs;

/// <summary>
/// A folder of what several runs have in common, such as a patch classifier that three methods begin with: each is
/// trained once, by whichever run comes first, and stands in a folder named after all that decides how it comes out.
/// The runs' own folders hold links to it. Runs may come at the same time, also from several machines.
/// </summary>
/// <param name="folder">The folder.</param>
public sealed class SharedTraining(string folder)
{
    /// <summary>
    /// Makes a run's folder of a stage the shared one, and keeps other runs out until disposed of: whoever comes later
    /// finds it finished, or goes on where it was stopped.
    /// </summary>
    /// <param name="own">The run's folder of the stage. One that stands already and is no link, of a run that was begun
    /// on its own, stays its own.</param>
    /// <param name="contents">All that decides how the stage comes out; stages of equal contents are one.</param>
    /// <param name="progress">Told when another run has to be waited for.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="InvalidDataException">The run was begun with other contents.</exception>
    public IDisposable Enter(string own, Fingerprint contents, ITrainingProgress progress, CancellationToken stop)
    {
        var link = new DirectoryInfo(own);
        if (link.Exists && link.LinkTarget is null)
            return new Nothing();
        contents.AddReproducible();
        var key = $"{link.Name}-{contents.Hash[..16]}";
        var (shared, parent) = (Path.GetFullPath(Path.Combine(folder, key)), link.Parent!.FullName);
        Directory.CreateDirectory(shared);
        var target = Path.GetRelativePath(parent, shared);
        if (link.LinkTarget is null)
            Directory.CreateSymbolicLink(own, target);
        else if (link.LinkTarget != target)
            throw new InvalidDataException(
                $"{own} leads to {link.LinkTarget}, and what decides this stage now makes it {target}: {RunContents.Difference(own, contents) ?? "what it was made of is not known"}; choose another --out, or delete the link"
            );
        var claimed = Path.Combine(folder, "claims", key);
        if (FileClaim.Try(claimed) is not { } claim)
        {
            progress.Chosen("another run is at it; waiting");
            claim = FileClaim.Await(claimed, stop);
        }
        RunContents.Keep(shared, contents);
        return claim;
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose() { }
    }
}
