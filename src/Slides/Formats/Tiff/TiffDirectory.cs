using System.Text;

namespace Coverslip.Slides.Formats.Tiff;

/// <summary>One image of a TIFF file: its fields, read when they are asked for.</summary>
internal sealed class TiffDirectory(TiffFile file, int index, int? parent)
{
    private const int MostText = 16 << 20;
    private readonly Dictionary<TiffTag, TiffField> fields = [];

    /// <summary>Its place among the directories of the file, from 0.</summary>
    public int Index => index;

    /// <summary>The directory under which it hangs (SubIFDs); null in the file's own chain.</summary>
    public int? Parent => parent;

    public bool IsTiled => Has(TiffTag.TileWidth);

    public void Add(ushort tag, TiffField field) => fields.TryAdd((TiffTag)tag, field);

    public bool Has(TiffTag tag) => fields.ContainsKey(tag);

    /// <summary>A whole number; <paramref name="otherwise"/> where the field is missing.</summary>
    public long Number(TiffTag tag, long? otherwise = null)
    {
        if (!fields.TryGetValue(tag, out var field))
            return otherwise ?? throw file.Bad($"{Name(tag)} is missing");
        var numbers = Numbers(tag, atMost: 1 << 20);
        return numbers.Length > 0 ? numbers[0] : throw file.Bad($"{Name(tag)} holds no value (type {field.Type})");
    }

    /// <summary>All values of a field of whole numbers.</summary>
    public long[] Numbers(TiffTag tag, long atMost)
    {
        var field = Field(tag);
        var bytes = file.Values(field, Name(tag), atMost);
        var size = TiffType.Size(field.Type);
        if (field.Type is not (1 or TiffType.Short or TiffType.Long or 13 or TiffType.Long8 or 18))
            throw file.Bad($"{Name(tag)} is of type {field.Type}, which holds no whole numbers");
        var numbers = new long[field.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            var at = bytes.AsSpan(i * size);
            numbers[i] = size switch
            {
                1 => at[0],
                2 => file.Short(at),
                4 => file.Long(at),
                _ => file.Long8(at),
            };
        }
        return numbers;
    }

    /// <summary>The text of a field up to its first NUL; null where it is missing or no text.</summary>
    public string? Text(TiffTag tag)
    {
        if (!fields.TryGetValue(tag, out var field) || TiffType.Size(field.Type) != 1)
            return null;
        var bytes = file.Values(field, Name(tag), MostText).AsSpan();
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>The bytes of a field; null where it is missing.</summary>
    public byte[]? Bytes(TiffTag tag) =>
        fields.TryGetValue(tag, out var field) ? file.Values(field, Name(tag), MostText) : null;

    /// <summary>A quotient or another number; null where it is missing, zero or of another type.</summary>
    public double? Fraction(TiffTag tag)
    {
        if (!fields.TryGetValue(tag, out var field) || field.Count < 1)
            return null;
        var bytes = file.Values(field, Name(tag), 1 << 10);
        double value = field.Type switch
        {
            TiffType.Rational => (double)file.Long(bytes) / file.Long(bytes.AsSpan(4)),
            // Some writers take whole numbers, which TIFF 6.0 does not provide for.
            TiffType.Short => file.Short(bytes),
            TiffType.Long => file.Long(bytes),
            TiffType.Long8 => file.Long8(bytes),
            11 => BitConverter.UInt32BitsToSingle(file.Long(bytes)),
            12 => BitConverter.Int64BitsToDouble(file.Long8Bits(bytes)),
            _ => 0,
        };
        return double.IsFinite(value) && value > 0 ? value : null;
    }

    /// <summary>How errors call a field.</summary>
    public string Name(TiffTag tag) => $"{tag} of TIFF directory {index}";

    private TiffField Field(TiffTag tag) =>
        fields.TryGetValue(tag, out var field) ? field : throw file.Bad($"{Name(tag)} is missing");
}
