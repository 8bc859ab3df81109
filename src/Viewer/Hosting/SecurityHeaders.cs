using Microsoft.AspNetCore.Http;

namespace Coverslip.Viewer.Hosting;

/// <summary>What the browser is told to refuse: scripts, pictures and frames of anybody else.</summary>
internal static class SecurityHeaders
{
    /// <summary>The hash of nothing: an empty style element, by which OpenSeadragon is kept from adding its own.</summary>
    private const string EmptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

    private const string Policy =
        $"default-src 'none'; script-src 'self'; style-src 'self' {EmptyStyle}; img-src 'self' blob: data:; connect-src 'self'; "
        + "font-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    internal static void Set(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        // What is said of patients is kept by no cache on the way; tiles and the bundle say otherwise for themselves.
        headers.CacheControl = "no-store";
    }
}
