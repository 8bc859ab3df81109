using Coverslip.Learning.Corrections;

namespace Coverslip.App.Commands;

/// <summary>A correction beside another, with its settings and features and nothing drawn; removed when disposed of.</summary>
internal sealed class CorrectionCopy : IDisposable
{
    internal CorrectionCopy(string of)
    {
        Folder = Directory.CreateTempSubdirectory("coverslip-correction-").FullName;
        var (from, to) = (new CorrectionFolder(Path.GetFullPath(of)), new CorrectionFolder(Folder));
        File.Copy(from.Settings, to.Settings);
        Directory.CreateSymbolicLink(to.Features, from.Features);
    }

    internal string Folder { get; }

    // A link within is removed, and not what it leads to.
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
