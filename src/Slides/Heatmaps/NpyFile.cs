using System.Runtime.InteropServices;
using System.Text;

namespace Coverslip.Slides.Heatmaps;

/// <summary>Arrays of float32 as NumPy's format 1.0 stores them (numpy.lib.format), rows first.</summary>
public static class NpyFile
{
    private const int Alignment = 64;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

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

    private static byte[] Header(int rows, int columns)
    {
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}";
        var before = Magic.Length + 2;
        var length = ((before + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - before;
        text = text.PadRight(length - 1) + "\n";
        return [.. Magic, (byte)length, (byte)(length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }
}
