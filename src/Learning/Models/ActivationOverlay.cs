using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Models;

/// <summary>A radiograph with a finding's class activation map laid over it (Park et al. 2019, step 3).</summary>
public static class ActivationOverlay
{
    private const float MostCover = 0.6f; // where the map is highest

    /// <summary>
    /// Over a gray image red and green differ by 20 at most in these colors; in those of versions before (blue, pale yellow, red),
    /// by 99 where a map is highest, and each has such a place.
    /// </summary>
    private const int MostRed = 50;

    /// <summary>
    /// Writes a picture: the map from 0 to its maximum in the colors of heatmaps, the more opaque the higher; where it is
    /// not positive the radiograph stays as it is. The box around the region that reaches half of the maximum is drawn.
    /// </summary>
    /// <param name="path">The picture, PNG.</param>
    /// <param name="image">The radiograph.</param>
    /// <param name="map">Its maps.</param>
    /// <param name="finding">Which of them.</param>
    /// <param name="longest">Pixels of the picture's longer side, at most; smaller radiographs keep their size.</param>
    public static void Write(string path, string image, ActivationMap map, int finding, int longest = 1024)
    {
        using var stored = PatchImage.ReadOne(image);
        var shrink = Math.Min(1, (double)longest / Math.Max(stored.Width, stored.Height));
        var (width, height) = ((int)(stored.Width * shrink), (int)(stored.Height * shrink));
        using var picture = Transforms.Resize(stored, width, height);
        var values = map.Enlarged(finding, height, width);
        var most = values.Max();
        var pixels = picture.WritablePixels;
        for (var i = 0; i < values.Length && most > 0; i++)
        {
            var share = Math.Max(values[i] / most, 0);
            if (share > 0)
                Blend(pixels.Slice(3 * i, 3), HeatmapColors.Of(share), MostCover * share);
        }
        if (map.Locate(finding, "", 0).Area is { } box)
            Frame(
                picture,
                (int)(box.X * shrink),
                (int)(box.Y * shrink),
                ((int)(box.Right * shrink) - 1, (int)(box.Bottom * shrink) - 1)
            );
        ImageFile.Write(path, picture);
    }

    /// <summary>Whether a picture of a map has today's colors, or none at all; a run of before keeps those in which it was drawn.</summary>
    /// <exception cref="UnreadableImageException">It cannot be read.</exception>
    public static bool HasTodaysColors(string path)
    {
        using var picture = ImageFile.Read(path);
        var pixels = picture.Pixels;
        for (var i = 0; i + 2 < pixels.Length; i += 3)
            if (pixels[i] - pixels[i + 1] > MostRed)
                return false;
        return true;
    }

    private static void Frame(Image picture, int left, int top, (int Right, int Bottom) end)
    {
        for (var x = left; x <= end.Right; x++)
        {
            Set(picture, x, top);
            Set(picture, x, end.Bottom);
        }
        for (var y = top; y <= end.Bottom; y++)
        {
            Set(picture, left, y);
            Set(picture, end.Right, y);
        }
    }

    private static void Set(Image picture, int x, int y)
    {
        if (x >= 0 && y >= 0 && x < picture.Width && y < picture.Height)
            Blend(picture.WritablePixels.Slice((y * picture.Width + x) * 3, 3), (255, 255, 255), 1);
    }

    private static void Blend(Span<byte> pixel, (byte Red, byte Green, byte Blue) color, float share)
    {
        pixel[0] = (byte)MathF.Round(pixel[0] + share * (color.Red - pixel[0]));
        pixel[1] = (byte)MathF.Round(pixel[1] + share * (color.Green - pixel[1]));
        pixel[2] = (byte)MathF.Round(pixel[2] + share * (color.Blue - pixel[2]));
    }
}
