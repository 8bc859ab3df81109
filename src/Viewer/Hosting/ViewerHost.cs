using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Coverslip.Viewer.Hosting;

/// <summary>A viewer that listens, until it is disposed.</summary>
public sealed class ViewerHost : IAsyncDisposable
{
    /// <summary>Annotations of a slide with tens of thousands of outlines fit; more is somebody's mistake.</summary>
    private const long LargestUpload = 16 << 20;

    private readonly WebApplication app;
    private readonly IViewerModule[] modules;
    private IDisposable[] owned = [];

    private ViewerHost(WebApplication app, IViewerModule[] modules, ViewerOptions options)
    {
        (this.app, this.modules) = (app, modules);
        var listens = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        // All of a machine's addresses are none that a browser can open: its name is.
        var everywhere = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any);
        var name = everywhere ? Dns.GetHostName() : listens.Host;
        Address = new UriBuilder(options.Certificate is null ? "http" : "https", name, listens.Port).Uri;
    }

    /// <summary>Where it listens: scheme, host and port.</summary>
    public Uri Address { get; }

    /// <summary>Everything that can be asked.</summary>
    internal IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port that was asked for is taken, or the address is none of this machine.</exception>
    internal static async Task<ViewerHost> StartAsync(
        ViewerOptions options,
        AccessTokens tokens,
        IEnumerable<IViewerModule> modules
    )
    {
        var parts = modules.ToArray();
        try
        {
            return await StartAt(options.Port ?? ViewerOptions.UsualPort, options, tokens, parts);
        }
        catch (IOException error) when (options.Port is null && error.InnerException is AddressInUseException)
        {
            return await StartAt(0, options, tokens, parts);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new IOException(
                $"port {options.Port} is taken; name another with --port, or leave it out for a free one",
                error
            );
        }
        catch (SocketException error)
        {
            throw new IOException(
                $"cannot listen at {options.Address}: {error.Message}; --listen takes an address of this machine, such as 0.0.0.0 for all",
                error
            );
        }
    }

    /// <summary>Stops to listen; requests under way get a second.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
        foreach (var module in modules.OfType<IDisposable>())
            module.Dispose();
        foreach (var each in owned)
            each.Dispose();
    }

    /// <summary>What ends with the viewer, in this order.</summary>
    internal void Own(params IDisposable[] ending) => owned = [.. owned, .. ending];

    private static async Task<ViewerHost> StartAt(
        int port,
        ViewerOptions options,
        AccessTokens tokens,
        IViewerModule[] modules
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, port, options));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var metrics = options.Metrics is { } to ? new RequestMetrics(to) : null;
        Requests.Report(app, options, metrics);
        var gate = new Gate(tokens, new Sessions(options.Clock, options.SessionTime), options);
        gate.Guard(app);
        app.UseRouting();
        app.MapGet("/health", () => Results.Json(new { status = "ok" }));
        WebFiles.Map(app);
        gate.Map(app);
        foreach (var module in modules)
            module.Map(app.MapGroup("/api"));
        app.UseEndpoints(_ => { });
        try
        {
            await app.StartAsync();
            var host = new ViewerHost(app, modules, options);
            if (metrics is not null)
                host.Own(metrics);
            return host;
        }
        catch
        {
            metrics?.Dispose();
            await app.DisposeAsync();
            throw;
        }
    }

    private static void Configure(KestrelServerOptions kestrel, int port, ViewerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestUpload;
        kestrel.Listen(
            options.Address,
            port,
            listen =>
            {
                if (options.Certificate is { } certificate)
                    listen.UseHttps(certificate);
            }
        );
    }
}
