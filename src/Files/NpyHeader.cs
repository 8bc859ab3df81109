using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Coverslip.Files;

/// <summary>What stands before an array's numbers in NumPy's format (numpy.lib.format): its type and shape.</summary>
/// <param name="Type">As NumPy writes it, such as <c>&lt;f4</c>.</param>
/// <param name="Shape">Rows first.</param>
public sealed partial record NpyHeader(string Type, IReadOnlyList<long> Shape)
{
    private const int Alignment = 64;
    private const int MostBytes = 1 << 16;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Numbers in the array.</summary>
    public long Count => Shape.Aggregate(1L, (product, side) => checked(product * side));

    /// <summary>The bytes of format 1.0.</summary>
    public byte[] Bytes()
    {
        var shape = string.Join(", ", Shape) + (Shape.Count == 1 ? "," : "");
        var text = $"{{'descr': '{Type}', 'fortran_order': False, 'shape': ({shape}), }}";
        var before = Magic.Length + 4;
        var length = ((before + text.Length + 1 + Alignment - 1) / Alignment * Alignment) - before;
        text = text.PadRight(length - 1) + "\n";
        return [.. Magic, 1, 0, (byte)length, (byte)(length >> 8), .. Encoding.ASCII.GetBytes(text)];
    }

    /// <summary>Reads a header of any version; the stream stands before the first number then.</summary>
    /// <param name="stream">The array.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">No array of NumPy's, or one stored by columns.</exception>
    public static NpyHeader Read(Stream stream, string name)
    {
        var start = new byte[Magic.Length + 2];
        if (
            stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length
            || !start.AsSpan().StartsWith(Magic)
        )
            throw new InvalidDataException($"{name} is no array of NumPy's");
        var size = new byte[start[Magic.Length] == 1 ? 2 : 4];
        stream.ReadExactly(size);
        var length = size.Length == 2 ? BitConverter.ToUInt16(size) : BitConverter.ToUInt32(size);
        if (length > MostBytes)
            throw new InvalidDataException(
                $"{name} has a header of {length} bytes; an array of numbers or text has fewer than {MostBytes}"
            );
        var text = new byte[length];
        stream.ReadExactly(text);
        var parts = Parts().Match(Encoding.ASCII.GetString(text));
        if (!parts.Success || parts.Groups["order"].Value != "False")
            throw new InvalidDataException(
                $"{name} is an array of {Encoding.ASCII.GetString(text).Trim()}; expected is one of a single type, stored by rows (C order)"
            );
        var sides = parts
            .Groups["shape"]
            .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new NpyHeader(
            parts.Groups["type"].Value,
            [.. sides.Select(s => long.Parse(s, CultureInfo.InvariantCulture))]
        );
    }

    [GeneratedRegex(
        @"^\{\s*'descr':\s*'(?<type>[^']+)',\s*'fortran_order':\s*(?<order>\w+),\s*'shape':\s*\((?<shape>[\d,\s]*)\),?\s*\}\s*$"
    )]
    private static partial Regex Parts();
}
