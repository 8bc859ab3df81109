using System.Net;
using Coverslip.Slides.Images;

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
