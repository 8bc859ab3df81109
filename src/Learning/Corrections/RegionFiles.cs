using Coverslip.Files;
using Coverslip.Slides.Annotations;

namespace Coverslip.Learning.Corrections;

/// <summary>Regions of slides as GeoJSON, written whole or not at all; what was there before is kept.</summary>
internal sealed class RegionFiles(CorrectionFolder folder)
{
    /// <summary>The regions of a slide; none where nothing was drawn.</summary>
    /// <exception cref="AnnotationException">The file is damaged.</exception>
    internal AnnotationSet Read(string slide) =>
        File.Exists(folder.AnnotationsOf(slide))
            ? AnnotationFile.Read(folder.AnnotationsOf(slide))
            : new AnnotationSet { Format = AnnotationFormat.GeoJson, Annotations = [] };

    /// <summary>Writes the regions of a slide in place of those before, which become its newest version.</summary>
    internal void Write(string slide, AnnotationSet regions)
    {
        var path = folder.AnnotationsOf(slide);
        EarlierVersion.Keep(path, folder.Versions, DateTimeOffset.UtcNow);
        AnnotationFile.Write(path, regions, AnnotationFormat.GeoJson);
    }
}
