using Coverslip.Viewer.Readings;
using Coverslip.Viewer.Tests.Pages;
using Microsoft.Playwright;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>A whole reading in a browser.</summary>
public sealed class ReadingPageTests(Browser browser)
{
    [Fact]
    public async Task Two_readers_read_a_study_to_its_end()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]), ("ben", [1]));
        await ReadAsync(study, "ada", keeps: true);
        await ReadAsync(study, "ben", keeps: false);

        var log = (await ReadingLog.OpenAsync(study.Place)).Log;
        Assert.Null((await ActionChain.VerifyAsync(log.RowsAsync())).Fault);
        foreach (var (reader, changed) in new[] { ("ada", false), ("ben", true) })
        {
            var rows = await log.RowsOfAsync(reader);
            foreach (
                var slide in study.Study.Readers.Single(r => r.Name == reader).Cases.Select(c => study.Study.Cases[c])
            )
            {
                var own = rows.Where(r => r.Slide == slide.Contents).ToList();
                Assert.Equal(
                    [Actions.Opened, Actions.Verdict, Actions.Revealed, Actions.Final],
                    own.Select(r => r.What).Distinct()
                );
                var (first, second) = (VerdictPost.Of(own[1]), VerdictPost.Of(own[^1]));
                Assert.Equal(("normal", 2, "pale"), (first.Class, first.Confidence, first.Comment));
                Assert.Equal(changed ? ("tumor", 5) : ("normal", 2), (second.Class, second.Confidence));
                var mark = Assert.Single(first.Marks!);
                Assert.Equal((512, 512, 4), ((int)Math.Round(mark.X), (int)Math.Round(mark.Y), mark.Confidence));
                Assert.Equal(study.Study.Model, own[^1].Model);
                Assert.StartsWith("512 512 ", own[1].Viewport);
            }
        }
    }

    private async Task ReadAsync(PaintedStudy study, string reader, bool keeps)
    {
        // One by the address with the token, the other by the form.
        var token = study.Tokens[reader];
        var (page, said) = await browser.OpenAsync($"{study.Host.Address}{(keeps ? $"?token={token}" : "")}", 1000);
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        if (!keeps)
        {
            await page.GetByLabel("Token").FillAsync(study.Tokens[reader]);
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            said.Clear(); // a browser says that nobody was signed in
        }
        var cases = study.Study.Readers.Single(r => r.Name == reader).Cases.Count;
        for (var place = 0; place < cases; place++)
        {
            await Assertions
                .Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Case {place + 1} of {cases}" }))
                .ToBeVisibleAsync();
            asked.Clear();
            if (place == 0 && keeps)
                await Browser.CheckAsync(page);
            var store = page.GetByRole(AriaRole.Button, new() { Name = "Store my verdict" });
            await store.ClickAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Choose a class.");
            await page.GetByLabel("normal").CheckAsync();
            await page.GetByLabel("2 unsure").CheckAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Mark the middle of the view" }).ClickAsync();
            await page.GetByLabel("Confidence of mark 1").SelectOptionAsync("4");
            await page.GetByLabel("Comment").FillAsync("pale");
            Assert.DoesNotContain(asked, url => url.Contains("/machine") || url.Contains("/layers"));
            await Assertions.Expect(page.GetByText("Probability of tumor")).ToHaveCountAsync(0);
            await store.ClickAsync();
            await Assertions.Expect(page.GetByText("Probability of tumor")).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByText("1 place")).ToBeVisibleAsync();
            if (place == 0 && keeps)
            {
                await Browser.CheckAsync(page);
                // Whoever loads the page anew goes on where he was.
                await page.ReloadAsync();
                await Assertions.Expect(page.GetByText("Stored: normal, confidence 2 of 5")).ToBeVisibleAsync();
            }
            if (keeps)
                await page.GetByRole(AriaRole.Button, new() { Name = "Keep my verdict" }).ClickAsync();
            else
            {
                await page.GetByLabel("tumor").CheckAsync();
                await page.GetByLabel("5 sure").CheckAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Store the changed verdict" }).ClickAsync();
            }
        }
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "All cases are read" }))
            .ToBeVisibleAsync();
        Assert.Empty(said);
        await page.CloseAsync();
    }
}
