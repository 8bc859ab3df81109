using Coverslip.Evaluation.Segmentation;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Segmentation;

/// <summary>Probabilities of pixels beside what is true of them.</summary>
public static class CountedPixels
{
    /// <summary>Probabilities [H · W] beside a mask of the same size; where nothing was predicted, background was called.</summary>
    public static PixelHistogram Of(float[] probability, Image truth)
    {
        var pixels = new PixelHistogram();
        var set = truth.Pixels;
        for (var i = 0; i < probability.Length; i++)
            pixels.Add(float.IsNaN(probability[i]) ? 0 : Math.Clamp(probability[i], 0, 1), set[i] != 0);
        return pixels;
    }
}
