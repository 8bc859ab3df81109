using System.Runtime.InteropServices;
using Coverslip.Files;

namespace Coverslip.Slides.Heatmaps;

/// <summary>Arrays of float32 as NumPy's format 1.0 stores them (numpy.lib.format), rows first.</summary>
public static class NpyFile
{
    public static void Write(Stream stream, ReadOnlySpan<float> values, int rows, int columns)
    {
        stream.Write(Header(rows, columns));
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <exception cref="InvalidDataException">Another array than one of float32 of this shape.</exception>
    public static float[] Read(Stream stream, string name, int rows, int columns)
    {
        var expected = Header(rows, columns);
        var header = new byte[expected.Length];
        var values = new float[rows * columns];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (
            read < header.Length
            || !header.AsSpan().SequenceEqual(expected)
            || stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length
        )
        {
            throw new InvalidDataException(
                $"{name} is no heatmap of {rows} × {columns} float32; remove it, so that it is computed again"
            );
        }
        return values;
    }

    private static byte[] Header(int rows, int columns) => new NpyHeader("<f4", [rows, columns]).Bytes();
}
