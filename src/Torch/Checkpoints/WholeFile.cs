namespace Coverslip.Torch.Checkpoints;

/// <summary>Files that appear whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary name in the same folder, then gives it the real one.
    /// </summary>
    internal static void Write(string path, Action<string> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
