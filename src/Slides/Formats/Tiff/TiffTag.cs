namespace Coverslip.Slides.Formats.Tiff;

/// <summary>Numbers of TIFF fields (TIFF 6.0, its JPEG supplement, Adobe's technical notes).</summary>
internal enum TiffTag : ushort
{
    NewSubfileType = 254,
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    Photometric = 262,
    ImageDescription = 270,
    Make = 271,
    Orientation = 274,
    SamplesPerPixel = 277,
    XResolution = 282,
    YResolution = 283,
    PlanarConfiguration = 284,
    ResolutionUnit = 296,
    Software = 305,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
    SubIfds = 330,
    SampleFormat = 339,
    JpegTables = 347,
    YCbCrSubSampling = 530,
    Xmp = 700,
    ImageDepth = 32997,
    Ndpi = 65420,
}

/// <summary>Sizes of TIFF's field types.</summary>
internal static class TiffType
{
    public const ushort Ascii = 2;
    public const ushort Short = 3;
    public const ushort Long = 4;
    public const ushort Rational = 5;
    public const ushort Undefined = 7;
    public const ushort Long8 = 16;

    /// <summary>Bytes of one value; 0 for an unknown type.</summary>
    public static int Size(ushort type) =>
        type switch
        {
            1 or 2 or 6 or 7 => 1,
            3 or 8 => 2,
            4 or 9 or 11 or 13 => 4,
            5 or 10 or 12 or 16 or 17 or 18 => 8,
            _ => 0,
        };
}
