using System.Net;
using Coverslip.Slides.Images;

namespace Coverslip.Viewer.Tests.Layers;

public sealed class LayerModuleTests(ViewedPhantoms phantoms)
{
    [Fact]
    public async Task A_heatmap_is_sent_as_values_with_its_detections_most_probable_first()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        await viewer.EnterAsync();
        var path = await LayerAsync(viewer, "heatmap");
        using var grid = await viewer.JsonAsync($"{path}/values");
        Assert.Equal(32, grid.RootElement.GetProperty("columns").GetInt32());
        Assert.Equal("tumor", grid.RootElement.GetProperty("class").GetString());
        using var values = ImageFile.Decode(
            await viewer.Client.GetByteArrayAsync($"{path}/values.png"),
            "values",
            new ImageReadOptions { Channels = 1 }
        );
        // No value in the first row; from 0 to 1 in the others.
        Assert.Equal(
            [0, 0, 1, 255],
            new[] { values.Pixels[0], values.Pixels[31], values.Pixels[32], values.Pixels[63] }
        );
        using var detections = await viewer.JsonAsync($"{path}/detections");
        Assert.Equal(
            [0.9, 0.7, 0.6],
            detections.RootElement.EnumerateArray().Select(d => d.GetProperty("p").GetDouble())
        );
    }

    [Fact]
    public async Task Outlines_of_another_format_are_sent_in_pixels_of_the_slide()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        await viewer.EnterAsync();
        using var outlines = await viewer.JsonAsync($"{await LayerAsync(viewer, "annotations")}/outlines");
        var shape = Assert.Single(outlines.RootElement.GetProperty("shapes").EnumerateArray());
        Assert.Equal("tumor", shape.GetProperty("class").GetString());
        Assert.Equal(
            [300, 300, 600, 300, 600, 600, 300, 600],
            shape.GetProperty("rings")[0].EnumerateArray().Select(v => v.GetDouble()).Take(8)
        );
    }

    [Fact]
    public async Task A_map_of_another_size_than_its_slide_is_refused()
    {
        using var own = new TempFolder();
        File.Copy(Path.Combine(phantoms.Folder, "slides", "a.tif"), own.At("a.tif"));
        ViewedPhantoms.WriteHeatmap(own.Path, "a", 64, 62);
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        using var answer = await viewer.Client.GetAsync($"{await LayerAsync(viewer, "heatmap")}/values");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("covers 2048", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_quality_of_the_tissue_is_looked_for_on_demand()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        await viewer.EnterAsync();
        var slide = await viewer.SlideAsync("a");
        using var quality = await viewer.JsonAsync($"/api/slides/{slide}/quality");
        Assert.InRange(quality.RootElement.GetProperty("tissue").GetDouble(), 0.2, 0.9);
        using var marks = ImageFile.Decode(
            await viewer.Client.GetByteArrayAsync($"/api/slides/{slide}/quality.png"),
            "marks",
            new ImageReadOptions { Channels = 1 }
        );
        Assert.Equal(quality.RootElement.GetProperty("columns").GetInt32(), marks.Width);
        Assert.Contains((byte)1, marks.Pixels.ToArray());
    }

    private static async Task<string> LayerAsync(RunningViewer viewer, string kind)
    {
        var slide = await viewer.SlideAsync("a");
        using var layers = await viewer.JsonAsync($"/api/slides/{slide}/layers");
        var layer = layers.RootElement.EnumerateArray().Single(l => l.GetProperty("kind").GetString() == kind);
        return $"/api/slides/{slide}/layers/{layer.GetProperty("id").GetString()}";
    }
}
