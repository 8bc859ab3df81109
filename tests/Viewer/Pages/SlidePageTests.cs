using System.Text.RegularExpressions;
using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Coverslip.Viewer.Tests.Pages;

/// <summary>What people do with a slide, in a real browser.</summary>
public sealed partial class SlidePageTests(ViewedPhantoms phantoms, Browser browser)
{
    [Fact]
    public async Task Opened_zoomed_with_layers_and_the_address_shows_the_same_to_a_colleague()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        var (page, console) = await browser.OpenAsync(viewer, 1400);
        await page.GetByRole(AriaRole.Link, new() { Name = "a viewed" })
            .Or(page.Locator("a.card").First)
            .First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "a", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("Slide's probability of tumor: 0.750")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = ScaleBar() })).ToBeVisibleAsync();
        await Expect(page.Locator(".detection")).ToHaveCountAsync(3);
        await Browser.CheckAsync(page);
        await page.Locator(".detection").First.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("x=800&y=400"));
        await page.GetByLabel("Threshold").FillAsync("0.65");
        await Expect(page.Locator(".detection")).ToHaveCountAsync(2);
        await page.GetByLabel("Threshold").FillAsync("1");
        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator(".status")).ToHaveTextAsync("No detection above the threshold");
        await page.GetByLabel("Threshold").FillAsync("0.65");
        await page.Keyboard.PressAsync("r");
        await Expect(page).ToHaveURLAsync(new Regex("r=90.*threshold=0.65"));
        // The same address elsewhere: the same field.
        var address = page.Url;
        await page.GotoAsync("about:blank");
        await page.GotoAsync(address);
        await Expect(page.Locator(".detection")).ToHaveCountAsync(2);
        await Expect(page).ToHaveURLAsync(address);
        // Two views show the same field, near or far.
        await page.GetByRole(AriaRole.Button, new() { Name = "Two views side by side" }).ClickAsync();
        await Expect(page.Locator(".scale .rule")).ToHaveCountAsync(2);
        // On a busy machine this comes while the views are made; it is for them all the same.
        await page.Keyboard.PressAsync("3");
        foreach (var scale in await page.Locator(".scale").AllAsync())
            await Expect(scale).ToHaveTextAsync("200 µm");
        Assert.Empty(console);
    }

    [Fact]
    public async Task By_keys_alone_at_the_width_of_a_telephone_and_without_microns()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        var (page, console) = await browser.OpenAsync(viewer, 400);
        await Expect(page.Locator("a.card")).ToHaveCountAsync(2);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".scale .rule")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("4");
        await Expect(page.Locator(".magnification")).ToHaveTextAsync("10×");
        // The key is for what is there: a busy machine loads it later than the slide.
        await Expect(page.Locator(".detection")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator(".status")).ToHaveTextAsync("Detection 1: probability 0.900");
        await page.Keyboard.PressAsync("l");
        await Expect(page.Locator(".panel")).ToBeVisibleAsync();
        await Browser.CheckAsync(page);
        Assert.Equal(400, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.Keyboard.PressAsync("?");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        // The other slide does not say its microns: no scale is drawn, and it says so.
        await page.GetByRole(AriaRole.Link, new() { Name = "‹ Slides" }).ClickAsync();
        await page.Locator("a.card").Nth(1).ClickAsync();
        await Expect(page.GetByText("Microns per pixel unknown: no scale bar")).ToBeVisibleAsync();
        await Expect(page.Locator(".scale .rule")).ToHaveCountAsync(0);
        Assert.Empty(console);
    }

    [Fact]
    public async Task Regions_are_drawn_saved_and_there_again()
    {
        using var own = new TempFolder();
        await using var viewer = await RunningViewer.StartAsync(
            phantoms.Folder,
            new ViewerOptions { Annotations = own.Path }
        );
        var (page, console) = await browser.OpenAsync(viewer, 1400);
        await page.Locator("a.card").First.ClickAsync();
        await Expect(page.Locator(".scale .rule")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("d");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rectangle" }).ClickAsync();
        await page.Mouse.MoveAsync(400, 300);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(450, 350, new() { Steps = 4 });
        await page.Mouse.MoveAsync(500, 400, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await Expect(page.Locator(".status")).ToHaveTextAsync("Saved: 1 region");
        Assert.Equal("tumor", Assert.Single(AnnotationFile.Read(own.At("a.geojson")).Annotations).Class);
        await page.ReloadAsync();
        await Expect(page.Locator(".scale .rule")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "tumor (1)" })).ToBeVisibleAsync();
        await page.Mouse.ClickAsync(450, 350);
        await page.Keyboard.PressAsync("Delete");
        await Expect(page.Locator(".status")).ToHaveTextAsync("Saved: 0 regions");
        Assert.Empty(console);
    }

    [GeneratedRegex("^Scale bar: ")]
    private static partial Regex ScaleBar();
}
