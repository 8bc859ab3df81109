using System.Globalization;

namespace Coverslip.Files;

/// <summary>
/// A square of a slide that stands where an image file may stand: <c>slide.svs#x,y,side,mpp</c>, and behind a further comma
/// the microns per pixel of the slide's finest level, where they are others than the slide says.
/// </summary>
/// <param name="File">The slide.</param>
/// <param name="X">Left edge, in pixels of level 0.</param>
/// <param name="Y">Top edge, in pixels of level 0.</param>
/// <param name="Side">Pixels to a side, 1 to 32768, at <paramref name="Mpp"/>.</param>
/// <param name="Mpp">Microns per pixel.</param>
public sealed record SlidePlace(string File, long X, long Y, int Side, double Mpp)
{
    private const char Mark = '#';
    private const int MostSide = 32_768;

    /// <summary>Microns per pixel of the slide's finest level, over what it says; null (default): as it says.</summary>
    public double? SlideMpp { get; init; }

    /// <summary>What a path names; null where it names a file.</summary>
    public static SlidePlace? Of(string path)
    {
        var mark = path.LastIndexOf(Mark);
        if (mark < 0)
            return null;
        var fields = path[(mark + 1)..].Split(',');
        var resolutions = fields.Skip(3).Select(Number).ToArray();
        return
            resolutions.Length is 1 or 2
            && resolutions.All(mpp => mpp > 0)
            && long.TryParse(fields[0], CultureInfo.InvariantCulture, out var x)
            && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var y)
            && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var side)
            && side is > 0 and <= MostSide
            ? new SlidePlace(path[..mark], x, y, side, resolutions[0]!.Value)
            {
                SlideMpp = resolutions.ElementAtOrDefault(1),
            }
            : null;
    }

    /// <summary>The file that a path is about: itself, or the slide.</summary>
    public static string FileOf(string path) => Of(path)?.File ?? path;

    /// <summary>As a cohort names it. The resolution ends in a decimal, so that what precedes the last point tells places apart.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}{Mark}{X},{Y},{Side},{Mpp:0.0###############}")
        + (SlideMpp is { } own ? string.Create(CultureInfo.InvariantCulture, $",{own:0.0###############}") : "");

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
