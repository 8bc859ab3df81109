using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coverslip.Viewer.Hosting;

/// <summary>Who may call what: signing in with a token, the cookie that follows, and the header that every write needs.</summary>
internal sealed class Gate(AccessTokens tokens, Sessions sessions, ViewerOptions options)
{
    internal const string CsrfHeader = "X-Coverslip-Csrf";

    private static readonly object Key = new();

    private bool Tls => options.Certificate is not null;

    /// <summary>Who calls; every address under <c>/api</c> has one.</summary>
    internal static Visitor VisitorOf(HttpContext http) => SessionOf(http).Visitor;

    internal static Session SessionOf(HttpContext http) => (Session)http.Items[Key]!;

    /// <summary>Goes before everything else.</summary>
    internal void Guard(WebApplication app) =>
        app.Use(
            async (http, next) =>
            {
                SecurityHeaders.Set(http.Response.Headers);
                if (!IsOurHost(http.Request.Host.Host))
                    await Refuse(
                        http,
                        HttpStatusCode.MisdirectedRequest,
                        $"this viewer is not called '{http.Request.Host.Host}'"
                    );
                else if (http.Request.Path == "/" && http.Request.Query.TryGetValue("token", out var token))
                    await Enter(http, token);
                else if (
                    !http.Request.Path.StartsWithSegments("/api")
                    || http.Request.Path == "/api/session" && IsPost(http)
                )
                    await (IsForeign(http) ? Refuse(http, HttpStatusCode.Forbidden, "another site asks") : next(http));
                else if (sessions.Of(http.Request.Cookies[CookieOf(http)]) is not { } session)
                    await Refuse(http, HttpStatusCode.Unauthorized, NotSignedIn(http));
                else if (IsWrite(http) && (IsForeign(http) || http.Request.Headers[CsrfHeader] != session.Csrf))
                    await Refuse(
                        http,
                        HttpStatusCode.Forbidden,
                        $"a write needs the header {CsrfHeader} with the word that /api/session gives"
                    );
                else
                {
                    http.Items[Key] = session;
                    await next(http);
                }
            }
        );

    /// <summary>The addresses of signing in and out.</summary>
    internal void Map(WebApplication app)
    {
        app.MapPost(
            "/api/session",
            async (HttpContext http) =>
            {
                var asked = await Requests.BodyOf<SignIn>(http);
                if (tokens.Of(asked.Token?.Trim()) is not { } visitor)
                    return Results.Json(new { error = UnknownToken }, statusCode: 401);
                var session = Begin(http, visitor);
                return Results.Json(Describe(session));
            }
        );
        app.MapGet("/api/session", (HttpContext http) => Results.Json(Describe(SessionOf(http))));
        app.MapDelete("/api/session", Leave);
    }

    /// <summary>What somebody is told whose token nobody holds; a mistyped one lacks a letter as often as not.</summary>
    private string UnknownToken =>
        tokens.AreReaders
            ? "this token is not known here; copy all 43 letters of it, or ask the study's owner, whom 'coverslip reading new' told it"
            : "this token is not known here; copy all 43 letters of it from the address that 'coverslip view' printed, which is a new one with each start";

    private string NotSignedIn(HttpContext http)
    {
        var hours = $"{options.SessionTime.TotalHours:0.#}";
        var ended = http.Request.Cookies.ContainsKey(CookieOf(http))
            ? $"your session has ended: {hours} hours have passed without a request, somebody signed out, or the viewer was started anew; "
            : "not signed in; ";
        return ended
            + (
                tokens.AreReaders
                    ? "give the token that the study's owner gave you"
                    : "open the address that 'coverslip view' printed, or give the token that stands in it"
            );
    }

    private static object Describe(Session session) =>
        new
        {
            visitor = session.Visitor.Name,
            csrf = session.Csrf,
            reads = session.Visitor.Reads,
        };

    internal static Task Refuse(HttpContext http, HttpStatusCode status, string error)
    {
        http.Response.StatusCode = (int)status;
        return http.Response.WriteAsJsonAsync(new { error });
    }

    /// <summary>
    /// The token goes from the address at once: it would stay in the history and in what is copied from it. With one that nobody
    /// has, whoever was signed in here before is not: the page would be that one's.
    /// </summary>
    private Task Enter(HttpContext http, string? token)
    {
        var visitor = tokens.Of(token);
        if (visitor is null)
            Leave(http);
        else
            Begin(http, visitor);
        http.Response.Redirect(visitor is null ? "/#/unknown-token" : "/");
        return Task.CompletedTask;
    }

    private void Leave(HttpContext http)
    {
        sessions.End(http.Request.Cookies[CookieOf(http)]);
        if (http.Request.Cookies.ContainsKey(CookieOf(http)))
            http.Response.Cookies.Delete(CookieOf(http), Cookie);
    }

    private CookieOptions Cookie =>
        new()
        {
            HttpOnly = true,
            Secure = Tls,
            SameSite = SameSiteMode.Lax,
            Path = "/",
        };

    private Session Begin(HttpContext http, Visitor visitor)
    {
        sessions.End(http.Request.Cookies[CookieOf(http)]);
        var session = sessions.Begin(visitor);
        http.Response.Cookies.Append(CookieOf(http), session.Id, Cookie);
        return session;
    }

    /// <summary>Browsers send a machine's cookies to all of its ports: each port has a cookie of its own.</summary>
    private static string CookieOf(HttpContext http) => $"coverslip-{http.Connection.LocalPort}";

    /// <summary>On this machine alone: a name that somebody lets point here would read along.</summary>
    private bool IsOurHost(string host) =>
        !IPAddress.IsLoopback(options.Address)
        || host is "localhost" or "127.0.0.1" or "[::1]"
        || host == options.Address.ToString();

    private static bool IsPost(HttpContext http) => HttpMethods.IsPost(http.Request.Method);

    private static bool IsWrite(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);

    private static bool IsForeign(HttpContext http) =>
        IsWrite(http) && http.Request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none");

    private sealed record SignIn(string? Token);
}
