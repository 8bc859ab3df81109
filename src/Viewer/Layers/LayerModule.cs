using System.Collections.Concurrent;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Slides;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Layers;

/// <summary>What is laid over a slide: maps as values, outlines, detections, the quality of its tissue.</summary>
internal sealed class LayerModule(ShownSlides shown, OpenSlides open, IAccessRule access) : IViewerModule
{
    /// <summary>Looking for tissue reads the slide once: the last few slides' are kept.</summary>
    private const int MostQualities = 32;

    private readonly ConcurrentDictionary<string, Lazy<TissueQuality>> qualities = new();

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet(
            "/slides/{id}/layers",
            (HttpContext http, string id) => With(http, id, slide => Results.Json(slide.Layers.Select(Describe)))
        );
        api.MapGet(
            "/slides/{id}/layers/{layer}/values",
            (HttpContext http, string id, string layer) =>
                Layer(http, id, layer, l => Results.Json(Grid(Values(id, l))))
        );
        api.MapGet(
            "/slides/{id}/layers/{layer}/values.png",
            (HttpContext http, string id, string layer) =>
                Layer(http, id, layer, l => Results.Bytes(Values(id, l).ToPng(), "image/png"))
        );
        api.MapGet(
            "/slides/{id}/layers/{layer}/outlines",
            (HttpContext http, string id, string layer) =>
                Layer(http, id, layer, l => Results.Json(LayerOutlines.Read(l, SizeOf(id))))
        );
        api.MapGet(
            "/slides/{id}/layers/{layer}/detections",
            (HttpContext http, string id, string layer) =>
                Layer(
                    http,
                    id,
                    layer,
                    l => Results.Json(LayerDetection.FileOf(l) is { } file ? LayerDetection.Read(file) : [])
                )
        );
        api.MapGet(
            "/slides/{id}/quality",
            (HttpContext http, string id) => With(http, id, slide => Results.Json(Describe(QualityOf(slide))))
        );
        api.MapGet(
            "/slides/{id}/quality.png",
            (HttpContext http, string id) => With(http, id, slide => Results.Bytes(QualityOf(slide).Png, "image/png"))
        );
    }

    private LayerValues Values(string id, ShownLayer layer) => LayerValues.Read(layer).CheckWithin(SizeOf(id));

    private (long Width, long Height) SizeOf(string id) =>
        open.With(shown.Of(id)!, s => (s.Levels[0].Width, s.Levels[0].Height));

    private static object Describe(ShownLayer layer) =>
        new
        {
            id = layer.Id,
            kind = $"{layer.Kind}".ToLowerInvariant(),
            place = layer.File.FolderPlace,
            file = layer.File.Name,
            detections = LayerDetection.FileOf(layer) is not null,
        };

    private static object Grid(LayerValues values) =>
        new
        {
            columns = values.Columns,
            rows = values.Rows,
            cell = new[] { values.Cell.Width, values.Cell.Height },
            corner = new[] { values.Corner.X, values.Corner.Y },
            @class = values.Class,
            score = values.Score,
        };

    private static object Describe(TissueQuality quality) =>
        new
        {
            columns = quality.Columns,
            rows = quality.Rows,
            cell = new[] { quality.Cell.X, quality.Cell.Y },
            corner = new[] { quality.Corner.X, quality.Corner.Y },
            tissue = quality.Areas.Tissue,
            pen = quality.Areas.Artifacts.Pen,
            fold = quality.Areas.Artifacts.Fold,
            bubble = quality.Areas.Artifacts.Bubble,
            blur = quality.Areas.Artifacts.Blur,
        };

    private TissueQuality QualityOf(ShownSlide slide)
    {
        if (qualities.Count > MostQualities)
            qualities.Clear();
        var found = qualities.GetOrAdd(
            slide.Id,
            _ => new Lazy<TissueQuality>(() => open.With(slide, TissueQuality.Of))
        );
        try
        {
            return found.Value;
        }
        catch
        {
            qualities.TryRemove(slide.Id, out _);
            throw;
        }
    }

    private IResult Layer(HttpContext http, string id, string layer, Func<ShownLayer, IResult> answer) =>
        With(
            http,
            id,
            slide =>
                slide.Layers.FirstOrDefault(l => l.Id == layer) is { } found
                    ? answer(found)
                    : Results.Json(new { error = "there is no such layer here" }, statusCode: 404)
        );

    private IResult With(HttpContext http, string id, Func<ShownSlide, IResult> answer)
    {
        var visitor = Gate.VisitorOf(http);
        if (shown.Of(id) is not { } slide || !access.MaySeeSlide(visitor, id))
            return Results.Json(new { error = "there is no such slide here" }, statusCode: 404);
        return access.MaySeeMachine(visitor, id)
            ? answer(slide)
            : Results.Json(new { error = "this is shown once your own verdict is stored" }, statusCode: 403);
    }
}
