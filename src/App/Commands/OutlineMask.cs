using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary>The annotations of an image file as a mask of its size.</summary>
internal static class OutlineMask
{
    /// <summary>255 where a pixel's middle lies inside of what counts as tumor, 0 elsewhere; beside it what of it lies on the image.</summary>
    /// <param name="drawn">What was drawn.</param>
    /// <param name="path">The image that was annotated.</param>
    /// <exception cref="AnnotationException">Nothing of it counts, or it lies beyond the image.</exception>
    internal static (Image Mask, SlideAnnotations Drawn) Draw(SlideAnnotations drawn, string path)
    {
        using var image = ImageFile.Read(path, ImageReadOptions.AsStored);
        drawn = drawn.Within(image.Width, image.Height, path);
        drawn.NeedTumor();
        return (PolygonRaster.Fill(drawn.Tumor.Polygons, new PixelSize(image.Width, image.Height)), drawn);
    }

    /// <summary>The same of a slide, a pixel for 2^level of its level 0.</summary>
    /// <exception cref="AnnotationException">Nothing of it counts, or it lies beyond the slide.</exception>
    internal static (Image Mask, SlideAnnotations Drawn) Draw(SlideAnnotations drawn, string path, int level)
    {
        using var slide = SlideFile.Open(path);
        drawn = drawn.Within(slide.Levels[0].Width, slide.Levels[0].Height, path);
        drawn.NeedTumor();
        return (TruthMask.Draw(drawn.Tumor, slide, level), drawn);
    }
}
