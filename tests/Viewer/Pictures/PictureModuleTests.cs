using System.Net;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Viewer.Tests.Pictures;

public sealed class PictureModuleTests
{
    [Fact]
    public async Task Predictions_are_shown_with_what_is_wrong_unsure_and_unfamiliar()
    {
        using var own = new TempFolder();
        Write(own);
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        var set = await SetAsync(viewer, predictions: true);
        using var list = await viewer.JsonAsync($"/api/pictures/{set}");
        var rows = list.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        bool[] Of(string mark) => [.. rows.Select(r => r.GetProperty(mark).GetBoolean())];
        Assert.Equal([false, true], Of("wrong"));
        Assert.Equal([false, true], Of("unsure"));
        Assert.Equal(1.5, rows[1].GetProperty("unfamiliar").GetDouble());
        using var details = await viewer.JsonAsync($"/api/pictures/{set}/1");
        Assert.EndsWith("run/inside/images_b-gates.png", details.RootElement.GetProperty("beside")[0].GetString());
        Assert.Equal(0, details.RootElement.GetProperty("nearest")[0].GetProperty("row").GetInt32());
        using var missing = await viewer.Client.GetAsync($"/api/pictures/{set}/2/image.jpg");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Fields_of_a_slide_are_pictures_at_their_place()
    {
        using var own = new TempFolder();
        PyramidWriter.Write(
            own.At("s.tif"),
            256,
            256,
            new PyramidOptions { Mpp = Mpp.Of(1) },
            (left, _, tile) =>
            {
                for (var i = 0; i < tile.WritablePixels.Length; i++)
                    tile.WritablePixels[i] = (byte)(left + (i % tile.Stride / 3)); // as bright as it lies to the right
            }
        );
        File.WriteAllText(own.At("index.csv"), "image,label,patient\n\"s.tif#64,32,64,1.0\",tumor,P1\n");
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        var path = $"/api/pictures/{await SetAsync(viewer, predictions: false)}/0";
        using var details = await viewer.JsonAsync(path);
        Assert.Equal(64, details.RootElement.GetProperty("width").GetInt32());
        using var shown = ImageFile.Decode(await viewer.Client.GetByteArrayAsync($"{path}/image.jpg"), "shown");
        Assert.InRange(shown.Pixels[0], 62, 66);
        Assert.InRange(shown.Pixels[^1], 125, 129);
    }

    /// <summary>From the file's 16 bits, not from 8 of them: window and level show what lies between.</summary>
    [Fact]
    public async Task Window_and_level_tell_near_grays_apart()
    {
        using var own = new TempFolder();
        Write(own);
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        var path = $"/api/pictures/{await SetAsync(viewer, predictions: false)}/0/image.jpg";
        using var whole = ImageFile.Decode(await viewer.Client.GetByteArrayAsync(path), "whole", ImageReadOptions.Mask);
        Assert.Equal(whole.Pixels[0], whole.Pixels[15]);
        using var window = ImageFile.Decode(
            await viewer.Client.GetByteArrayAsync($"{path}?low=0.3&high=0.302"),
            "window",
            ImageReadOptions.Mask
        );
        Assert.InRange(window.Pixels[15] - window.Pixels[0], 50, 200);
    }

    /// <summary>A run's maps are called by finding and place; the cohort's boxes lie beside its table.</summary>
    [Fact]
    public async Task Radiographs_have_the_boxes_of_the_truth_and_the_maps_of_the_run()
    {
        using var own = new TempFolder();
        Write(own);
        File.WriteAllText(own.At("cohort.csv"), "image,labels,patient\nimages/a.png,x;y,P1\nimages/b.png,,P2\n");
        File.WriteAllText(own.At("boxes.csv"), "image,label,x,y,width,height\nimages/a.png,y,2,3,5,6\n");
        File.WriteAllText(
            own.At("run/predictions.csv"),
            "image,patient,labels,predicted,p_x,p_y\nimages/a.png,P1,x;y,y,0.1,0.9\nimages/b.png,P2,,,0.2,0.3\n"
        );
        Directory.CreateDirectory(own.At("run/maps"));
        File.Copy(own.At("images/a.png"), own.At("run/maps/2-right-1.png"));
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        var path = $"/api/pictures/{await SetAsync(viewer, predictions: true)}";
        using var details = await viewer.JsonAsync($"{path}/0");
        var box = Assert.Single(details.RootElement.GetProperty("boxes").EnumerateArray());
        Assert.Equal("y", box.GetProperty("label").GetString());
        Assert.Equal([2, 3, 5, 6], box.GetProperty("at").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal("map of y", details.RootElement.GetProperty("beside")[0].GetString());
        using var map = ImageFile.Decode(await viewer.Client.GetByteArrayAsync($"{path}/0/beside/0.jpg"), "map");
        Assert.Equal(16, map.Width);
        using var others = await viewer.JsonAsync($"{path}/1");
        Assert.Empty(others.RootElement.GetProperty("boxes").EnumerateArray());
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_is_told_and_hides_nothing_else()
    {
        using var own = new TempFolder();
        Write(own);
        File.WriteAllText(own.At("run/cohort.csv"), "picture\nx.png\n");
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        using var all = await viewer.JsonAsync("/api/pictures");
        Assert.Equal(2, all.RootElement.GetProperty("sets").GetArrayLength());
        Assert.Contains("no column 'image'", all.RootElement.GetProperty("notes")[0].GetString());
    }

    private static async Task<string> SetAsync(RunningViewer viewer, bool predictions)
    {
        using var all = await viewer.JsonAsync("/api/pictures");
        return all
            .RootElement.GetProperty("sets")
            .EnumerateArray()
            .Single(s => s.GetProperty("predictions").GetBoolean() == predictions)
            .GetProperty("id")
            .GetString()!;
    }

    private static void Write(TempFolder own)
    {
        Directory.CreateDirectory(own.At("images"));
        Directory.CreateDirectory(own.At("run/inside"));
        using var image = new Image(16, 16, channels: 1, depth: 16);
        for (var i = 0; i < 256; i++)
            image.WritablePixels16[i] = (ushort)(19_680 + (4 * (i % 16)));
        ImageFile.Write(own.At("images/a.png"), image);
        ImageFile.Write(own.At("images/b.png"), image);
        ImageFile.Write(own.At("run/inside/images_b-gates.png"), image);
        File.WriteAllText(own.At("cohort.csv"), "image,label,patient\nimages/a.png,x,P1\nimages/b.png,x,P2\n");
        File.WriteAllText(
            own.At("run/predictions.csv"),
            "image,patient,label,predicted,p_x,p_y,unfamiliar\nimages/a.png,P1,x,x,0.9,0.1,0.2\nimages/b.png,P2,x,y,0.4,0.6,1.5\n"
        );
        File.WriteAllText(
            own.At("run/nearest.csv"),
            "image,training_image,patient,label,distance\nimages/b.png,images/a.png,P1,x,0.25\n"
        );
    }
}
