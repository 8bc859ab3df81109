using System.IO.Compression;
using System.Text.Json;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Images;

namespace Coverslip.Viewer.Tests.Layers;

/// <summary>What is served of every kind of file beside what was written.</summary>
public sealed class EveryLayerTests(ViewedPhantoms phantoms) : IDisposable
{
    private readonly TempFolder own = new();

    public void Dispose() => own.Dispose();

    [Theory]
    [InlineData("a.xml", AnnotationFormat.Asap)]
    [InlineData("a.xml", AnnotationFormat.Aperio)]
    [InlineData("a.geojson", AnnotationFormat.GeoJson)]
    [InlineData("a.tif.geojson", AnnotationFormat.GeoJson)]
    [InlineData("a.json", AnnotationFormat.GeoJson)]
    public async Task Annotations_of_every_format_have_the_outline_that_was_drawn(string file, AnnotationFormat format)
    {
        MadeOfSlides.Folder(phantoms, own);
        MadeOfSlides.Annotate(own.At($"notes/{file}"), format);
        Assert.Equal(MadeOfSlides.Outline, Ring(await OutlinesAsync("annotations"), "tumor"));
    }

    [Fact]
    public async Task Packed_annotations_are_read_too()
    {
        MadeOfSlides.Folder(phantoms, own);
        MadeOfSlides.Annotate(own.At("plain.geojson"), AnnotationFormat.GeoJson);
        Directory.CreateDirectory(own.At("notes"));
        using (var packed = new GZipStream(File.Create(own.At("notes/a.geojson.gz")), CompressionLevel.Fastest))
            packed.Write(File.ReadAllBytes(own.At("plain.geojson")));
        File.Delete(own.At("plain.geojson"));
        Assert.Equal(MadeOfSlides.Outline, Ring(await OutlinesAsync("annotations"), "tumor"));
    }

    [Fact]
    public async Task A_mask_of_the_truth_is_outlined_at_its_scale()
    {
        MadeOfSlides.Folder(phantoms, own);
        MadeOfSlides.Truth(own.At("truth"));
        Assert.Equal([240, 80, 560, 80, 560, 160, 240, 160], Ring(await OutlinesAsync("truth"), "truth"));
    }

    [Fact]
    public async Task A_segmentation_has_its_values_and_its_outlines_and_no_detections()
    {
        MadeOfSlides.Folder(phantoms, own);
        var written = MadeOfSlides.Segment(own.At("predicted"));
        await using var viewer = await EnteredAsync();
        var layers = await LayersAsync(viewer);
        Assert.Equal(["segmentation", "segments"], layers.Keys.Order());
        var path = layers["segmentation"].Single();
        using var values = await ValuesAsync(viewer, path);
        Assert.Equal(written.Select(Gray), values.Pixels.ToArray());
        using var detections = await viewer.JsonAsync($"{path}/detections");
        Assert.Empty(detections.RootElement.EnumerateArray());
        using var outlines = await viewer.JsonAsync($"{layers["segments"].Single()}/outlines");
        Assert.Equal(MadeOfSlides.Outline, Ring(outlines.RootElement, "gland"));
    }

    [Fact]
    public async Task Patches_of_stages_lie_in_their_places_with_score_and_detections()
    {
        MadeOfSlides.Folder(phantoms, own);
        MadeOfSlides.Stage(own.At("predicted"));
        await using var viewer = await EnteredAsync();
        var layers = await LayersAsync(viewer);
        Assert.Equal(["patches"], layers.Keys);
        var path = layers["patches"].Single();
        using var grid = await viewer.JsonAsync($"{path}/values");
        Assert.Equal(0.875, grid.RootElement.GetProperty("score").GetDouble());
        Assert.Equal([128, 192], grid.RootElement.GetProperty("corner").EnumerateArray().Select(v => v.GetDouble()));
        using var values = await ValuesAsync(viewer, path);
        Assert.Equal([Gray(0.25f), 0, 0, 0, 0, 0, 0, 0, Gray(0.75f)], values.Pixels.ToArray());
        using var detections = await viewer.JsonAsync($"{path}/detections");
        Assert.Equal(3, detections.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Where_the_truth_of_patches_is_known_it_is_a_map_of_its_own()
    {
        MadeOfSlides.Folder(phantoms, own);
        MadeOfSlides.Stage(own.At("maps"), labels: true);
        await using var viewer = await EnteredAsync();
        var layers = await LayersAsync(viewer);
        Assert.Equal(["patches", "patchtruth"], layers.Keys);
        var path = layers["patchtruth"].Single();
        using var grid = await viewer.JsonAsync($"{path}/values");
        Assert.Equal("tumor", grid.RootElement.GetProperty("class").GetString());
        Assert.Equal(JsonValueKind.Null, grid.RootElement.GetProperty("score").ValueKind);
        using var values = await ValuesAsync(viewer, path);
        // Tumor, normal, and of a patch without label nothing; the model said others.
        Assert.Equal([Gray(1), 0, 0, 0, 0, 0, 0, 0, 0, 0, Gray(0), 0], values.Pixels.ToArray());
        using var said = await ValuesAsync(viewer, layers["patches"].Single());
        Assert.Equal((Gray(0.25f), Gray(0.75f), Gray(0.5f)), (said.Pixels[0], said.Pixels[10], said.Pixels[11]));
    }

    /// <summary>A bag's patches have the values of the heatmap beside them, and no sides of their own.</summary>
    [Fact]
    public async Task Where_a_heatmap_lies_beside_patches_it_alone_is_shown()
    {
        MadeOfSlides.Folder(phantoms, own);
        ViewedPhantoms.WriteHeatmap(own.At("predicted"), "a", 32, 31);
        File.WriteAllText(own.At("predicted/a-patches.csv"), "x,y,weight\n0,0,1\n");
        await using var viewer = await EnteredAsync();
        Assert.Equal(["heatmap"], (await LayersAsync(viewer)).Keys);
    }

    [Fact]
    public async Task Two_runs_over_one_slide_have_each_their_own_map()
    {
        MadeOfSlides.Folder(phantoms, own);
        ViewedPhantoms.WriteHeatmap(own.At("one"), "a", 32, 31);
        ViewedPhantoms.WriteHeatmap(own.At("other"), "a", 32, 31, opposite: true);
        await using var viewer = await EnteredAsync();
        var maps = (await LayersAsync(viewer))["heatmap"].ToArray();
        Assert.Equal(2, maps.Length);
        using var one = await ValuesAsync(viewer, maps[0]);
        using var other = await ValuesAsync(viewer, maps[1]);
        // Rising from left to right, and falling.
        Assert.Equal([1, 255], new[] { one.Pixels[32], one.Pixels[63] });
        Assert.Equal([255, 1], new[] { other.Pixels[32], other.Pixels[63] });
    }

    private static byte Gray(float value) => float.IsNaN(value) ? (byte)0 : (byte)(1 + MathF.Round(254 * value));

    private static IEnumerable<double> Ring(JsonElement outlines, string name)
    {
        var shape = Assert.Single(outlines.GetProperty("shapes").EnumerateArray());
        Assert.Equal(name, shape.GetProperty("class").GetString());
        double[] ring = [.. shape.GetProperty("rings")[0].EnumerateArray().Select(v => v.GetDouble())];
        // Some formats close a ring by naming its first corner again.
        return ring[..2].SequenceEqual(ring[^2..]) ? ring[..^2] : ring;
    }

    private async Task<JsonElement> OutlinesAsync(string kind)
    {
        await using var viewer = await EnteredAsync();
        var layers = await LayersAsync(viewer);
        using var outlines = await viewer.JsonAsync($"{layers[kind].Single()}/outlines");
        return outlines.RootElement.Clone();
    }

    private async Task<RunningViewer> EnteredAsync()
    {
        var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        return viewer;
    }

    private static async Task<IReadOnlyDictionary<string, string[]>> LayersAsync(RunningViewer viewer)
    {
        var slide = await viewer.SlideAsync("a");
        using var layers = await viewer.JsonAsync($"/api/slides/{slide}/layers");
        return layers
            .RootElement.EnumerateArray()
            .GroupBy(l => l.GetProperty("kind").GetString()!)
            .ToDictionary(
                g => g.Key,
                g => g.Select(l => $"/api/slides/{slide}/layers/{l.GetProperty("id").GetString()}").ToArray()
            );
    }

    private static async Task<Image> ValuesAsync(RunningViewer viewer, string path) =>
        ImageFile.Decode(
            await viewer.Client.GetByteArrayAsync($"{path}/values.png"),
            "values",
            new ImageReadOptions { Channels = 1 }
        );
}
