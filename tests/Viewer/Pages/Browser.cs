using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Coverslip.Viewer.Tests.Pages;

/// <summary>Debian's Chromium, started once for all classes; tests of pages are skipped where there is none.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const float Patience = 60_000;
    private const string Program = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                // Test machines have no graphics card, and containers no user for the sandbox.
                Args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A page that has signed in; what its console says is gathered.</summary>
    internal Task<(IPage Page, List<string> Console)> OpenAsync(RunningViewer viewer, int width, string hash = "") =>
        OpenAsync(viewer.Entry + hash, width);

    /// <summary>A page at an address.</summary>
    internal async Task<(IPage Page, List<string> Console)> OpenAsync(string address, int width)
    {
        if (browser is null)
            Assert.Skip($"{Program} is not there; apt-get install --no-install-recommends chromium");
        var page = await browser.NewPageAsync(
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 800 },
                // Drawing what moves takes most of the time where there is no graphics card.
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        // Test machines are busy.
        page.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        var console = new List<string>();
        page.Console += (_, message) => console.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => console.Add(error);
        await page.GotoAsync(address);
        return (page, console);
    }

    /// <summary>Nothing serious stands in the way of people with disabilities.</summary>
    internal static async Task CheckAsync(IPage page)
    {
        var found = await page.RunAxe();
        Assert.Empty(
            found
                .Violations.Where(v => v.Impact is "serious" or "critical")
                .Select(v => $"{v.Id}: {string.Join(", ", v.Nodes.Select(n => n.Html))}")
        );
    }
}
