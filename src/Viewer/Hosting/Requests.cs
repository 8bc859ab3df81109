using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Hosting;

/// <summary>What a failure becomes: a status and one line for who asked. What is logged and measured names no file.</summary>
internal static class Requests
{
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
                failure = failure?.GetType().Name,
                where = failure is null or IOException ? null : failure.StackTrace?.Split('\n')[0].Trim(),
            }
        );
}
