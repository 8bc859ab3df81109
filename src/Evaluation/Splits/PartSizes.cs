using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Splits;

/// <summary>
/// Which numbers of test and validation images can be reached at all when patients stay whole: a two-dimensional subset
/// sum, exact, one bit per (test, validation) pair.
/// </summary>
internal static class PartSizes
{
    /// <summary>Above this many bytes the table for drawing exactly is not built.</summary>
    private const long LargestTable = 512L << 20;

    /// <summary>
    /// The reachable sizes nearest to the bounds (sum of both distances), with a patient to test and one to train on at
    /// least. Of two patients or more.
    /// </summary>
    public static (int Test, int Validation) Nearest(
        IReadOnlyList<PatientImages> patients,
        ImageBounds test,
        ImageBounds validation
    )
    {
        var all = patients.Sum(p => p.Total);
        // A side over its bound by more than the largest patient gets nearer by giving one patient back.
        var largest = patients.Max(p => p.Total);
        var table = new BitTable(Math.Min(all, test.High + largest), Math.Min(all, validation.High + largest));
        table.Set(0, 0);
        foreach (var patient in patients)
            table.AddForward(patient.Total);

        var (nearest, distance) = ((Test: 0, Validation: 0), int.MaxValue);
        for (var t = 1; t <= table.LastRow; t++)
        {
            for (var v = 0; v <= table.LastColumn && t + v < all; v++)
            {
                var d = test.Distance(t) + validation.Distance(v);
                if (d < distance && table[t, v])
                    (nearest, distance) = ((t, v), d);
            }
        }
        return nearest;
    }

    /// <summary>
    /// For patients in the given order, table i holds the (test, validation) sums from which patients i, i+1, … can
    /// still reach the bounds. Null if the tables would be too large.
    /// </summary>
    public static BitTable[]? Completable(
        IReadOnlyList<PatientImages> patients,
        ImageBounds test,
        ImageBounds validation
    )
    {
        var all = patients.Sum(p => p.Total);
        var bytes = (long)(test.High + 1) * (validation.High / 64 + 1) * 8 * (patients.Count + 1);
        if (bytes > LargestTable)
            return null;
        var tables = new BitTable[patients.Count + 1];
        var last = tables[^1] = new BitTable(test.High, validation.High);
        for (var t = test.Low; t <= test.High; t++)
        for (var v = validation.Low; v <= validation.High && t + v < all; v++)
            last.Set(t, v);
        for (var i = patients.Count - 1; i >= 0; i--)
            tables[i] = tables[i + 1].Before(patients[i].Total);
        return tables;
    }
}

/// <summary>A table of bits with rows 0…<see cref="LastRow"/> and columns 0…<see cref="LastColumn"/>.</summary>
internal sealed class BitTable(int lastRow, int lastColumn)
{
    private readonly int words = lastColumn / 64 + 1;
    private readonly ulong[] bits = new ulong[(lastRow + 1) * (long)(lastColumn / 64 + 1)];

    public int LastRow => lastRow;

    public int LastColumn => lastColumn;

    public bool this[int row, int column] =>
        row <= lastRow && column <= lastColumn && (Row(row)[column / 64] >> (column % 64) & 1) != 0;

    public void Set(int row, int column) => Row(row)[column / 64] |= 1UL << (column % 64);

    /// <summary>Every sum may grow by <paramref name="size"/> in its row, in its column, or not at all.</summary>
    public void AddForward(int size)
    {
        // From the last row on, so that the rows still to be read are those before this patient.
        for (var r = lastRow; r >= 0; r--)
        {
            var row = Row(r);
            var (whole, part) = (size / 64, size % 64);
            for (var w = words - 1; w >= whole; w--)
            {
                var shifted = row[w - whole] << part;
                if (part > 0 && w > whole)
                    shifted |= row[w - whole - 1] >> (64 - part);
                row[w] |= shifted;
            }
            if (r < size)
                continue;
            var below = Row(r - size);
            for (var w = 0; w < words; w++)
                row[w] |= below[w];
        }
    }

    /// <summary>
    /// The sums from which one step of <paramref name="size"/>, in row or column or not at all, leads into this table.
    /// </summary>
    public BitTable Before(int size)
    {
        var before = new BitTable(lastRow, lastColumn);
        var (whole, part) = (size / 64, size % 64);
        for (var r = 0; r <= lastRow; r++)
        {
            var from = Row(r);
            var to = before.Row(r);
            for (var w = 0; w < words; w++)
            {
                var shifted = w + whole < words ? from[w + whole] >> part : 0;
                if (part > 0 && w + whole + 1 < words)
                    shifted |= from[w + whole + 1] << (64 - part);
                to[w] = from[w] | shifted;
            }
            if (r + size > lastRow)
                continue;
            var above = Row(r + size);
            for (var w = 0; w < words; w++)
                to[w] |= above[w];
        }
        return before;
    }

    private Span<ulong> Row(int row) => bits.AsSpan(row * words, words);
}
