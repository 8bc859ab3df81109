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
            WholeFile.Write(VersionOf(slide, Versions(slide) + 1), stream => stream.Write(before));
        }
        AnnotationFile.Write(path, regions, AnnotationFormat.GeoJson);
    }

    /// <summary>How many versions are kept of a slide's regions, without those that count now.</summary>
    internal int Versions(string slide)
    {
        var count = 0;
        while (File.Exists(VersionOf(slide, count + 1)))
            count++;
        return count;
    }

    private string VersionOf(string slide, int number) =>
        Path.Combine(folder.Versions, string.Create(CultureInfo.InvariantCulture, $"{slide}.{number}.geojson"));
}
