using System.Net;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Tests;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Tests.Slides;

public sealed class SlideModuleTests(ViewedPhantoms phantoms)
{
    [Fact]
    public async Task Tiles_are_jpeg_of_their_size_and_a_slide_says_what_it_is()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        await viewer.EnterAsync();
        var id = await viewer.SlideAsync("a");
        using var facts = await viewer.JsonAsync($"/api/slides/{id}");
        Assert.Equal(1024, facts.RootElement.GetProperty("width").GetInt32());
        Assert.Equal(1, facts.RootElement.GetProperty("mpp")[0].GetDouble());
        using var tile = ImageFile.Decode(
            await viewer.Client.GetByteArrayAsync($"/api/slides/{id}/tiles/10/1_1.jpg"),
            "tile"
        );
        Assert.Equal((512, 488), (tile.Width, tile.Height));
        using var small = ImageFile.Decode(
            await viewer.Client.GetByteArrayAsync($"/api/slides/{id}/thumbnail.jpg"),
            "small"
        );
        Assert.Equal(320, small.Width);
    }

    [Fact]
    public async Task A_slide_without_microns_says_so()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        await viewer.EnterAsync();
        using var facts = await viewer.JsonAsync($"/api/slides/{await viewer.SlideAsync("unknown")}");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, facts.RootElement.GetProperty("mpp").ValueKind);
        Assert.NotEmpty(facts.RootElement.GetProperty("mppFrom").GetString()!);
    }

    [Fact]
    public async Task Microns_that_somebody_vouches_for_are_taken_and_named_as_such()
    {
        await using var viewer = await RunningViewer.StartAsync(
            phantoms.Folder,
            new ViewerOptions { SlideMpp = Mpp.Of(0.5) }
        );
        await viewer.EnterAsync();
        using var facts = await viewer.JsonAsync($"/api/slides/{await viewer.SlideAsync("unknown")}");
        Assert.Equal(0.5, facts.RootElement.GetProperty("mpp")[0].GetDouble());
        Assert.Equal("--slide-mpp", facts.RootElement.GetProperty("mppFrom").GetString());
    }

    /// <summary>Names stand on labels: they are there for whoever asks, and for nobody else.</summary>
    [Fact]
    public async Task The_label_is_shown_only_where_it_was_asked_for_and_the_macro_does_not_bring_it_along()
    {
        using var own = new TempFolder();
        File.Copy(Path.Combine(TestData.Folder("wsi"), "cmu-1-small-region.svs"), own.At("c.svs"));
        foreach (
            var shown in (string[][])
                [
                    [],
                    ["macro"],
                    ["macro", "label"],
                ]
        )
        {
            await using var viewer = await RunningViewer.StartAsync(own.Path, new ViewerOptions { Beside = shown });
            await viewer.EnterAsync();
            var path = $"/api/slides/{await viewer.SlideAsync("c")}";
            using var facts = await viewer.JsonAsync(path);
            Assert.Equal(
                shown.Order(),
                facts.RootElement.GetProperty("beside").EnumerateArray().Select(b => b.GetString()!).Order()
            );
            foreach (var name in (string[])["macro", "label", "thumbnail", "..%2Fc"])
            {
                using var answer = await viewer.Client.GetAsync($"{path}/beside/{name}.jpg");
                Assert.Equal(shown.Contains(name) ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
                if (!shown.Contains(name))
                    continue;
                using var picture = ImageFile.Decode(await answer.Content.ReadAsByteArrayAsync(), name);
                // As OpenSlide's own openslide-show-properties has them.
                Assert.Equal(name == "macro" ? (1280, 431) : (387, 463), (picture.Width, picture.Height));
            }
        }
    }

    /// <summary>Names are looked up, and never become paths.</summary>
    [Theory]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("a")]
    [InlineData("0123456789abcdef")]
    public async Task What_is_no_slide_of_the_list_is_not_there(string id)
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        await viewer.EnterAsync();
        foreach (var rest in (string[])["", "/thumbnail.jpg", "/tiles/0/0_0.jpg", "/layers", "/drawn"])
        {
            using var answer = await viewer.Client.GetAsync($"/api/slides/{id}{rest}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_slide_that_becomes_unreadable_is_an_error_that_names_it()
    {
        using var own = new TempFolder();
        var copy = own.At("cut.tif");
        File.Copy(Path.Combine(phantoms.Folder, "slides", "a.tif"), copy);
        await using var viewer = await RunningViewer.StartAsync(own.Path);
        await viewer.EnterAsync();
        var id = await viewer.SlideAsync("cut");
        File.WriteAllBytes(copy, [0, 1, 2, 3]);
        using var answer = await viewer.Client.GetAsync($"/api/slides/{id}/tiles/10/0_0.jpg");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("cut.tif", await answer.Content.ReadAsStringAsync());
    }
}
