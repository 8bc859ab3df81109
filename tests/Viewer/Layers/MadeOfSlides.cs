using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Viewer.Tests.Layers;

/// <summary>Files of every kind that verbs and other programs leave of the slide a.tif of <see cref="ViewedPhantoms"/>.</summary>
internal static class MadeOfSlides
{
    internal const int Cell = 64;

    /// <summary>Corners of the outline that every format holds.</summary>
    internal static readonly double[] Outline = [100, 200, 400, 200, 400, 500, 100, 500];

    internal static string Folder(ViewedPhantoms phantoms, TempFolder own)
    {
        Directory.CreateDirectory(own.At("slides"));
        File.Copy(Path.Combine(phantoms.Folder, "slides", "a.tif"), own.At("slides/a.tif"));
        return own.Path;
    }

    internal static void Annotate(string path, AnnotationFormat format, string name = "tumor") =>
        AnnotationFile.Write(
            path,
            new AnnotationSet
            {
                Format = format,
                Annotations =
                [
                    new Annotation
                    {
                        Class = name,
                        Polygons =
                        [
                            new RingPolygon(new Ring([.. Outline.Chunk(2).Select(p => new Vertex(p[0], p[1]))])),
                        ],
                    },
                ],
            },
            format
        );

    /// <summary>What a model that segments leaves: each cell has its place as its probability, thousandths of it.</summary>
    internal static float[] Segment(string folder)
    {
        Directory.CreateDirectory(folder);
        var values = Enumerable.Range(0, 16 * 16).Select(i => i % 4 == 3 ? float.NaN : i / 255f).ToArray();
        WholeFile.Write(Path.Combine(folder, "a-probability.npy"), s => NpyFile.Write(s, values, 16, 16));
        WholeFile.Write(
            Path.Combine(folder, "a-segmentation.json"),
            $$"""{"foreground": "gland", "columns": 16, "rows": 16, "cell_width_level0": {{Cell}}, "cell_height_level0": {{Cell}}}"""
        );
        Annotate(Path.Combine(folder, "a.geojson"), AnnotationFormat.GeoJson, "gland");
        return values;
    }

    /// <summary>Patches of the multi-stage method: two of them, with a detection, and what is said of the slide.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="labels">Whether the truth of the patches is known.</param>
    internal static void Stage(string folder, bool labels = false)
    {
        Directory.CreateDirectory(folder);
        string[] rows =
        [
            "x,y,width,height,probability,label",
            $"128,192,{Cell},{Cell},0.25,tumor",
            $"256,320,{Cell},{Cell},0.75,normal",
            $"320,320,{Cell},{Cell},0.5,",
        ];
        File.WriteAllLines(
            Path.Combine(folder, "a-patches.csv"),
            labels ? rows : rows.Take(3).Select(r => r[..r.LastIndexOf(',')])
        );
        File.WriteAllText(Path.Combine(folder, "a-map.json"), """{"class": "tumor", "probability": 0.875}""");
        ViewedPhantoms.WriteDetections(Path.Combine(folder, "a.geojson"));
    }

    /// <summary>A mask of what is true, of a pixel to eight of the slide's.</summary>
    internal static void Truth(string folder)
    {
        Directory.CreateDirectory(folder);
        using var mask = new Image(128, 125, channels: 1);
        mask.WritablePixels.Clear();
        for (var y = 10; y < 20; y++)
            mask.WritablePixels.Slice((y * mask.Width) + 30, 40).Fill(255);
        ImageFile.Write(Path.Combine(folder, "a.png"), mask);
        File.WriteAllText(Path.Combine(folder, "a.json"), """{"level": 3, "level0_mpp": 1}""");
    }
}
