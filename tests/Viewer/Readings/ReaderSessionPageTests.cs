using Coverslip.Viewer.Readings;
using Coverslip.Viewer.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>Readers who come and go at one browser, and answers that do not come: nothing that was filled in is lost or another's.</summary>
public sealed class ReaderSessionPageTests(Browser browser)
{
    private const string SignOut = """
        () => fetch("/api/session").then((a) => a.json())
            .then((s) => fetch("/api/session", { method: "DELETE", headers: { "X-Coverslip-Csrf": s.csrf } }))
        """;

    private const string SignIn = """
        (token) => fetch("/api/session", {
            method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token })
        })
        """;

    [Fact]
    public async Task The_next_reader_at_a_browser_finds_nothing_of_the_one_before()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0]), ("ben", [1, 0]));
        var (page, console) = await browser.OpenAsync($"{study.Host.Address}?token={study.Tokens["ada"]}", 1000);
        await Expect(page.GetByText("reading as ada")).ToBeVisibleAsync();
        await FillInAsync(page, "the comment of ada");
        // By keys alone; what is not stored is not thrown away by one slip.
        var out1 = page.GetByRole(AriaRole.Button, new() { Name = "Sign out" });
        await out1.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("is not stored, and goes when you sign out");
        await page.Keyboard.PressAsync("Enter");
        var token = page.GetByLabel("Token");
        await Expect(token).ToBeFocusedAsync();
        await Expect(page.GetByText("Not signed in; give the token that the study's owner gave you."))
            .ToBeVisibleAsync();
        Assert.DoesNotContain("ada", await page.ContentAsync());
        await page.GoBackAsync();
        await page.GoForwardAsync();
        await Expect(token).ToBeVisibleAsync();
        Assert.DoesNotContain("ada", await page.ContentAsync());

        await token.FillAsync("of nobody");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("copy all 43 letters of it");
        await token.FillAsync(study.Tokens["ben"] + " ");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("reading as ben")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Case 1 of 2" })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Comment")).ToHaveValueAsync("");
        // A wrong address lets nobody in as whoever was here before.
        await page.GotoAsync($"{study.Host.Address}?token=of-nobody");
        await Expect(page.GetByText("The token in the address that was opened is not known here.")).ToBeVisibleAsync();
        Assert.DoesNotContain("ben", await page.ContentAsync());
        await Browser.CheckAsync(page);
        Assert.All(console, said => Assert.Contains("401", said)); // a browser tells of each
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_session_that_is_over_says_so_and_keeps_the_verdict_for_its_reader_alone()
    {
        await using var study = await PaintedStudy.ServeAsync(1, ("ada", [0]), ("ben", [0]));
        var (page, _) = await browser.OpenAsync($"{study.Host.Address}?token={study.Tokens["ada"]}", 1000);
        await FillInAsync(page, "kept");
        await page.EvaluateAsync(SignOut);
        await StoreAsync(page);
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Not signed in;");
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("is not stored yet, and stays here");
        await page.GetByLabel("Token of ada").FillAsync(study.Tokens["ada"]);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Signed in again as ada.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Comment")).ToHaveValueAsync("kept");
        await Browser.CheckAsync(page);

        // In another tab of the browser ben signs in: what ada filled in is not stored as his.
        await page.EvaluateAsync(SignIn, study.Tokens["ben"]);
        await StoreAsync(page);
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("ben is signed in at this browser now.");
        await StoreAsync(page); // whoever does not read that
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("ben is signed in at this browser now.");
        await page.GetByLabel("Token of ada").FillAsync(study.Tokens["ada"]);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Signed in again as ada.")).ToBeVisibleAsync();
        await StoreAsync(page);
        await Expect(page.GetByText("Stored: normal, confidence 2 of 5")).ToBeVisibleAsync();
        var verdict = Assert.Single(await VerdictsAsync(study));
        Assert.Equal(("ada", "kept"), (verdict.Who, VerdictPost.Of(verdict).Comment));
        await page.CloseAsync();
    }

    [Fact]
    public async Task After_an_answer_that_was_lost_the_page_goes_on_where_the_server_is()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]));
        var (page, _) = await browser.OpenAsync($"{study.Host.Address}?token={study.Tokens["ada"]}", 1000);
        await LoseAnswersAsync(page, "**/verdict");
        await FillInAsync(page, "stored");
        await StoreAsync(page);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The viewer does not answer");
        await page.GetByLabel("Comment").FillAsync("too late");
        await StoreAsync(page);
        await Expect(page.GetByText("Probability of tumor")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Your first verdict stays as it was stored.");
        await Expect(page.GetByLabel("Comment")).ToHaveValueAsync("stored");

        await LoseAnswersAsync(page, "**/final");
        var keep = page.GetByRole(AriaRole.Button, new() { Name = "Keep my verdict" });
        await keep.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The viewer does not answer");
        await keep.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Case 2 of 2" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This case was stored before");
        Assert.Equal("stored", VerdictPost.Of(Assert.Single(await VerdictsAsync(study))).Comment);
        await page.CloseAsync();
    }

    /// <summary>The server does what is asked, once, and nobody hears of it.</summary>
    private static Task LoseAnswersAsync(IPage page, string address) =>
        page.RouteAsync(
            address,
            async route =>
            {
                await route.FetchAsync();
                await route.AbortAsync();
            },
            new() { Times = 1 }
        );

    private static async Task FillInAsync(IPage page, string comment)
    {
        await page.GetByLabel("normal").CheckAsync();
        await page.GetByLabel("2 unsure").CheckAsync();
        await page.GetByLabel("Comment").FillAsync(comment);
    }

    private static Task StoreAsync(IPage page) =>
        page.GetByRole(AriaRole.Button, new() { Name = "Store my verdict" }).ClickAsync();

    private static async Task<List<ActionRow>> VerdictsAsync(PaintedStudy study) =>
        await (await ReadingLog.OpenAsync(study.Place))
            .Log.RowsAsync()
            .Where(r => r.What == Actions.Verdict)
            .ToListAsync(TestContext.Current.CancellationToken);
}
