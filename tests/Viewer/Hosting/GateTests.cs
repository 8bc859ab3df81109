using System.Net;
using System.Net.Http.Json;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Tests.Hosting;

public sealed class GateTests(ViewedPhantoms phantoms)
{
    [Fact]
    public async Task Without_a_token_nothing_of_a_slide_is_told()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        foreach (
            var path in (string[])
                ["/api/slides", "/api/session", "/api/slides/0123456789abcdef/tiles/0/0_0.jpg", "/api/nothing"]
        )
        {
            using var answer = await viewer.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.DoesNotContain("viewed", await answer.Content.ReadAsStringAsync());
        }
        using var wrong = await viewer.Client.GetAsync("/?token=AAAA");
        Assert.False(wrong.Headers.Contains("Set-Cookie"));
        using var health = await viewer.Client.GetAsync("/health");
        Assert.Equal("""{"status":"ok"}""", await health.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_token_becomes_a_cookie_that_no_script_reads_and_leaves_the_address()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        using var entered = await viewer.Client.GetAsync(viewer.Entry);
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        Assert.Equal("/", entered.Headers.Location?.ToString());
        using var list = await viewer.Client.GetAsync("/api/slides");
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Fact]
    public async Task A_write_needs_the_word_of_the_session()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        using (await viewer.Client.GetAsync(viewer.Entry)) { }
        using var without = await viewer.Client.DeleteAsync("/api/session");
        Assert.Equal(HttpStatusCode.Forbidden, without.StatusCode);
        await viewer.EnterAsync();
        using var foreign = new HttpRequestMessage(HttpMethod.Delete, "/api/session");
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        using var refused = await viewer.Client.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var left = await viewer.Client.DeleteAsync("/api/session");
        Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        using var after = await viewer.Client.GetAsync("/api/slides");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Signing_in_by_hand_needs_the_right_token()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        using var wrong = await viewer.Client.PostAsJsonAsync("/api/session", new { token = "guess" });
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await viewer.Client.PostAsJsonAsync(
            "/api/session",
            new { token = viewer.Entry.Query["?token=".Length..] }
        );
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_told_why_and_a_wrong_token_lets_nobody_in_as_somebody_else()
    {
        var clock = new HandClock();
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder, new ViewerOptions { Clock = clock });
        async Task<string> Told()
        {
            using var answer = await viewer.Client.GetAsync("/api/slides");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        }
        Assert.Contains("not signed in; open the address that 'coverslip view' printed", await Told());
        await viewer.EnterAsync();
        clock.Now += TimeSpan.FromHours(13);
        Assert.Contains("your session has ended: 12 hours have passed without a request", await Told());
        using (var again = await viewer.Client.GetAsync(viewer.Entry)) { }
        using (var list = await viewer.Client.GetAsync("/api/slides"))
            Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        using var wrong = await viewer.Client.GetAsync("/?token=of-nobody");
        Assert.Equal("/#/unknown-token", wrong.Headers.Location?.ToString());
        Assert.Contains("not signed in", await Told());
    }

    /// <summary>A page of somebody whose name was made to lead to this machine (DNS rebinding).</summary>
    [Fact]
    public async Task Another_name_than_this_machines_is_refused()
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        using var request = new HttpRequestMessage(HttpMethod.Get, viewer.Entry);
        request.Headers.Host = "slides.example";
        using var answer = await viewer.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/slides")]
    [InlineData("/nothing")]
    public async Task Every_answer_forbids_foreign_and_inline_scripts(string path)
    {
        await using var viewer = await RunningViewer.StartAsync(phantoms.Folder);
        using var answer = await viewer.Client.GetAsync(path);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotContain("http", policy);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("frame-ancestors 'none'", policy);
    }

    [Fact]
    public void A_session_ends_when_nobody_came_for_its_time()
    {
        var clock = new HandClock();
        var sessions = new Sessions(clock, TimeSpan.FromHours(1));
        var session = sessions.Begin(Visitor.Owner);
        clock.Now += TimeSpan.FromMinutes(50);
        Assert.NotNull(sessions.Of(session.Id));
        clock.Now += TimeSpan.FromMinutes(50);
        Assert.NotNull(sessions.Of(session.Id));
        clock.Now += TimeSpan.FromMinutes(61);
        Assert.Null(sessions.Of(session.Id));
        Assert.Null(sessions.Of("another"));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_only_where_it_was_asked_for()
    {
        await using var first = await RunningViewer.StartAsync(phantoms.Folder);
        var error = await Assert.ThrowsAsync<IOException>(() =>
            SlideViewer.StartAsync([phantoms.Folder], new ViewerOptions { Port = first.Address.Port })
        );
        Assert.Equal(
            $"port {first.Address.Port} is taken; name another with --port, or leave it out for a free one",
            error.Message
        );
    }

    [Fact]
    public async Task Where_nothing_is_to_be_shown_no_viewer_starts()
    {
        using var empty = new TempFolder();
        var error = await Assert.ThrowsAsync<IOException>(() =>
            SlideViewer.StartAsync([empty.Path], new ViewerOptions())
        );
        Assert.Equal(
            $"{empty.Path}: no slide and no cohort of pictures lies there; name slides, a folder of slides with what 'coverslip predict' wrote of them, or a folder with a cohort.csv",
            error.Message
        );
    }

    private sealed class HandClock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
