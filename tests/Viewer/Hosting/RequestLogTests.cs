using System.Net;
using System.Text;
using System.Text.Json;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Tests.Hosting;

/// <summary>What is logged and measured of requests, and what is not.</summary>
public sealed class RequestLogTests(ViewedPhantoms phantoms)
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 5)]
    public async Task A_line_to_each_request_that_failed_or_to_every_one_and_none_names_a_slide(bool all, int lines)
    {
        using var log = new StringWriter();
        string token;
        await using (
            var viewer = await RunningViewer.StartAsync(phantoms.Folder, new ViewerOptions { Log = log, LogsAll = all })
        )
        {
            token = viewer.Entry.Query["?token=".Length..];
            await AskAsync(viewer);
        }
        var written = log.ToString();
        JsonElement[] told = [.. written.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parsed)];
        Assert.Equal(lines, told.Length);
        var failed = told.Single(l => l.GetProperty("status").GetInt32() == 404);
        Assert.Equal("/api/slides/{id}", failed.GetProperty("route").GetString());
        Assert.Equal("GET", failed.GetProperty("method").GetString());
        foreach (var secret in new[] { token, "P-nobody", "unknown", phantoms.Folder })
            Assert.DoesNotContain(secret, written);
    }

    [Fact]
    public async Task Metrics_go_to_the_collector_that_was_named_and_name_no_slide()
    {
        using var collector = new HttpListener();
        var port = FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        var received = ReceiveAsync(collector);
        string token;
        await using (
            var viewer = await RunningViewer.StartAsync(
                phantoms.Folder,
                new ViewerOptions { Metrics = new Uri($"http://127.0.0.1:{port}/v1/metrics") }
            )
        )
        {
            token = viewer.Entry.Query["?token=".Length..];
            await AskAsync(viewer);
        }
        var (path, body) = await received.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("/v1/metrics", path);
        Assert.Contains("http.server.request.duration", body);
        Assert.Contains("/api/slides/{id}", body);
        foreach (var secret in new[] { token, "P-nobody", phantoms.Folder })
            Assert.DoesNotContain(secret, body);
    }

    /// <summary>The entry, the session, the list, a slide, and one that is not there.</summary>
    private static async Task AskAsync(RunningViewer viewer)
    {
        await viewer.EnterAsync();
        var slide = await viewer.SlideAsync("unknown");
        using (await viewer.JsonAsync($"/api/slides/{slide}")) { }
        using var missing = await viewer.Client.GetAsync("/api/slides/P-nobody");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static async Task<(string Path, string Body)> ReceiveAsync(HttpListener collector)
    {
        var asked = await collector.GetContextAsync();
        using var body = new MemoryStream();
        await asked.Request.InputStream.CopyToAsync(body);
        asked.Response.Close();
        // Protocol buffers hold their strings as they are.
        return (asked.Request.Url!.AbsolutePath, Encoding.UTF8.GetString(body.ToArray()));
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static JsonElement Parsed(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.Clone();
    }
}
