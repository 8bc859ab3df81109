using System.Text;
using Coverslip.Files;

namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// A heatmap in the making, in a file that is whole at any time: all that it depends on, a line to a part, an empty line,
/// then the array as in <see cref="Heatmap.Write"/>, with <see cref="Heatmap.Pending"/> where nothing is computed yet.
/// </summary>
public sealed class HeatmapState(string path, Fingerprint madeOf)
{
    private const int MostBytes = 1 << 20;

    /// <summary>Another heatmap of the same work, in a file beside: <c>NAME.WORD.state</c> for <c>NAME.state</c>.</summary>
    public HeatmapState Beside(string word) => new(Path.ChangeExtension(path, word + Path.GetExtension(path)), madeOf);

    /// <summary>Takes the place of the state before.</summary>
    public void Save(Heatmap heatmap) =>
        WholeFile.Write(
            path,
            stream =>
            {
                stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', madeOf.Kept) + "\n\n"));
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
        var differs = ReadParts(stream) is { } before
            ? Fingerprint.Difference(before, $"{madeOf}")
            : "an earlier version began it, which did not keep with what";
        if (differs is not null)
            throw new InvalidDataException(
                $"{path} was begun with something else than now: {differs}; remove it to begin anew, or name another folder"
            );
        return new Heatmap(grid, NpyFile.Read(stream, path, grid.Rows, grid.Columns));
    }

    /// <summary>The lines before the array, up to the first empty one; null where there is none.</summary>
    private static string? ReadParts(FileStream stream)
    {
        var start = new byte[(int)Math.Min(stream.Length, MostBytes)];
        stream.ReadExactly(start);
        var end = start.AsSpan().IndexOf("\n\n"u8);
        if (end < 0)
            return null;
        stream.Position = end + 2;
        return Encoding.UTF8.GetString(start, 0, end);
    }

    /// <summary>What is finished needs no state.</summary>
    public void Remove() => File.Delete(path);
}
