using System.Net;
using Coverslip.Viewer.Hosting;

namespace Coverslip.Viewer.Tests;

/// <summary>A viewer on a free port with a client that keeps cookies.</summary>
internal sealed class RunningViewer : IAsyncDisposable
{
    private readonly ViewerHost host;

    private RunningViewer(ViewerHost host, Uri entry)
    {
        (this.host, Entry) = (host, entry);
        Client = new HttpClient(Handler) { BaseAddress = host.Address };
    }

    internal Uri Entry { get; }

    internal Uri Address => host.Address;

    internal HttpClientHandler Handler { get; } =
        new() { CookieContainer = new CookieContainer(), AllowAutoRedirect = false };

    internal HttpClient Client { get; }

    internal static async Task<RunningViewer> StartAsync(string folder, ViewerOptions? options = null)
    {
        var (host, entry) = await SlideViewer.StartAsync([folder], (options ?? new ViewerOptions()) with { Port = 0 });
        return new RunningViewer(host, entry);
    }

    /// <summary>Signs in, and sends the word for writes along from then on.</summary>
    internal async Task EnterAsync()
    {
        using var entered = await Client.GetAsync(Entry);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        using var session = await JsonAsync("/api/session");
        Client.DefaultRequestHeaders.Add("X-Coverslip-Csrf", session.RootElement.GetProperty("csrf").GetString());
    }

    internal async Task<System.Text.Json.JsonDocument> JsonAsync(string path) =>
        System.Text.Json.JsonDocument.Parse(await Client.GetStringAsync(path));

    /// <summary>The address of a slide by its name.</summary>
    internal async Task<string> SlideAsync(string name)
    {
        using var list = await JsonAsync("/api/slides");
        return list
            .RootElement.GetProperty("slides")
            .EnumerateArray()
            .Single(s => s.GetProperty("name").GetString() == name)
            .GetProperty("id")
            .GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Handler.Dispose();
        await host.DisposeAsync();
    }
}
