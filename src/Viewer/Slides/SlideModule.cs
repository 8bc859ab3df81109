using Coverslip.Slides.Formats;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Slides;

/// <summary>The list of slides, what each one is, its small view and its tiles.</summary>
internal sealed class SlideModule(ShownSlides shown, OpenSlides open, SlidePictures pictures, IAccessRule access)
    : IViewerModule
{
    /// <summary>Tiles may be kept by the browser alone, for the time of looking: the file may become another.</summary>
    private const string PrivateMinutes = "private, max-age=600";

    /// <summary>Which pictures beside slides may be seen; none by default.</summary>
    internal IReadOnlyList<string> Beside { get; init; } = [];

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/slides", (HttpContext http) => List(Gate.VisitorOf(http)));
        api.MapGet(
            "/slides/{id}",
            (HttpContext http, string id) =>
                Of(http, id) is { } slide ? Results.Json(open.With(slide, file => Facts(slide, file))) : Missing()
        );
        api.MapGet("/slides/{id}/beside/{name}.jpg", Picture);
        api.MapGet("/slides/{id}/thumbnail.jpg", Thumbnail);
        api.MapGet("/slides/{id}/tiles/{level:int}/{column:long}_{row:long}.jpg", Tile);
    }

    private IResult List(Visitor visitor) =>
        Results.Json(
            new
            {
                slides = shown
                    .Slides.Where(s => access.MaySeeSlide(visitor, s.Id))
                    .Select(s => new
                    {
                        id = s.Id,
                        name = s.Name,
                        place = s.File.FolderPlace,
                        layers = access.MaySeeMachine(visitor, s.Id)
                            ? s.Layers.Select(l => $"{l.Kind}".ToLowerInvariant()).Distinct()
                            : [],
                    }),
                notes = shown.Notes,
            }
        );

    private object Facts(ShownSlide shown, Slide slide)
    {
        var zoom = new DeepZoom(slide.Levels[0].Width, slide.Levels[0].Height);
        return new
        {
            width = zoom.Width,
            height = zoom.Height,
            tileSize = DeepZoom.Side,
            maxLevel = zoom.MaxLevel,
            // Null where nobody says: the page says so and draws no scale bar.
            mpp = slide.Resolution.Mpp is { } mpp ? new[] { mpp.X, mpp.Y } : null,
            mppFrom = slide.Resolution.Field,
            notes = slide.Notes,
            bounds = new[] { slide.Bounds.At.X, slide.Bounds.At.Y, slide.Bounds.Width, slide.Bounds.Height },
            reader = slide.Reader.Name,
            beside = Beside.Count == 0 ? [] : AssociatedImages.NamesIn(shown.File.Path).Intersect(Beside).ToArray(),
        };
    }

    /// <summary>What was not asked for with the viewer's options is as if it were not there.</summary>
    private IResult Picture(HttpContext http, string id, string name)
    {
        if (
            Of(http, id) is not { } slide
            || !Beside.Contains(name)
            || AssociatedImages.Read(slide.File.Path, name) is not { } picture
        )
            return Missing();
        using (picture)
            return Results.Bytes(SlidePictures.Encoded(picture), "image/jpeg");
    }

    private async Task<IResult> Thumbnail(HttpContext http, string id)
    {
        if (Of(http, id) is not { } slide)
            return Missing();
        var bytes = await pictures.Thumbnail(slide, http.RequestAborted);
        http.Response.Headers.CacheControl = PrivateMinutes;
        return Results.Bytes(bytes, "image/jpeg");
    }

    private async Task<IResult> Tile(HttpContext http, string id, int level, long column, long row)
    {
        if (Of(http, id) is not { } slide)
            return Missing();
        var zoom = open.With(slide, file => new DeepZoom(file.Levels[0].Width, file.Levels[0].Height));
        if (zoom.Tile(level, column, row) is not { } tile)
            return Results.Json(new { error = $"there is no tile {column}, {row} of level {level}" }, statusCode: 404);
        var bytes = await pictures.Tile(slide, level, column, row, tile, http.RequestAborted);
        http.Response.Headers.CacheControl = PrivateMinutes;
        return Results.Bytes(bytes, "image/jpeg");
    }

    /// <summary>The slide if it is there and this visitor may see it: who may not cannot tell which.</summary>
    private ShownSlide? Of(HttpContext http, string id) =>
        shown.Of(id) is { } slide && access.MaySeeSlide(Gate.VisitorOf(http), id) ? slide : null;

    private static IResult Missing() => Results.Json(new { error = "there is no such slide here" }, statusCode: 404);
}
