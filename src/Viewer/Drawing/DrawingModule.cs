using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Slides;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Drawing;

/// <summary>
/// Annotations of a slide, read and saved as a whole: <c>GET</c> and <c>PUT /api/slides/ID/drawn</c> with GeoJSON, the version in
/// <c>ETag</c> and <c>If-Match</c>.
/// </summary>
internal sealed class DrawingModule(ShownSlides shown, OpenSlides open, DrawnFiles files, IAccessRule access)
    : IViewerModule
{
    /// <summary>Throws where something may not be drawn on a slide; null (default): all may.</summary>
    internal Action<ShownSlide, AnnotationSet>? Check { get; init; }

    private const string GeoJson = "application/geo+json";

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
            "/slides/{id}/drawn",
            (HttpContext http, string id) =>
                Of(http, id) is { } slide ? Send(http, slide, files.Read(shown.FileNameOf(slide))) : Missing()
        );
        api.MapPut("/slides/{id}/drawn", Save);
    }

    private async Task<IResult> Save(HttpContext http, string id)
    {
        if (Of(http, id) is not { } slide)
            return Missing();
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var began = http.Request.Headers.IfMatch is [{ } tag] ? tag.Trim('"') : null;
        var (width, height) = open.With(slide, s => (s.Levels[0].Width, s.Levels[0].Height));
        var saved = files.Save(
            shown.FileNameOf(slide),
            body.ToArray(),
            began,
            set =>
            {
                CheckWithin(set, width, height);
                Check?.Invoke(slide, set);
            }
        );
        return saved is null
            ? Results.Json(
                new
                {
                    error = "somebody else has saved annotations of this slide since you opened it; load them anew, and draw again what is missing",
                },
                statusCode: StatusCodes.Status412PreconditionFailed
            )
            : Send(http, slide, saved);
    }

    private IResult Send(HttpContext http, ShownSlide slide, DrawnFile drawn)
    {
        http.Response.Headers.ETag = $"\"{drawn.Version}\"";
        http.Response.Headers["X-Coverslip-Versions"] = $"{files.Versions(shown.FileNameOf(slide))}";
        return Results.Bytes(drawn.Bytes, GeoJson);
    }

    /// <summary>A hand slips over the edge by a little; what lies beyond altogether is of another slide.</summary>
    private static void CheckWithin(AnnotationSet set, long width, long height)
    {
        foreach (var (number, annotation) in set.Annotations.Index())
        {
            var points = annotation.Polygons.SelectMany(p => p.Outer.Points).ToArray();
            if (
                points.Length == 0
                || points.All(p => p.X < 0)
                || points.All(p => p.Y < 0)
                || points.All(p => p.X > width)
                || points.All(p => p.Y > height)
            )
                throw new InvalidDataException(
                    $"region {number + 1} of {set.Annotations.Count} lies outside of the slide, which has {width} × {height} pixels; nothing was saved"
                );
        }
    }

    private ShownSlide? Of(HttpContext http, string id) =>
        shown.Of(id) is { } slide && access.MaySeeSlide(Gate.VisitorOf(http), id) ? slide : null;

    private static IResult Missing() => Results.Json(new { error = "there is no such slide here" }, statusCode: 404);
}
