using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Hosting;

/// <summary>What a failure becomes: a status and one line for who asked. What is logged and measured names no file.</summary>
internal static class Requests
{
    /// <summary>What was sent, as JSON.</summary>
    /// <exception cref="BadHttpRequestException">It is none, or not of this form; where is told.</exception>
    internal static async Task<T> BodyOf<T>(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
            throw new BadHttpRequestException(
                $"what was sent is '{http.Request.ContentType}'; send JSON (Content-Type: application/json)",
                StatusCodes.Status415UnsupportedMediaType
            );
        try
        {
            return await http.Request.ReadFromJsonAsync<T>(http.RequestAborted)
                ?? throw new BadHttpRequestException("nothing was sent but null");
        }
        catch (JsonException error)
        {
            // What .NET says of it names its own types; where it is, everybody can read.
            var where = error.Path is { Length: > 0 } path ? $" at {path}" : "";
            throw new BadHttpRequestException(
                $"what was sent is no JSON of the form that is asked for{where} (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})",
                error
            );
        }
    }

    internal static void Report(WebApplication app, ViewerOptions options, RequestMetrics? metrics) =>
        app.Use(
            async (http, next) =>
            {
                var began = options.Clock.GetTimestamp();
                Exception? failure = null;
                try
                {
                    await next(http);
                }
                catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
                {
                    // Whoever asked has gone on to another field.
                }
                catch (Exception error) when (!http.Response.HasStarted)
                {
                    failure = error;
                    // What our readers say of a file is meant to be read; of anything else the text may say too much.
                    var said =
                        error is ArgumentException or BadHttpRequestException
                        || options.TellsFiles && error is IOException or InvalidDataException;
                    await Gate.Refuse(
                        http,
                        error is BadHttpRequestException bad ? (HttpStatusCode)bad.StatusCode
                            : said ? HttpStatusCode.UnprocessableContent
                            : HttpStatusCode.InternalServerError,
                        said ? error.Message : $"the viewer failed ({error.GetType().Name}); its log says where"
                    );
                }
                var took = options.Clock.GetElapsedTime(began);
                metrics?.Count(http, RouteOf(http), took);
                var failed = failure is not null || http.Response.StatusCode >= 400;
                if (options.Log is { } log && (failed || options.LogsAll))
                    log.WriteLine(Line(http, options.Clock.GetUtcNow(), took, failure));
            }
        );

    /// <summary>The pattern of the address, not what stood in it: names of slides are often those of patients, and a token may stand there, too.</summary>
    private static string? RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;

    private static string Line(HttpContext http, DateTimeOffset at, TimeSpan took, Exception? failure) =>
        JsonSerializer.Serialize(
            new
            {
                at,
                method = http.Request.Method,
                route = RouteOf(http),
                status = http.Response.StatusCode,
                milliseconds = Math.Round(took.TotalMilliseconds, 1),
                failure = (failure is BadHttpRequestException { InnerException: { } cause } ? cause : failure)
                    ?.GetType()
                    .Name,
                // Of what the server itself could not do; it names no file.
                said = failure is BadHttpRequestException { StatusCode: >= 500 } ? failure.Message : null,
                where = failure is null or IOException ? null : failure.StackTrace?.Split('\n')[0].Trim(),
            }
        );
}
