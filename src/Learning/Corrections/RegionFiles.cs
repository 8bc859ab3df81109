using System.Globalization;
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
        if (File.Exists(path))
        {
            // A copy: the regions are there at every moment.
            var before = File.ReadAllBytes(path);
            WholeFile.Write(NewVersion(slide), stream => stream.Write(before));
        }
        AnnotationFile.Write(path, regions, AnnotationFormat.GeoJson);
    }

    /// <summary>Named by the time at which it was replaced.</summary>
    private string NewVersion(string slide)
    {
        var at = DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(folder.Versions, $"{slide}.{at}.geojson");
        for (var next = 2; File.Exists(path); next++)
            path = Path.Combine(folder.Versions, $"{slide}.{at}-{next}.geojson");
        return path;
    }
}
