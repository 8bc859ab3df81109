using Coverslip.Evaluation.Segmentation;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Segmentation;

/// <summary>Probabilities of pixels beside what is true of them.</summary>
public static class CountedPixels
{
    /// <summary>Probabilities [H · W] beside a mask of the same size; where nothing was predicted, background was called.</summary>
    /// <param name="probability">NaN where nothing was predicted.</param>
    /// <param name="truth">Not 0 where foreground is.</param>
    /// <param name="ignored">Not 0 where pixels do not count; null: all do.</param>
    public static PixelHistogram Of(float[] probability, Image truth, Image? ignored = null)
    {
        var pixels = new PixelHistogram();
        var set = truth.Pixels;
        for (var i = 0; i < probability.Length; i++)
        {
            if (ignored is null || ignored.Pixels[i] == 0)
                pixels.Add(float.IsNaN(probability[i]) ? 0 : Math.Clamp(probability[i], 0, 1), set[i] != 0);
        }
        return pixels;
    }
}
