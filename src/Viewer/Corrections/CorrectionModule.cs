using Coverslip.Learning.Corrections;
using Coverslip.Slides.Geometry;
using Coverslip.Viewer.Contents;
using Coverslip.Viewer.Hosting;
using Coverslip.Viewer.Layers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coverslip.Viewer.Corrections;

/// <summary>
/// From regions to a better model: training, the map of the slide that is looked at, where to draw next, and the rounds. The map is
/// a layer of its own, <c>correction</c>.
/// </summary>
internal sealed class CorrectionModule(ShownSlides shown, CorrectionDesk? open) : IViewerModule, IDisposable
{
    private const int Places = 5;

    private readonly Dictionary<string, CorrectionSlide> slides = open is null ? [] : Found(shown, open);

    private CorrectionDesk Desk => open!;

    public void Map(IEndpointRouteBuilder api)
    {
        // Null where no correction is shown: a page asks always, and an error would stand in its console.
        api.MapGet("/correction", () => Results.Json(open is null ? null : State()));
        if (open is null)
            return;
        api.MapPost("/correction/train", Train);
        api.MapGet("/correction/next", Next);
        api.MapPost("/slides/{id}/correction", Look);
        api.MapGet("/slides/{id}/layers/correction/values", (string id) => Values(id, v => Results.Json(Grid(v))));
        api.MapGet(
            "/slides/{id}/layers/correction/values.png",
            (string id) => Values(id, v => Results.Bytes(v.ToPng(), "image/png"))
        );
    }

    public void Dispose() => open?.Dispose();

    /// <summary>The correction's slides by the number that the viewer gives them.</summary>
    private static Dictionary<string, CorrectionSlide> Found(ShownSlides shown, CorrectionDesk desk)
    {
        var byPath = desk.Slides.ToDictionary(s => ViewedFolders.Real(desk.PathOf(s)));
        return shown
            .Slides.Where(s => byPath.ContainsKey(s.File.Path))
            .ToDictionary(s => s.Id, s => byPath[s.File.Path]);
    }

    private object State() =>
        new
        {
            classes = Desk.Settings.Classes,
            positive = Desk.Settings.Positive,
            slides = slides.ToDictionary(s => s.Key, s => s.Value.Aside ? "aside" : "drawn on"),
            taught = Desk.HasProbe,
            judging = Desk.IsJudging,
            trouble = Desk.Trouble,
            rounds = Desk.Rounds.Select(r => new
            {
                number = r.Number,
                minutes = r.Minutes,
                regions = r.Regions,
                windowAuc = r.Aside.WindowAuc,
                slideAuc = r.Aside.SlideAuc,
            }),
        };

    private async Task<IResult> Train(TrainCall call)
    {
        if (!slides.TryGetValue(call.Slide, out var slide))
            return Missing();
        // Whoever leaves the page open does not annotate all night.
        var taught = await Desk.Train(slide, call.Screen.Area, Math.Clamp(call.Seconds, 0, 3600) / 60);
        return Results.Json(
            new
            {
                seconds = taught.Seconds,
                screenSeconds = taught.ScreenSeconds,
                windows = taught.Windows,
            }
        );
    }

    private async Task<IResult> Look(string id, ScreenPart screen)
    {
        if (!slides.TryGetValue(id, out var slide))
            return Missing();
        var progress = await Desk.Look(slide, screen.Area);
        return Results.Json(new { done = progress.Done, all = progress.All });
    }

    private async Task<IResult> Next()
    {
        var ids = slides.ToDictionary(s => s.Value.Name, s => s.Key);
        return Results.Json(
            (await Desk.Next(Places))
                .Where(p => ids.ContainsKey(p.Slide))
                .Select(p => new
                {
                    slide = ids[p.Slide],
                    name = p.Slide,
                    x = p.At.X,
                    y = p.At.Y,
                    reason = p.Reason,
                })
        );
    }

    private async Task<IResult> Values(string id, Func<LayerValues, IResult> answer)
    {
        if (!slides.TryGetValue(id, out var slide))
            return Missing();
        if (!Desk.HasProbe)
            return Results.Json(
                new { error = "nothing was learned yet; draw regions of two classes and train" },
                statusCode: 404
            );
        var map = await Desk.HeatmapOf(slide);
        return answer(
            new LayerValues(
                map.Grid.Columns,
                map.Grid.Rows,
                (map.Grid.CellWidth, map.Grid.CellHeight),
                (0, 0),
                map.Values.ToArray()
            )
            {
                IsWhole = true,
                Class = Desk.Settings.Positive,
            }
        );
    }

    private static object Grid(LayerValues values) =>
        new
        {
            columns = values.Columns,
            rows = values.Rows,
            cell = new[] { values.Cell.Width, values.Cell.Height },
            corner = new[] { 0, 0 },
            @class = values.Class,
            score = (double?)null,
        };

    private static IResult Missing() =>
        Results.Json(new { error = "there is no such slide in this correction" }, statusCode: 404);

    /// <summary>What is seen of a slide, in pixels of level 0.</summary>
    internal sealed record ScreenPart(double X, double Y, double Width, double Height)
    {
        internal Rectangle Area =>
            double.IsFinite(X + Y + Width + Height) && Width >= 0 && Height >= 0
                ? new Rectangle(X, Y, Width, Height)
                : throw new ArgumentException(
                    $"a screen of {Width} × {Height} at ({X}, {Y}); expected are finite numbers"
                );
    }

    /// <param name="Slide">The number of the slide that is looked at.</param>
    /// <param name="Screen">What of it is seen.</param>
    /// <param name="Seconds">Spent on annotation since training was asked for last.</param>
    internal sealed record TrainCall(string Slide, ScreenPart Screen, double Seconds);
}
