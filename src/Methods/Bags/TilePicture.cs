using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Bags;

/// <summary>The patches that speak most for a class above, those that speak least for it below.</summary>
internal static class TilePicture
{
    private const int Most = 8,
        Side = 112,
        Gap = 4;

    internal static void Write(string path, Slide slide, PatchFeatures places, float[] weights)
    {
        var corners = PatchGrid.Corners(slide, places).ToArray();
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(i => weights[i])];
        var shown = Math.Min(Most, (order.Length + 1) / 2);
        var step = PatchGrid.Of(slide, places).CellWidth;
        var view = slide.View(
            new Mpp(Math.Max(1, step / Side) * slide.FinestMpp.X, Math.Max(1, step / Side) * slide.FinestMpp.Y)
        );
        var read = new PixelSize((int)Math.Round(step / view.StepX), (int)Math.Round(step / view.StepY));
        using var picture = new Image((shown * (Side + Gap)) + Gap, (2 * (Side + Gap)) + Gap);
        picture.WritablePixels.Fill(byte.MaxValue);
        foreach (var (row, some) in new[] { order[..shown], order[^shown..] }.Index())
        foreach (var (place, i) in some.Index())
        {
            using var patch = view.ReadAround(corners[i].X + (step / 2), corners[i].Y + (step / 2), read);
            using var tile = Transforms.Resize(patch, Side, Side);
            for (var y = 0; y < Side; y++)
                tile.Row(y)
                    .CopyTo(
                        picture.WritablePixels[
                            (
                                ((Gap + (row * (Side + Gap)) + y) * picture.Stride)
                                + (3 * (Gap + (place * (Side + Gap))))
                            )..
                        ]
                    );
        }
        ImageFile.Write(path, picture);
    }
}
