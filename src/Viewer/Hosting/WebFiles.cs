using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coverslip.Viewer.Hosting;

/// <summary>The page, its script, styles and pictures, as they are embedded in this assembly.</summary>
internal static class WebFiles
{
    private const string Prefix = "web/";

    private static readonly FrozenDictionary<string, byte[]> Files = typeof(WebFiles)
        .Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => "/" + name[Prefix.Length..].Replace('\\', '/'), Read);

    /// <summary>Each file at its own address: an address is looked up, and never becomes a path.</summary>
    internal static void Map(WebApplication app)
    {
        foreach (var (path, bytes) in Files)
            app.MapGet(path == "/index.html" ? "/" : path, (HttpContext http) => Send(http, path, bytes));
    }

    private static IResult Send(HttpContext http, string path, byte[] bytes)
    {
        // Names in assets hold a hash of what is in them.
        if (path.StartsWith("/assets/", StringComparison.Ordinal))
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(bytes, TypeOf(path));
    }

    private static string TypeOf(string path) =>
        Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".woff2" => "font/woff2",
            _ => "application/octet-stream",
        };

    private static byte[] Read(string name)
    {
        using var stream = typeof(WebFiles).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
