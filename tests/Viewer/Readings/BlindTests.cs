using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Readings;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Tests.Readings;

/// <summary>Nothing of the machine leaves the server before a reader's own verdict is stored; asked at every address that there is.</summary>
public sealed class BlindTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_file_in_a_slides_place_and_a_study_that_was_moved_take_no_verdict()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]));
        var ada = await SignInAsync(study, "ada");
        await OpenAsync(ada, 0);
        var moved = study.Place.File + ".moved";
        File.Move(study.Place.File!, moved);
        using var refused = await ada.PostAsJsonAsync(
            "/api/reading/0/verdict",
            new { verdict = InventedStudy.Verdict(), viewport = "1 2 3 0" },
            Stop
        );
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("not stored: study.reading", await refused.Content.ReadAsStringAsync(Stop));
        File.Move(moved, study.Place.File!);

        File.Copy(study.Study.Cases[0].File, study.Study.Cases[1].File, overwrite: true);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() =>
            ReadingViewer.StartAsync(study.Place, new ViewerOptions { Port = 0 })
        );
        Assert.Contains($"{study.Study.Cases[1].File}: is not the file that study was made with", error.Message);
    }

    [Fact]
    public async Task Every_address_holds_the_machine_back_until_the_first_verdict()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]), ("ben", [0, 1]));
        var (ada, ben) = (await SignInAsync(study, "ada"), await SignInAsync(study, "ben"));
        await OpenAsync(ada, 0);
        await OpenAsync(ben, 0);

        var before = await WalkAsync(study, ada);
        Assert.True(before.Count >= 40, $"{before.Count} addresses were asked");
        // What a reader is to see is there: tiles of the open case, not of the next.
        string[] ids = [.. study.Study.Cases.Select(c => ViewedFile.IdOf(c.Contents))];
        Assert.Equal(HttpStatusCode.OK, before[$"GET /api/slides/{ids[0]}/tiles/9/0_0.jpg"].Status);
        Assert.Equal(HttpStatusCode.NotFound, before[$"GET /api/slides/{ids[1]}/tiles/9/0_0.jpg"].Status);
        Assert.Equal(HttpStatusCode.NotFound, before[$"GET /api/slides/{ids[1]}/thumbnail.jpg"].Status);
        foreach (var (address, answer) in before)
        {
            var text = Encoding.Latin1.GetString(answer.Body);
            for (var slide = 0; slide < 2; slide++)
            {
                Assert.DoesNotContain(PaintedStudy.NameOf(slide), text); // tells the truth
                Assert.DoesNotContain(Digits(slide), text);
            }
            Assert.DoesNotContain(study.Folder, text);
            if (address.Contains("/layers") || address.Contains("/machine") || address.Contains("/quality"))
                Assert.True(answer.Status is not HttpStatusCode.OK, address);
        }

        await PostAsync(ada, "/api/reading/0/verdict", new { verdict = InventedStudy.Verdict(), viewport = "1 2 3 0" });
        var after = await WalkAsync(study, ada);
        var machine = after[$"GET /api/reading/0/machine"];
        Assert.Equal(HttpStatusCode.OK, machine.Status);
        Assert.Contains(Digits(0), Encoding.UTF8.GetString(machine.Body));
        var map = after.Single(a =>
            a.Key.Contains(ids[0]) && a.Key.EndsWith("values.png") && a.Value.Status == HttpStatusCode.OK
        );
        Assert.DoesNotContain(before, b => b.Value.Body.AsSpan().SequenceEqual(map.Value.Body));
        // Names stay back: the second verdict is to come.
        Assert.All(after.Values, a => Assert.DoesNotContain(PaintedStudy.NameOf(0), Encoding.Latin1.GetString(a.Body)));
        // Nothing of the next case, and nothing for the other reader.
        foreach (var (address, answer) in after.Where(a => a.Key.Contains(ids[1]) || a.Key.Contains("/reading/1/")))
            Assert.DoesNotContain(Digits(1), Encoding.Latin1.GetString(answer.Body));
        var others = await WalkAsync(study, ben);
        Assert.All(others.Values, a => Assert.DoesNotContain(Digits(0), Encoding.Latin1.GetString(a.Body)));
        Assert.DoesNotContain(others, b => b.Value.Body.AsSpan().SequenceEqual(map.Value.Body));
        var (rows, _, fault) = await ActionChain.VerifyAsync((await ReadingLog.OpenAsync(study.Place)).Log.RowsAsync());
        Assert.Null(fault);
        Assert.True(rows > 4);
    }

    [Fact]
    public async Task Of_a_picture_nothing_of_the_machine_is_sent_before_the_first_verdict_at_any_address()
    {
        await using var study = await PaintedStudy.ServePicturesAsync(2, ("ada", [0, 1]), ("ben", [0, 1]));
        var (ada, ben) = (await SignInAsync(study, "ada"), await SignInAsync(study, "ben"));
        await OpenAsync(ada, 0);
        await OpenAsync(ben, 0);
        string[] drawn = [.. new[] { 0, 1 }.Select(n => $"GET /api/reading/0/machine/{n}.")];
        bool IsDrawn(string address) => drawn.Any(address.StartsWith);

        var before = await WalkAsync(study, ada);
        Assert.Equal(HttpStatusCode.OK, before["GET /api/reading/0/picture.jpg"].Status);
        Assert.Equal(HttpStatusCode.NotFound, before["GET /api/reading/1/picture.jpg"].Status); // not opened
        Assert.Equal(4, before.Keys.Count(IsDrawn));
        Assert.All(before.Where(b => IsDrawn(b.Key)), b => Assert.Equal(HttpStatusCode.Forbidden, b.Value.Status));
        foreach (var (address, answer) in before)
        {
            var text = Encoding.Latin1.GetString(answer.Body);
            Assert.DoesNotContain(PaintedStudy.NameOf(0), text);
            Assert.DoesNotContain(PaintedStudy.NameOf(1), text);
            Assert.DoesNotContain(Digits(0), text);
            Assert.DoesNotContain(study.Folder, text);
            if (address.Contains("/machine"))
                Assert.True(answer.Status is not HttpStatusCode.OK, address);
        }

        await PostAsync(ada, "/api/reading/0/verdict", new { verdict = InventedStudy.Verdict() });
        var after = await WalkAsync(study, ada);
        var said = Encoding.UTF8.GetString(after["GET /api/reading/0/machine"].Body);
        Assert.Contains(Digits(0), said);
        Assert.Contains("""{"name":"activation map: tumor","mask":false},{"name":"mask","mask":true}""", said);
        Assert.DoesNotContain(PaintedStudy.NameOf(0), said);
        var (map, mask) = (after[$"{drawn[0]}jpg"], after[$"{drawn[1]}png"]);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (map.Status, mask.Status));
        Assert.All(
            await WalkAsync(study, ben),
            b =>
                Assert.False(
                    b.Value.Body.AsSpan().SequenceEqual(map.Body) || b.Value.Body.AsSpan().SequenceEqual(mask.Body)
                )
        );
        Assert.DoesNotContain(before.Values, b => b.Body.AsSpan().SequenceEqual(map.Body));
        // What the machine drew was replaced since: it is not shown any more.
        File.Copy(
            Path.Combine(study.Study.Predictions, "overlays", $"{PaintedStudy.NameOf(1)}-tumor.png"),
            Path.Combine(study.Study.Predictions, "overlays", $"{PaintedStudy.NameOf(0)}-tumor.png"),
            overwrite: true
        );
        using var changed = await ada.GetAsync("/api/reading/0/machine", Stop);
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
    }

    [Fact]
    public async Task Slides_of_others_and_visitors_without_token_are_refused()
    {
        await using var study = await PaintedStudy.ServeAsync(2, ("ada", [0, 1]), ("cy", [1]));
        var cy = await SignInAsync(study, "cy");
        await OpenAsync(cy, 0);
        string[] ids = [.. study.Study.Cases.Select(c => ViewedFile.IdOf(c.Contents))];
        Assert.Equal(HttpStatusCode.OK, (await cy.GetAsync($"/api/slides/{ids[1]}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await cy.GetAsync($"/api/slides/{ids[0]}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await cy.PostAsync("/api/reading/1/open", null, Stop)).StatusCode);
        using var nobody = new HttpClient { BaseAddress = study.Host.Address };
        foreach (var (address, answer) in await WalkAsync(study, nobody))
            if (address.Contains(" /api/"))
                Assert.True(
                    answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest,
                    $"{address}: {answer.Status}"
                );
        using var guess = await nobody.PostAsJsonAsync("/api/session", new { token = "guess" }, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
    }

    [Fact]
    public async Task What_no_page_sends_is_refused_in_words()
    {
        await using var study = await PaintedStudy.ServeAsync(1, ("ada", [0]));
        var ada = await SignInAsync(study, "ada");
        await OpenAsync(ada, 0);
        async Task<string> Refused(VerdictPost verdict)
        {
            using var answer = await ada.PostAsJsonAsync("/api/reading/0/verdict", new { verdict }, Stop);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Stop);
        }
        Assert.Contains("is no class of this study: normal, tumor", await Refused(InventedStudy.Verdict("benign")));
        Assert.Contains("the confidence is 9; it is 1 to 5", await Refused(InventedStudy.Verdict(confidence: 9)));
        Assert.Contains(
            "mark 1 is at -1, 2 with confidence 3; a mark lies on the slide",
            await Refused(InventedStudy.Verdict() with { Marks = [new(-1, 2, 3)] })
        );
        Assert.Contains(
            "4000 at most",
            await Refused(InventedStudy.Verdict() with { Comment = new string('x', 4001) })
        );
        using var early = await ada.PostAsJsonAsync(
            "/api/reading/0/final",
            new { verdict = InventedStudy.Verdict() },
            Stop
        );
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Contains("comes after the machine's view", await early.Content.ReadAsStringAsync(Stop));
        // Predictions that were changed since are not shown.
        await PostAsync(ada, "/api/reading/0/verdict", new { verdict = InventedStudy.Verdict() });
        await File.AppendAllTextAsync(
            Path.Combine(study.Study.Predictions, "detections", $"{PaintedStudy.NameOf(0)}.csv"),
            "0.9,1,1\n",
            Stop
        );
        using var changed = await ada.GetAsync("/api/reading/0/machine", Stop);
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
        Assert.Contains("was changed since the study was made", await changed.Content.ReadAsStringAsync(Stop));
    }

    internal static async Task<HttpClient> SignInAsync(PaintedStudy study, string reader)
    {
        var client = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() })
        {
            BaseAddress = study.Host.Address,
        };
        using var answer = await client.PostAsJsonAsync("/api/session", new { token = study.Tokens[reader] }, Stop);
        var session = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
        client.DefaultRequestHeaders.Add("X-Coverslip-Csrf", session.GetProperty("csrf").GetString());
        return client;
    }

    private static Task OpenAsync(HttpClient client, int place) =>
        PostAsync(client, $"/api/reading/{place}/open", new { });

    private static async Task PostAsync(HttpClient client, string address, object body)
    {
        using var answer = await client.PostAsJsonAsync(address, body, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static string Digits(int slide) =>
        PaintedStudy.ProbabilityOf(slide).ToString(CultureInfo.InvariantCulture)[..8];

    /// <summary>Asks every route that the server has, with every slide, layer, place and level for its parts; leaves out signing out and verdicts.</summary>
    private static async Task<Dictionary<string, (HttpStatusCode Status, byte[] Body)>> WalkAsync(
        PaintedStudy study,
        HttpClient client
    )
    {
        var cases = study.Study.Cases;
        var answers = new Dictionary<string, (HttpStatusCode, byte[])>();
        foreach (var route in study.Host.Endpoints)
        {
            var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            IEnumerable<string> addresses = [route.RoutePattern.RawText!];
            foreach (var part in route.RoutePattern.Parameters)
                addresses = addresses
                    .SelectMany(a => Values(part.Name, cases).Select(v => Filled(a, part.Name, v)))
                    .ToList();
            foreach (
                var (method, address) in methods.SelectMany(m => addresses.Select(a => (m, "/" + a.TrimStart('/'))))
            )
            {
                if (method == "DELETE" || address.EndsWith("/verdict") || address == "/api/session")
                    continue;
                using var request = new HttpRequestMessage(new HttpMethod(method), address);
                using var answer = await client.SendAsync(request, Stop);
                answers[$"{method} {address}"] = (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Stop));
            }
        }
        return answers;
    }

    private static IEnumerable<string> Values(string part, IReadOnlyList<ReadingCase> cases) =>
        part switch
        {
            "id" => cases.Select(c => ViewedFile.IdOf(c.Contents)),
            "layer" => cases.Select(c => ViewedFile.IdOf($"{c.Contents} map")),
            "place" => cases.Select((_, i) => $"{i}"),
            "level" => ["0", "9"],
            "column" or "row" => ["0"],
            "number" => ["0", "1"],
            _ => ["x"],
        };

    /// <summary><c>{level:int}</c> and <c>{level}</c> alike.</summary>
    private static string Filled(string address, string part, string value) =>
        System.Text.RegularExpressions.Regex.Replace(address, $@"\{{{part}(:[^}}]*)?\}}", value);
}
