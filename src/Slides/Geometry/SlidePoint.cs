namespace Coverslip.Slides.Geometry;

/// <summary>A place in pixels of the finest level (level 0), from its top left corner.</summary>
public readonly record struct SlidePoint(long X, long Y)
{
    public override string ToString() => $"({X}, {Y})";
}

/// <summary>A place in pixels of one level, from its top left corner.</summary>
public readonly record struct LevelPoint(long X, long Y)
{
    public override string ToString() => $"({X}, {Y})";
}

/// <summary>Sides in pixels of an image.</summary>
public readonly record struct PixelSize(int Width, int Height)
{
    public override string ToString() => $"{Width} × {Height}";
}

/// <summary>A rectangle in pixels of the finest level.</summary>
public readonly record struct SlideRectangle(SlidePoint At, long Width, long Height)
{
    public override string ToString() => $"{Width} × {Height} at {At}";
}
