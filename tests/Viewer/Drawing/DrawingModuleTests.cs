using System.Net;
using System.Text;
using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Tests.Drawing;

public sealed class DrawingModuleTests(ViewedPhantoms phantoms)
{
    [Fact]
    public async Task What_is_drawn_is_saved_whole_and_what_was_before_is_kept()
    {
        using var own = new TempFolder();
        await using var viewer = await StartAsync(own);
        var path = $"/api/slides/{await viewer.SlideAsync("a")}/drawn";
        using var empty = await viewer.Client.GetAsync(path);
        var first = await PutAsync(viewer, path, Square(10, "tumor"), empty.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, first.Status);
        var second = await PutAsync(viewer, path, Square(20, "normal"), first.Tag);
        Assert.Equal(HttpStatusCode.OK, second.Status);
        var saved = Assert.Single(AnnotationFile.Read(own.At("a.geojson")).Annotations);
        Assert.Equal("normal", saved.Class);
        var before = Assert.Single(Directory.GetFiles(own.At("versions")));
        Assert.Equal("tumor", Assert.Single(AnnotationFile.Read(before).Annotations).Class);
    }

    [Fact]
    public async Task Two_who_draw_at_the_same_time_do_not_lose_each_others_regions()
    {
        using var own = new TempFolder();
        await using var viewer = await StartAsync(own);
        var path = $"/api/slides/{await viewer.SlideAsync("a")}/drawn";
        using var began = await viewer.Client.GetAsync(path);
        var tag = began.Headers.ETag!.Tag;
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(viewer, path, Square(10, "tumor"), tag)).Status);
        var late = await PutAsync(viewer, path, Square(20, "normal"), tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.Status);
        Assert.Contains("somebody else has saved", late.Text);
        Assert.Equal("tumor", Assert.Single(AnnotationFile.Read(own.At("a.geojson")).Annotations).Class);
    }

    [Theory]
    [InlineData("{", "what was drawn is not saved")]
    [InlineData("<a/>", "what was drawn is not saved")]
    [InlineData("outside", "region 1 of 1 lies outside of the slide, which has 1024")]
    public async Task What_is_no_annotation_of_the_slide_is_refused_and_nothing_is_saved(string body, string said)
    {
        using var own = new TempFolder();
        await using var viewer = await StartAsync(own);
        var path = $"/api/slides/{await viewer.SlideAsync("a")}/drawn";
        using var began = await viewer.Client.GetAsync(path);
        var put = await PutAsync(
            viewer,
            path,
            body == "outside" ? Square(5000, "tumor") : body,
            began.Headers.ETag!.Tag
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, put.Status);
        Assert.Contains(said, put.Text);
        Assert.Empty(Directory.GetFileSystemEntries(own.Path));
    }

    [Fact]
    public async Task More_than_anybody_draws_is_refused()
    {
        using var own = new TempFolder();
        await using var viewer = await StartAsync(own);
        var path = $"/api/slides/{await viewer.SlideAsync("a")}/drawn";
        var put = await PutAsync(viewer, path, new string(' ', 17 << 20), "\"\"");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, put.Status);
    }

    private async Task<RunningViewer> StartAsync(TempFolder drawn)
    {
        var viewer = await RunningViewer.StartAsync(phantoms.Folder, new ViewerOptions { Annotations = drawn.Path });
        await viewer.EnterAsync();
        return viewer;
    }

    private static async Task<(HttpStatusCode Status, string Text, string Tag)> PutAsync(
        RunningViewer viewer,
        string path,
        string body,
        string tag
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        // The answer may come before the body is sent.
        request.Headers.ExpectContinue = true;
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var answer = await viewer.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.ETag?.Tag ?? "");
    }

    private static string Square(int at, string name) =>
        $$"""
            {
              "type": "FeatureCollection",
              "features": [
                {
                  "type": "Feature",
                  "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[{{at}}, {{at}}], [{{at + 50}}, {{at}}], [{{at + 50}}, {{at
                + 50}}], [{{at}}, {{at}}]]]
                  },
                  "properties": { "objectType": "annotation", "classification": { "name": "{{name}}" } }
                }
              ]
            }
            """;
}
