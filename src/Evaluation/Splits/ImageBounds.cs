using System.Globalization;

namespace Coverslip.Evaluation.Splits;

/// <summary>How many images a side may have, both ends included.</summary>
public readonly record struct ImageBounds(int Low, int High)
{
    /// <summary>Whether <paramref name="images"/> is within the bounds.</summary>
    public bool Hold(int images) => images >= Low && images <= High;

    /// <summary>How far <paramref name="images"/> is outside; 0 within.</summary>
    public int Distance(int images) => Math.Max(0, Math.Max(Low - images, images - High));

    /// <summary>
    /// The bounds from <paramref name="low"/> to <paramref name="high"/> of <paramref name="images"/>.
    /// </summary>
    public static ImageBounds Share(double low, double high, int images) =>
        new((int)Math.Ceiling(low * images), Math.Max((int)Math.Ceiling(low * images), (int)(high * images)));

    /// <summary>Parses <c>45-55</c> or <c>50</c>.</summary>
    public static bool TryParse(string text, out ImageBounds bounds)
    {
        bounds = default;
        var ends = text.Split('-', 2);
        if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var low))
            return false;
        if (!int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var high))
            return false;
        bounds = new ImageBounds(low, high);
        return low <= high;
    }

    public override string ToString() => Low == High ? $"{Low}" : $"{Low}-{High}";
}
