namespace Coverslip.Evaluation.Detection;

/// <summary>
/// Connected pieces of an image, kept as horizontal runs: run i covers [<see cref="Starts"/>[i],
/// <see cref="Ends"/>[i]) of its row and belongs to piece <see cref="Labels"/>[i], counted from 1 in the order of the
/// pieces' first pixels.
/// </summary>
internal sealed class RunLabels
{
    private readonly int[] rows; // the first run of each row, and one more

    private RunLabels(int[] rows, int[] starts, int[] ends, int[] labels)
    {
        (this.rows, Starts, Ends, Labels) = (rows, starts, ends, labels);
        Count = labels.Length == 0 ? 0 : labels.Max();
    }

    internal int[] Starts { get; }

    internal int[] Ends { get; }

    internal int[] Labels { get; }

    /// <summary>Pieces.</summary>
    internal int Count { get; }

    internal int Height => rows.Length - 1;

    /// <summary>The runs of row <paramref name="y"/>.</summary>
    internal Range Row(int y) => rows[y]..rows[y + 1];

    /// <summary>The piece at a pixel of the image, 0 for none.</summary>
    internal int At(int x, int y)
    {
        var place = Array.BinarySearch(Starts, rows[y], rows[y + 1] - rows[y], x);
        var run = place >= 0 ? place : ~place - 1;
        return run >= rows[y] && x < Ends[run] ? Labels[run] : 0;
    }

    /// <summary>The pieces of the pixels that equal <paramref name="value"/>.</summary>
    /// <param name="pixels">[H · W].</param>
    /// <param name="width">Pixels to a row.</param>
    /// <param name="value">The pieces' value.</param>
    /// <param name="diagonal">Whether pixels that touch at a corner are connected.</param>
    internal static RunLabels Find(ReadOnlySpan<byte> pixels, int width, byte value, bool diagonal)
    {
        var rows = new int[pixels.Length / width + 1];
        var (starts, ends, parents) = (new List<int>(), new List<int>(), new List<int>());
        for (var y = 0; y + 1 < rows.Length; y++)
        {
            rows[y] = starts.Count;
            var row = pixels.Slice(y * width, width);
            var above = y == 0 ? 0 : rows[y - 1]; // the first run above that may touch
            for (var x = 0; ; )
            {
                var start = row[x..].IndexOf(value);
                if (start < 0)
                    break;
                start += x;
                var length = row[start..].IndexOfAnyExcept(value);
                x = length < 0 ? width : start + length;
                var run = starts.Count;
                starts.Add(start);
                ends.Add(x);
                parents.Add(run);
                var slack = diagonal ? 1 : 0;
                while (above < rows[y] && ends[above] + slack <= start)
                    above++;
                for (var other = above; other < rows[y] && starts[other] < x + slack; other++)
                    Join(parents, other, run);
            }
        }
        rows[^1] = starts.Count;
        var labels = new int[starts.Count];
        var count = 0;
        for (var run = 0; run < labels.Length; run++)
            labels[run] = parents[run] == run ? ++count : labels[Root(parents, run)];
        return new RunLabels(rows, [.. starts], [.. ends], labels);
    }

    // The earlier run leads, so that pieces are counted in the order of their first pixels.
    private static void Join(List<int> parents, int a, int b)
    {
        (a, b) = (Root(parents, a), Root(parents, b));
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(List<int> parents, int run)
    {
        while (parents[run] != run)
            run = parents[run] = parents[parents[run]];
        return run;
    }
}
