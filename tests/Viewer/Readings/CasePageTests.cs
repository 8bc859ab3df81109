using Coverslip.Viewer.Readings;
using Coverslip.Viewer.Tests.Pages;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>Cases of other kinds than a slide of a plain name on a wide screen.</summary>
public sealed class CasePageTests(Browser browser)
{
    [Fact]
    public async Task Pictures_are_read_to_the_end_at_the_width_of_a_telephone_and_each_reader_sees_their_own()
    {
        await using var study = await PaintedStudy.ServePicturesAsync(2, ("ada", [0, 1]), ("ben", [1]));
        var (page, console) = await browser.OpenAsync($"{study.Host.Address}?token={study.Tokens["ada"]}", 400);
        for (var place = 0; place < 2; place++)
        {
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Case {place + 1} of 2" }))
                .ToBeVisibleAsync();
            await NeedNarrowAsync(page);
            await page.GetByLabel("Window").FillAsync("0.5");
            await page.GetByLabel("tumor", new() { Exact = true }).CheckAsync();
            await page.GetByLabel("4 very likely").CheckAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Mark the middle of the view" }).ClickAsync();
            await Expect(page.GetByText("Probability of tumor")).ToHaveCountAsync(0);
            await page.GetByRole(AriaRole.Button, new() { Name = "Store my verdict" }).ClickAsync();
            await Expect(page.GetByText("Probability of tumor: 0.8")).ToBeVisibleAsync();
            await NeedNarrowAsync(page);
            await page.GetByLabel("Laid over").SelectOptionAsync("mask");
            if (place == 0)
                await Browser.CheckAsync(page);
            await page.GetByRole(AriaRole.Button, new() { Name = "Keep my verdict" }).ClickAsync();
        }
        await Expect(page.GetByText("Thank you, ada: 2 cases of study are stored.")).ToBeVisibleAsync();
        var mark = Assert.Single((await VerdictsAsync(study, "ada"))[0].Marks!);
        Assert.Equal((64, 64), (mark.X, mark.Y));

        // The next reader's first picture has the address of ada's: it is the other one all the same.
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByLabel("Token").FillAsync(study.Tokens["ben"]);
        var shown = page.WaitForResponseAsync(r => r.Url.Contains("/api/reading/0/picture.jpg"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        var own = await (await shown).BodyAsync();
        await Expect(page.GetByText("reading as ben")).ToBeVisibleAsync();
        using var ada = await BlindTests.SignInAsync(study, "ada");
        var address = new Uri((await shown).Url).PathAndQuery;
        var stop = TestContext.Current.CancellationToken;
        Assert.Equal(
            await ada.GetByteArrayAsync(address.Replace("/0/", "/1/").Replace("reader=ben", "reader=ada"), stop),
            own
        );
        using var others = await ada.GetAsync(address, stop);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, others.StatusCode);
        Assert.All(console, said => Assert.Contains("401", said)); // of the page that asks for a token
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_slide_of_any_name_is_read_and_its_marks_lie_where_they_were_clicked_turned_or_not()
    {
        const string name = "a  b #1 50%25 \"q\" 'é' ü?&<i>;\n2";
        await using var study = await PaintedStudy.ServeNamedAsync([name], ("ada", [0]));
        var (page, console) = await browser.OpenAsync($"{study.Host.Address}?token={study.Tokens["ada"]}", 1000);
        await page.GetByLabel("a click marks a lesion").CheckAsync();
        var canvas = page.Locator(".openseadragon-canvas").First;
        await page.WaitForFunctionAsync("document.querySelector('.scale .rule') !== null");
        var box = (await canvas.BoundingBoxAsync())!;
        // The whole slide is shown in the middle: a place right of it, and one above.
        await canvas.ClickAsync(
            new()
            {
                Position = new() { X = box.Width / 2 + 100, Y = box.Height / 2 - 40 },
            }
        );
        await Expect(page.GetByLabel("Confidence of mark 1")).ToBeVisibleAsync();
        await canvas.FocusAsync();
        await page.Keyboard.PressAsync("r");
        await canvas.ClickAsync(
            new()
            {
                Position = new() { X = box.Width / 2 + 40, Y = box.Height / 2 + 100 },
            }
        );
        await Expect(page.GetByLabel("Confidence of mark 2")).ToBeVisibleAsync();
        await canvas.ClickAsync(
            new()
            {
                Position = new() { X = 3, Y = 3 },
            }
        );
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No mark was set");
        await page.GetByLabel("normal").CheckAsync();
        await page.GetByLabel("2 unsure").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Store my verdict" }).ClickAsync();
        await Expect(page.GetByText("1 place", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep my verdict" }).ClickAsync();
        await Expect(page.GetByText("Thank you, ada: 1 case of study is stored.")).ToBeVisibleAsync();
        var marks = (await VerdictsAsync(study, "ada"))[0].Marks!;
        // Turned by 90° clockwise, what was up is right: both clicks are at one place of the slide.
        Assert.Equal(2, marks.Count);
        Assert.InRange(marks[1].X - marks[0].X, -3, 3);
        Assert.InRange(marks[1].Y - marks[0].Y, -3, 3);
        Assert.True(marks[0] is { X: > 560, Y: < 500 }, $"{marks[0]}");
        Assert.Empty(console);
        await page.CloseAsync();
    }

    /// <summary>Nothing is wider than the screen, and what is looked at has some of it.</summary>
    private static async Task NeedNarrowAsync(IPage page)
    {
        Assert.Equal(400, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        var looked = (await page.Locator(".panes").BoundingBoxAsync())!;
        Assert.True(looked is { Width: 400, Height: > 300 }, $"{looked.Width} × {looked.Height}");
    }

    private static async Task<List<VerdictPost>> VerdictsAsync(PaintedStudy study, string reader) =>
        [
            .. (await (await ReadingLog.OpenAsync(study.Place)).Log.RowsOfAsync(reader))
                .Where(r => r.What == Actions.Verdict)
                .Select(VerdictPost.Of),
        ];
}
