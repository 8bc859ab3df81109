using System.Text;
using Coverslip.Files;

namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// A heatmap in the making, in a file that is whole at any time: a line with the key of what it depends on, then the
/// array as in <see cref="Heatmap.Write"/>, with <see cref="Heatmap.Pending"/> where nothing is computed yet.
/// </summary>
public sealed class HeatmapState(string path, string key)
{
    /// <summary>Takes the place of the state before.</summary>
    public void Save(Heatmap heatmap) =>
        WholeFile.Write(
            path,
            stream =>
            {
                stream.Write(Encoding.UTF8.GetBytes(key + "\n"));
                NpyFile.Write(stream, heatmap.Values, heatmap.Grid.Rows, heatmap.Grid.Columns);
            }
        );

    /// <summary>The heatmap as it was last saved; null without one.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or was made of something else.</exception>
    public Heatmap? Load(HeatmapGrid grid)
    {
        if (!File.Exists(path))
            return null;
        using var stream = File.OpenRead(path);
        var first = new byte[Encoding.UTF8.GetByteCount(key) + 1];
        stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        if (Encoding.UTF8.GetString(first) != key + "\n")
            throw new InvalidDataException(
                $"{path} is of another slide or model, or of other settings; remove it to begin anew, or name another folder"
            );
        return new Heatmap(grid, NpyFile.Read(stream, path, grid.Rows, grid.Columns));
    }

    /// <summary>What is finished needs no state.</summary>
    public void Remove() => File.Delete(path);
}
