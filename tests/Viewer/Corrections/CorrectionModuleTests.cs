using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coverslip.Learning.Corrections;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Coverslip.Viewer.Tests.Corrections;

/// <summary>From regions to a map, a round and the next place: by addresses alone, and by hand in a browser.</summary>
public sealed class CorrectionModuleTests(CorrectedPhantoms phantoms, Browser browser)
    : IClassFixture<CorrectedPhantoms>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_is_drawn_teaches_and_the_round_follows_and_nothing_is_drawn_on_patients_kept_aside()
    {
        var folder = phantoms.Begin();
        var kept = 0;
        await using var viewer = await RunningViewer.StartAsync(
            folder,
            new ViewerOptions { RoundKept = correction => kept = correction.Rounds.Count }
        );
        await viewer.EnterAsync();
        var id = await viewer.SlideAsync(CorrectedPhantoms.Name(phantoms.Tumor));
        var call = new
        {
            slide = id,
            screen = new
            {
                x = 0,
                y = 0,
                width = 512,
                height = 512,
            },
            seconds = 90,
        };
        using (var early = await viewer.Client.PostAsJsonAsync("/api/correction/train", call))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode);
            Assert.Contains("nothing is drawn yet", await early.Content.ReadAsStringAsync());
        }
        using (var map = await viewer.Client.GetAsync($"/api/slides/{id}/layers/correction/values"))
            Assert.Equal(HttpStatusCode.NotFound, map.StatusCode);

        var aside = phantoms.Aside[0];
        Assert.Contains(
            $"is of patient {aside.Patient}, who is kept aside to judge by",
            await DrawAsync(viewer, await viewer.SlideAsync(CorrectedPhantoms.Name(aside)))
        );
        Assert.False(Directory.Exists(new CorrectionFolder(folder).Annotations));
        Assert.Equal("", await DrawAsync(viewer, id));
        using (var taught = await viewer.Client.PostAsJsonAsync("/api/correction/train", call))
        {
            var said = await taught.Content.ReadFromJsonAsync<JsonElement>();
            Assert.InRange(said.GetProperty("seconds").GetDouble(), 0, 2);
            Assert.True(said.GetProperty("windows").GetInt32() > 4, $"{said}");
        }
        // What is on the screen is judged when the call returns: here the whole slide.
        using var png = await viewer.Client.GetAsync($"/api/slides/{id}/layers/correction/values.png");
        Assert.Equal("image/png", png.Content.Headers.ContentType!.MediaType);
        using var grid = await viewer.JsonAsync($"/api/slides/{id}/layers/correction/values");
        Assert.Equal("tumor", grid.RootElement.GetProperty("class").GetString());

        var round = await RoundAsync(viewer);
        Assert.Equal(1.5, round.GetProperty("minutes").GetDouble());
        Assert.InRange(round.GetProperty("windowAuc").GetDouble(), 0.5, 1);
        Assert.Equal(1, kept);
        Assert.Equal(2, File.ReadAllLines(new CorrectionFolder(folder).Table).Length);
        using var next = await viewer.JsonAsync("/api/correction/next");
        var place = next.RootElement.EnumerateArray().First();
        Assert.Matches(
            "^(unsure: 0|unlike anything annotated: distance 0)[.]",
            place.GetProperty("reason").GetString()
        );
    }

    [Fact]
    public async Task In_a_browser_two_regions_a_map_a_round_and_the_next_place()
    {
        var folder = phantoms.Begin();
        await using var viewer = await RunningViewer.StartAsync(folder);
        var (page, console) = await browser.OpenAsync(viewer, 1400);
        var name = CorrectedPhantoms.Name(phantoms.Tumor);
        await page.Locator("a.card").Filter(new() { HasText = name }).ClickAsync();
        await Expect(page.Locator(".scale .rule")).ToBeVisibleAsync();
        // The lesion in the middle of the screen, a pixel of the slide to one of the screen.
        var (x, y) = (phantoms.Lesion.Points.Average(p => p.X), phantoms.Lesion.Points.Average(p => p.Y));
        await page.GotoAsync(FormattableString.Invariant($"{page.Url.Split('?')[0]}?x={x:0}&y={y:0}&z=1"));
        await page.ReloadAsync();
        await Expect(page.Locator(".scale .rule")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("d");
        await DragAsync(page, "tumor", (-40, -40), (40, 40));
        // The other class by the brush: a stroke, and a dab by the keyboard in the middle of the view, which is taken back.
        await page.Locator("#class-normal").ClickAsync();
        await page.Locator("#tool-brush").ClickAsync();
        await StrokeAsync(page, (-180, 0), (-100, 0));
        await Expect(page.Locator("#class-normal")).ToHaveTextAsync("normal (1)");
        await page.Keyboard.PressAsync("]");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#class-normal")).ToHaveTextAsync("normal (2)");
        await page.Keyboard.PressAsync("Control+z");
        await Expect(page.Locator("#class-normal")).ToHaveTextAsync("normal (1)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Train" }).ClickAsync();
        await Expect(page.Locator("#taught"))
            .ToHaveTextAsync(new Regex("^Taught [0-9]+ windows in [0-9.]+ s; the screen followed"));
        await Expect(page.GetByLabel("Map")).ToHaveValueAsync("correction");
        await Expect(page.Locator(".rounds tbody tr")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next place" }).ClickAsync();
        // On this slide or on another one.
        await Expect(page.Locator("#taught")).ToHaveTextAsync(new Regex("^P[0-9]+-1: (unsure|unlike anything)"));
        Assert.Empty(console);
        // The stroke is a polygon as any: two radii of 24 pixels high, and as much longer than it was drawn.
        var painted = AnnotationFile
            .Read(new CorrectionFolder(folder).AnnotationsOf(name))
            .Annotations.Single(a => a.Class == "normal");
        var box = PolygonRegion.Of(painted.Areas).Box;
        Assert.Equal(48, box.Height, 8.0);
        Assert.Equal(80 + 48, box.Width, 8.0);
        Assert.Equal((80 * 48) + (Math.PI * 24 * 24), PolygonRegion.Of(painted.Areas).Area, 300.0);
    }

    private static async Task StrokeAsync(IPage page, (int X, int Y) from, (int X, int Y) to)
    {
        var pane = (await page.Locator(".pane").BoundingBoxAsync())!;
        var (x, y) = (pane.X + (pane.Width / 2), pane.Y + (pane.Height / 2));
        await page.Mouse.MoveAsync(x + from.X, y + from.Y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x + to.X, y + to.Y, new() { Steps = 6 });
        await page.Mouse.UpAsync();
    }

    private static async Task DragAsync(IPage page, string name, (int X, int Y) from, (int X, int Y) to)
    {
        await page.Locator($"#class-{name}").ClickAsync();
        await page.Locator("#tool-rectangle").ClickAsync();
        await StrokeAsync(page, from, to);
        await Expect(page.Locator($"#class-{name}")).ToHaveTextAsync($"{name} (1)");
    }

    /// <summary>Saves the lesion as tumor and a square beside it as normal; what was said where it was refused.</summary>
    private async Task<string> DrawAsync(RunningViewer viewer, string id)
    {
        static string Feature(string name, IEnumerable<(double X, double Y)> ring) =>
            $$"""{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[{{string.Join(",", ring.Select(p => FormattableString.Invariant($"[{p.X},{p.Y}]")))}}]]},"properties":{"classification":{"name":"{{name}}"} } }""";
        var lesion = phantoms.Lesion.Points.Append(phantoms.Lesion.Points[0]).Select(p => (p.X, p.Y)).ToArray();
        var (left, top) = (lesion.Min(p => p.Item1), lesion.Min(p => p.Item2));
        (double, double)[] beside =
        [
            (left - 100, top),
            (left - 20, top),
            (left - 20, top + 80),
            (left - 100, top + 80),
            (left - 100, top),
        ];
        var path = $"/api/slides/{id}/drawn";
        using var before = await viewer.Client.GetAsync(path);
        using var put = new HttpRequestMessage(HttpMethod.Put, path);
        put.Headers.TryAddWithoutValidation("If-Match", before.Headers.ETag!.Tag);
        put.Content = new StringContent(
            $$"""{"type":"FeatureCollection","features":[{{Feature("tumor", lesion)}},{{Feature("normal", beside)}}]}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await viewer.Client.SendAsync(put);
        return answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync();
    }

    private static async Task<JsonElement> RoundAsync(RunningViewer viewer)
    {
        var until = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < until)
        {
            var state = await viewer.Client.GetFromJsonAsync<JsonElement>("/api/correction");
            Assert.Null(state.GetProperty("trouble").GetString());
            if (state.GetProperty("rounds").GetArrayLength() > 0)
                return state.GetProperty("rounds")[0];
            await Task.Delay(100);
        }
        throw new TimeoutException($"no round within {Patience}");
    }
}
